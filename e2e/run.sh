#!/usr/bin/env bash
# Browser tests against the real binary and a fresh demo city. Screenshots stay in e2e/screenshots.
set -euo pipefail
cd "$(dirname "$0")"
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --silent
binary=${MINGJING_BINARY:-../target/debug/mingjing}
data=$(mktemp -d)
log="$data/server.log"
"$binary" demo --data "$data/city" --listen 127.0.0.1:0 >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 1 240); do
  MINGJING_URL=$(grep -o 'http://127[^ ]*' "$log" | head -1 || true)
  [ -n "$MINGJING_URL" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$log"; echo "the demo city did not start"; exit 1; }
  sleep 1
done
[ -n "$MINGJING_URL" ] || { cat "$log"; echo "the demo city did not start in four minutes"; exit 1; }
export MINGJING_URL=${MINGJING_URL%/}
export MINGJING_CITY="$data/city"
node --test --test-concurrency=1 ./*.test.mjs

#!/usr/bin/env bash
# schemathesis against the real binary and a fresh demo city: run.sh [EXAMPLES] — examples for each operation and caller.
# It must find no 500 and no answer that the document does not tell. The tool lives in a folder of its own outside the
# project (MINGJING_TOOLS, by default the user's cache folder); its version is pinned in requirements.txt.
set -euo pipefail
cd "$(dirname "$0")"
examples=${1:-12}
tools=${MINGJING_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/mingjing/schemathesis}
pinned=$(cat requirements.txt)
if [ "$(cat "$tools/pinned" 2>/dev/null)" != "$pinned" ]; then
  echo "== installing $pinned"
  rm -rf "$tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check -r requirements.txt
  cp requirements.txt "$tools/pinned"
fi
binary=${MINGJING_BINARY:-../../target/debug/mingjing}
data=$(mktemp -d)
log="$data/server.log"
"$binary" demo --data "$data/city" --listen 127.0.0.1:0 >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$data"' EXIT
# A busy machine may need longer than four minutes for the city of a debug binary.
patience=${MINGJING_START_SECONDS:-240}
for _ in $(seq 1 "$patience"); do
  url=$(grep -o 'http://127[^ ]*' "$log" | head -1 || true)
  [ -n "$url" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$log"; echo "the demo city did not start"; exit 1; }
  sleep 1
done
[ -n "$url" ] || { cat "$log"; echo "the demo city did not start in $patience seconds"; exit 1; }
url=${url%/}
export MINGJING_KNOWN="$data/known.json"
"$tools/bin/python" callers.py "$url" "$MINGJING_KNOWN" >"$data/callers"
# Not asked: positive_data_acceptance (what follows the document may still be refused by the law or by a scope: 409, 422,
# 403, 404) and ignored_auth (callers are signed in by header for the whole run; 401 is a Rust test). No stateful phase:
# the document links no operations; walks over several commands are the scenarios' and the city's.
failed=0
while IFS=$'\t' read -r name addresses header; do
  echo "== schemathesis as $name, $examples examples an operation"
  arguments=(--include-path-regex "$addresses")
  [ -n "$header" ] && arguments+=(--header "$header")
  PYTHONPATH=. SCHEMATHESIS_HOOKS=hooks "$tools/bin/schemathesis" run "$url/api/openapi.json" --url "$url" --phases examples,coverage,fuzzing --seed 20260302 \
    --max-examples "$examples" --exclude-checks positive_data_acceptance,ignored_auth --continue-on-failure \
    --suppress-health-check all --warnings off "${arguments[@]}" >"$data/report" 2>&1 ||
    { failed=1; tail -n 200 "$data/report"; }
  tail -n 3 "$data/report"
done <"$data/callers"
if grep -q ERROR "$log"; then
  grep ERROR "$log" | head -20
  echo "the server logged faults"
  failed=1
fi
exit "$failed"

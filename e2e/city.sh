# Sourced by the runs against a real binary: `start_city FOLDER` starts a demo city of its own there and sets `url`.
# Where MINGJING_CITY names a city that was lived before (`bash e2e/city.sh FOLDER` makes one), a copy of it is opened:
# to live two months takes a development build half a minute of processor time. Stops with the script that sources it.
binary=${MINGJING_BINARY:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/target/debug/mingjing}
# A busy machine may need longer than four minutes for the city of a development build.
patience=${MINGJING_START_SECONDS:-240}

start_city() {
  local folder=$1 log=$1.log
  if [ -n "${MINGJING_CITY:-}" ] && [ ! -e "$folder" ]; then cp -a "$MINGJING_CITY" "$folder"; fi
  "$binary" demo --data "$folder" --listen 127.0.0.1:0 >"$log" 2>&1 &
  server=$!
  for _ in $(seq 1 "$patience"); do
    url=$(grep -o 'http://127[^ ]*' "$log" | head -1 || true)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$log"; echo "the demo city did not start"; exit 1; }
    sleep 1
  done
  [ -n "$url" ] || { cat "$log"; echo "the demo city did not start in $patience seconds"; exit 1; }
  url=${url%/}
}

stop_city() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -euo pipefail
  unset MINGJING_CITY
  rm -rf "$1" "$1.log"
  mkdir -p "$(dirname "$1")"
  start_city "$1"
  stop_city
fi

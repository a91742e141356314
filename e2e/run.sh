#!/usr/bin/env bash
# Browser tests against the real binary. Screenshots stay in e2e/screenshots, unless MINGJING_SHOTS=no (as `make test` has it).
# run.sh [FILE…]: the given walks, otherwise all, in two lanes side by side. Each lane has a city and a browser of its own,
# so that no walk meets the traces of another lane's; within a lane the files run one after the other.
set -euo pipefail
cd "$(dirname "$0")"
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --silent
data=$(mktemp -d)
source ./city.sh
if [ "$#" -gt 0 ]; then files=("$@"); else files=(./*.test.mjs); fi
lanes=${MINGJING_LANES:-2}

lane() (
  server=
  trap 'stop_city' EXIT
  start_city "$data/city-$1"
  mine=()
  for at in "${!files[@]}"; do [ $((at % lanes)) -eq "$1" ] && mine+=("${files[$at]}"); done
  # A walk that tampers with a record takes a copy of this city.
  [ "${#mine[@]}" -eq 0 ] || MINGJING_CITY=${MINGJING_CITY:-$data/city-$1} MINGJING_URL=$url node --test --test-concurrency=1 "${mine[@]}"
)

failed=0
trap 'kill $(jobs -p) 2>/dev/null || true; wait || true; rm -rf "$data"' EXIT
running=()
for number in $(seq 0 $((lanes - 1))); do
  lane "$number" >"$data/lane-$number.txt" 2>&1 &
  running+=("$!")
done
for number in "${!running[@]}"; do
  wait "${running[$number]}" || failed=1
  cat "$data/lane-$number.txt"
done
exit "$failed"

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
data=$(mktemp -d)
source ../city.sh
server=
trap 'stop_city; rm -rf "$data"' EXIT
start_city "$data/city"
export MINGJING_KNOWN="$data/known.json"
"$tools/bin/python" callers.py "$url" "$MINGJING_KNOWN" >"$data/callers"
# Not asked: positive_data_acceptance (what follows the document may still be refused by the law or by a scope: 409, 422,
# 403, 404) and ignored_auth (callers are signed in by header for the whole run; 401 is a Rust test). No stateful phase:
# the document links no operations; walks over several commands are the scenarios' and the city's.
# Two callers side by side: the tool and the server each keep about one core busy.
ask() {
  local name=$1 addresses=$2 header=$3 report="$data/report-$1"
  local arguments=(--include-path-regex "$addresses")
  [ -n "$header" ] && arguments+=(--header "$header")
  PYTHONPATH=. SCHEMATHESIS_HOOKS=hooks "$tools/bin/schemathesis" run "$url/api/openapi.json" --url "$url" --phases examples,coverage,fuzzing --seed 20260302 \
    --max-examples "$examples" --exclude-checks positive_data_acceptance,ignored_auth --continue-on-failure \
    --suppress-health-check all --warnings off "${arguments[@]}" >"$report" 2>&1 || touch "$data/failed-$name"
}
asked=()
while IFS=$'\t' read -r name addresses header; do
  while [ "$(jobs -pr | grep -cv "^$server$")" -ge "${MINGJING_CALLERS:-2}" ]; do wait -n || true; done
  ask "$name" "$addresses" "$header" </dev/null &
  asked+=("$!")
done <"$data/callers"
wait "${asked[@]}" || true
failed=0
while IFS=$'\t' read -r name _; do
  echo "== schemathesis as $name, $examples examples an operation"
  if [ -e "$data/failed-$name" ]; then failed=1; tail -n 200 "$data/report-$name"; else tail -n 3 "$data/report-$name"; fi
done <"$data/callers"
if grep -q ERROR "$data/city.log"; then
  grep ERROR "$data/city.log" | head -20
  echo "the server logged faults"
  failed=1
fi
exit "$failed"

#!/usr/bin/env bash
# stage.sh NAME MINUTES COMMAND… — runs one stage of the proof within its budget and says what it cost.
set -euo pipefail
name=$1; budget=$2; shift 2
start=$(date +%s)
echo "== stage $name (budget $budget min)"
timeout --foreground --kill-after=20 $((budget * 60)) "$@" || { code=$?; echo "== stage $name failed (exit $code)"; exit "$code"; }
echo "== stage $name: $(( $(date +%s) - start )) s"

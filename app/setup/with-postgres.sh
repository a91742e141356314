#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL cluster that lives as long as the command.
set -euo pipefail
exec bash "$(dirname "$0")/../../base/testkit/setup/postgres.sh" run "$@"

#!/usr/bin/env bash
# A private PostgreSQL cluster for the tests: postgres.sh start | stop | run COMMAND…
#
#   eval "$(base/testkit/setup/postgres.sh start)"     exports MINGJING_TEST_POSTGRES
#   base/testkit/setup/postgres.sh run cargo nextest run     starts, runs, stops
#
# The cluster lies in a temporary folder, listens on loopback only and is thrown away at the end. Each
# test makes a database of its own in it. fsync is off because these tests are about the SQL and the
# races, not about power cuts; a real deployment with fsync off is refused by `mingjing doctor`.
set -euo pipefail

state=${MINGJING_TEST_POSTGRES_STATE:-${TMPDIR:-/tmp}/mingjing-test-postgres-$(id -u)}

say() { printf 'postgres: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# initdb refuses to run as root: then the package's own user does it.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

find_bin() {
  local bin
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$bin" ] || { command -v initdb >/dev/null && bin=$(dirname "$(command -v initdb)"); }
  [ -n "$bin" ] || fail "PostgreSQL is missing. Debian: apt-get install postgresql"
  echo "$bin"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

running() { [ -f "$state/address" ] && as_owner "$bin/pg_ctl" -D "$state/data" status >/dev/null 2>&1; }

start() {
  if ! running; then
    rm -rf "$state"
    mkdir -p "$state"
    chmod 711 "$state"
    [ "$(id -u)" != 0 ] || chown postgres "$state"
    as_owner "$bin/initdb" -D "$state/data" -U mingjing --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
      --no-sync >"$state.log" 2>&1 || fail "initdb failed: $(tail -n 3 "$state.log")"
    local port
    port=$(free_port)
    cat >>"$state/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$state'
max_connections = 400
shared_buffers = 128MB
fsync = off
full_page_writes = off
deadlock_timeout = 100ms
CONF
    as_owner "$bin/pg_ctl" -D "$state/data" -w -l "$state/data/log" start >"$state.log" 2>&1 ||
      fail "start failed: $(as_owner tail -n 3 "$state/data/log")"
    echo "postgres://mingjing@127.0.0.1:$port/postgres" >"$state/address"
    say "started on port $port"
  fi
  echo "export MINGJING_TEST_POSTGRES=$(cat "$state/address")"
}

stop() {
  running && as_owner "$bin/pg_ctl" -D "$state/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$state" "$state.log"
}

bin=$(find_bin)
case "${1:-}" in
  start) start ;;
  stop) stop ;;
  run)
    shift
    # A cluster of its own for each run, so that two runs do not stop each other's.
    state=$(mktemp -d -u "${TMPDIR:-/tmp}/mingjing-test-postgres-XXXXXX")
    trap stop EXIT
    eval "$(start)"
    export MINGJING_REQUIRE_POSTGRES=1
    "$@"
    ;;
  *) fail "usage: postgres.sh start | stop | run COMMAND…" ;;
esac

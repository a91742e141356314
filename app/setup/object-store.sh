#!/usr/bin/env bash
# Proves a deployment whose files lie in an object store: init, doctor, backup and restore against a local S3.
# Run beside a PostgreSQL: app/setup/with-postgres.sh app/setup/object-store.sh
set -euo pipefail
: "${MINGJING_TEST_POSTGRES:?run me by app/setup/with-postgres.sh}"
cargo build --locked -p mingjing --no-default-features --features s3
program="${CARGO_TARGET_DIR:-target}/debug/mingjing"
work=$(mktemp -d)
store=
finish() { [ -z "$store" ] || kill "$store" 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[server,s3]==5.2.5'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/store.log" 2>&1 &
store=$!
export AWS_ENDPOINT="http://127.0.0.1:$port" AWS_ALLOW_HTTP=true AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
for _ in $(seq 100); do
  curl -fsS -o /dev/null "$AWS_ENDPOINT/" 2>/dev/null && break
  sleep 0.2
done
for bucket in files restored; do
  curl -fsS -X PUT -H 'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0' \
    "$AWS_ENDPOINT/$bucket" >/dev/null
done

deployment() { # folder, database, bucket
  psql -q "$MINGJING_TEST_POSTGRES" -c "CREATE DATABASE $2"
  mkdir "$work/$1-keys"
  "$program" init --data "$work/$1" --keys "$work/$1-keys/keys" --jurisdiction 330303 --division 温州市龙湾区 \
    --site-name 龙湾 --domain localhost --profile wenzhou --password-policy nist \
    --database "${MINGJING_TEST_POSTGRES%/*}/$2" --blobs "s3://$3/longwan" >/dev/null
}
deployment first s3_first files
"$program" doctor --data "$work/first" --json >"$work/doctor.json" || true
grep -q '"blobs.store"' "$work/doctor.json"
python3 - "$work/doctor.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
findings = report["findings"] if isinstance(report, dict) else report
store = next(finding for finding in findings if finding["code"] == "blobs.store")
assert store["level"] == "ok", store
PY
"$program" backup --data "$work/first" --to "$work/backup"

# The second one lies in another database and another bucket, with the same keys.
psql -q "$MINGJING_TEST_POSTGRES" -c 'CREATE DATABASE s3_second'
mkdir "$work/second"
sed -e 's#/s3_first#/s3_second#' -e 's#s3://files/#s3://restored/#' "$work/first/config.toml" >"$work/second/config.toml"
"$program" restore --from "$work/backup" --data "$work/second"
"$program" rebuild --check --data "$work/second" >/dev/null
echo "object store: files are written, read and removed; the deployment was backed up and restored beside another bucket"

#!/usr/bin/env bash
# All Rust tests; by nextest where it is installed, else by cargo itself.
set -euo pipefail
if cargo nextest --version >/dev/null 2>&1; then
  exec cargo nextest run --locked --workspace --no-fail-fast
fi
exec cargo test --locked --workspace --no-fail-fast

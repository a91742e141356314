#!/usr/bin/env bash
# Fuzzes all targets side by side, with little priority, memory and length; then the corpus is made
# small again. Findings lie in artifacts/; the run fails if there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
seconds="${1:-3600}"

for tool in "cargo +nightly" "cargo fuzz"; do
  $tool --version >/dev/null 2>&1 || {
    echo "needs the nightly compiler and cargo-fuzz: rustup toolchain install nightly; cargo install cargo-fuzz" >&2
    exit 1
  }
done

# No sanitizer: neither the engine nor these targets hold unsafe code; assertions and overflow checks are on.
cargo +nightly fuzz build --fuzz-dir . --sanitizer none
built="${CARGO_TARGET_DIR:-target}/$(rustc +nightly -vV | sed -n 's/^host: //p')/release"
found=0
declare -A running=()
for target in file run migrate; do
  length=6000
  [ "$target" = file ] || length=300
  mkdir -p "work/$target" "artifacts/$target" "corpus/$target"
  nice -n 19 "$built/$target" "work/$target" "corpus/$target" -dict="dictionaries/$target.dict" \
    -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -max_total_time="$seconds" \
    -max_len="$length" -timeout=25 -rss_limit_mb=2048 -artifact_prefix="artifacts/$target/" \
    >"work/$target.log" 2>&1 &
  running[$target]=$!
done
for target in file run migrate; do
  wait "${running[$target]}" || true
  tail -n 1 "work/$target.log"
  mkdir -p "work/$target.small"
  "$built/$target" -merge=1 -set_cover_merge=1 "work/$target.small" "corpus/$target" "work/$target" >/dev/null 2>&1
  # A large input covers little that small ones do not.
  find "work/$target.small" -type f -size -3k -exec cp -n {} "corpus/$target/" \;
  count=$(find "artifacts/$target" -type f | wc -l)
  echo "$target: $count findings, $(find "corpus/$target" -type f | wc -l) inputs in the corpus"
  found=$((found + count))
done
[ "$found" -eq 0 ]

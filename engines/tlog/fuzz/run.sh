#!/usr/bin/env bash
# Fuzzes the readers of the log's formats with little priority, memory and length; then the corpus is made small again.
# Findings lie in artifacts/; the run fails if there are any.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
seconds="${1:-3600}"

for tool in "cargo +nightly" "cargo fuzz"; do
  $tool --version >/dev/null 2>&1 || {
    echo "needs the nightly compiler and cargo-fuzz: rustup toolchain install nightly; cargo install cargo-fuzz" >&2
    exit 1
  }
done

# No sanitizer: the engine holds no unsafe code; assertions and overflow checks are on.
cargo +nightly fuzz build --fuzz-dir . --sanitizer none
formats="${CARGO_TARGET_DIR:-target}/$(rustc +nightly -vV | sed -n 's/^host: //p')/release/formats"
mkdir -p work/formats work/small artifacts/formats
nice -n 19 "$formats" work/formats corpus/formats -dict=formats.dict -fork=1 -ignore_crashes=1 -ignore_timeouts=1 \
  -ignore_ooms=1 -max_total_time="$seconds" -max_len=3000 -timeout=25 -rss_limit_mb=2048 \
  -artifact_prefix=artifacts/formats/ >work/formats.log 2>&1 || true
tail -n 1 work/formats.log
"$formats" -merge=1 -set_cover_merge=1 work/small corpus/formats work/formats >/dev/null 2>&1
find work/small -type f -size -3k -exec cp -n {} corpus/formats/ \;
found=$(find artifacts/formats -type f | wc -l)
echo "formats: $found findings, $(find corpus/formats -type f | wc -l) inputs in the corpus"
[ "$found" -eq 0 ]

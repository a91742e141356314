# 明镜 Mingjing. Each target does its own set-up.
#   make run    start the demo city        make test   format, lints, all tests, browser tests
#   make check  quick check while working  make bench  figures as JSON     make soak  long fault tests
#   make fuzz   an hour of fuzzing each: rules engine, flow engine, formats of the log (nightly compiler and cargo-fuzz)
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run

export MINGJING_FONTS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/mingjing/fonts
PORT ?= 8080
# Sizes of the record that `make bench` measures at, and seconds of the spike of five times the usual rate.
SIZES ?= 0,100000
SPIKE ?= 60
STAGE = @app/setup/stage.sh

.PHONY: run test check bench bench-results bench-rules bench-log bench-verify soak fuzz assets fonts tools postgres format clean-demo

run: assets fonts
	@echo "== building 明镜 (first time: about a quarter of an hour on two cores; later: seconds)"
	@cargo build --locked -p mingjing
	@exec target/debug/mingjing demo --data demo-data --listen 127.0.0.1:$(PORT)

# Styles and scripts: only when their sources changed.
assets: web/dist/.vite/manifest.json
web/dist/.vite/manifest.json: web/package.json web/package-lock.json web/vite.config.js $(shell find web/src -type f 2>/dev/null)
	@echo "== styles and scripts"
	@cd web && npm ci --no-audit --no-fund --silent && npm run --silent build
	@touch $@

fonts:
	@bash app/setup/fonts.sh "$(MINGJING_FONTS)"

# Chromium, PostgreSQL and poppler for the tests, where they are missing.
tools:
	@bash app/setup/tools.sh

test: export CARGO_TERM_COLOR = never
test: export MINGJING_CITY = $(CURDIR)/target/test-city
test: tools assets fonts
	$(STAGE) format   1 cargo fmt --all --check
	$(STAGE) lints   15 cargo clippy --locked --workspace --all-targets -- -D warnings
	$(STAGE) build   19 cargo build --locked --workspace --tests --bins
	$(STAGE) tests   17 bash app/setup/with-postgres.sh bash app/setup/cargo-tests.sh
	$(STAGE) verifier 1 node --test web/test/
	$(STAGE) city     5 bash e2e/city.sh "$$MINGJING_CITY"
	$(STAGE) api     12 bash e2e/api/run.sh 4
	$(STAGE) browser 20 env MINGJING_SHOTS=no bash e2e/run.sh

check: assets
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

format:
	cargo fmt --all

# Without papers, so that the optimised build takes minutes and not half an hour. `DATABASE=postgres://…` (empty, and
# then one size only) measures there instead of on SQLite.
BENCH = target/release/mingjing bench --sizes $(SIZES) --spike-seconds $(SPIKE) $(if $(DATABASE),--database $(DATABASE))
# The public log beside running cases, and a log of so many leaves checked (10000000 is a province's year).
LEAVES ?= 1000000
BENCH_SEALING = target/release/mingjing bench --log --log-leaves $(LEAVES) $(if $(DATABASE),--database $(DATABASE))
bench: assets
	cargo build --locked --release -p mingjing --no-default-features
	$(BENCH)
	$(BENCH_SEALING)
	@$(MAKE) --no-print-directory bench-rules bench-log

# The figures that stay in the repository, with the machine and its load; written whole or not at all.
bench-results: assets
	cargo build --locked --release -p mingjing --no-default-features
	$(BENCH) > bench/results/mingjing.json.new
	mv bench/results/mingjing.json.new bench/results/mingjing.json

# Ours beside another engine for DMN, which builds for some minutes and therefore stands outside the workspace.
bench-rules:
	cd bench/rules && cargo run --locked --release

# How long the browser takes to verify a receipt: of a city that runs at URL.
bench-verify:
	cd e2e && MINGJING_URL=$(URL) node verify.bench.mjs

# The public log's formats beside three implementations by others; the third outside the workspace, as above.
bench-log:
	cargo run --locked --release -p mingjing-tlog --example bench
	cd bench/tlog && cargo run --locked --release

soak: tools assets fonts
	MINGJING_KILLS=100 bash app/setup/with-postgres.sh cargo nextest run --locked -p mingjing-chronicle killed
	MINGJING_KILLS=100 bash app/setup/with-postgres.sh cargo nextest run --locked -p mingjing whenever_it_is_killed
	bash app/setup/with-postgres.sh bash app/setup/object-store.sh
	cargo build --locked -p mingjing
	bash e2e/api/run.sh 400
	cargo nextest run --locked -p mingjing-people --run-ignored only timing
	MINGJING_LEDGER_RUNS=20000 bash app/setup/with-postgres.sh cargo nextest run --locked -p mingjing-ledger faults stumbling

# Seconds for each target; findings are printed, what is new and small joins the corpus.
FUZZ_SECONDS ?= 3600
fuzz:
	bash engines/rules/fuzz/run.sh $(FUZZ_SECONDS)
	bash engines/bpmn/fuzz/run.sh $(FUZZ_SECONDS)
	bash engines/tlog/fuzz/run.sh $(FUZZ_SECONDS)

clean-demo:
	rm -rf demo-data

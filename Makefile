# Two commands: `make demo` sets everything up and shows Sentinel at work; `make test` sets everything up and tests all.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
RUST := $(shell find crates -name '*.rs') $(wildcard crates/*/Cargo.toml) Cargo.toml Cargo.lock
PYTHON := $(shell find sentinel -name '*.py')

.PHONY: help build demo test test-all check cargo-test lock clean tools bench bench-quick fuzz fuzz-full fuzz-coverage

help:
	@echo "make demo   set up, build, and show what Sentinel sees in the sample captures"
	@echo "make test   set up, build, check and test everything"
	@echo "make test-all  the same with full counts    make check  only the static checks"
	@echo "make bench  what it costs, beside other tools (an hour)    make bench-quick  the same with small captures (minutes)"
	@echo "make fuzz   each fuzz target for a minute    make fuzz-full  ten million executions each (hours)    make fuzz-coverage  what the corpus reaches"

tools:
	@tools/system_packages.sh build

.venv/installed: requirements.lock | tools
	$$(tools/find_python.sh) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

.venv/built: .venv/installed pyproject.toml $(RUST)
	@echo "building the packet reader (about 2 minutes the first time)"
	@VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/maturin develop --release --locked --quiet --skip-install
	@$(BIN)/python -c "import site, pathlib; pathlib.Path(site.getsitepackages()[0], 'sentinel_ot.pth').write_text('$(CURDIR)\n')"
	@printf '#!%s\nfrom sentinel.cli import main\nmain()\n' '$(CURDIR)/$(BIN)/python' > $(BIN)/sentinel && chmod +x $(BIN)/sentinel
	@touch $@

# As pip does on installing: without it, where nobody may write beside the source, each start compiles all of it (80 ms).
.venv/compiled: .venv/built $(PYTHON)
	@$(BIN)/python -m compileall -q sentinel
	@touch $@

build: .venv/compiled

demo: build
	@tools/demo.sh

check: build
	@tools/system_packages.sh check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m mypy.stubtest sentinel._core --ignore-missing-stub
	cargo fmt --check
	cargo clippy --locked --all-targets --quiet -- -D warnings

cargo-test: build
	cargo test --locked --quiet -p sentinel-wire -p sentinel-capture
	cd fuzz && cargo test --locked --quiet --test corpus

test: check cargo-test
	$(BIN)/pytest -n 2 -m "not full"

test-all: check cargo-test
	$(BIN)/pytest -n 2

bench: build
	$(BIN)/python -m bench all

bench-quick: build
	$(BIN)/python -m bench all --size quick

fuzz: .venv/installed
	$(BIN)/python fuzz/run.py run --seconds 60

fuzz-full: .venv/installed
	$(BIN)/python fuzz/run.py run --executions 10000000

fuzz-coverage: .venv/installed
	$(BIN)/python fuzz/run.py coverage --missing

lock:
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml --group dev -o requirements.lock

clean:
	rm -rf .venv target fuzz/target demo-state sentinel/_core*.so

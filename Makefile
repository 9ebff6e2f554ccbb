# SPDX-License-Identifier: Apache-2.0
# Every target sets up what it needs. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
UV ?= uv
ARGS ?=
SEED ?=

BIN := .venv/bin
RUN := $(BIN)/python
export NUMBA_CACHE_DIR := $(CURDIR)/.venv/numba-cache
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME
# Tests start the program a thousand times: its sources are translated once.
unexport PYTHONDONTWRITEBYTECODE

LOCKED := .venv/locked.stamp
INSTALLED := .venv/installed.stamp

COMPILED := build/compiled/compiled.stamp

.PHONY: help venv demo serve test test-long compiled test-compiled check bench simulate client-types lock clean force

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "  ARGS adds arguments (make demo ARGS=--json), PYTHON names another interpreter."

venv: $(INSTALLED) ## make .venv from requirements.lock and install fencang into it

demo: $(INSTALLED) ## run a desk through 2017-2018 and tell its story
	@$(BIN)/fencang demo $(ARGS)

serve: $(INSTALLED) ## serve the demo's desk over REST and WebSocket, in desk-data
	@$(BIN)/fencang serve --desk src/fencang/app/demo/desk.toml $(ARGS)

test: $(INSTALLED) ## run every test but the long ones
	@$(RUN) -m fencang.planning.warm_up
	@$(RUN) -m pytest -n auto -m "not long" $(ARGS)

# Dumping the stacks of a running test may crash it, so only a test that surely hangs is dumped.
test-long: $(INSTALLED) ## run the long tests, among them 10,000 simulated desks
	@$(RUN) -m fencang.planning.warm_up
	@$(RUN) -m pytest -n auto -m long -o faulthandler_timeout=3600 $(ARGS)

compiled: $(COMPILED) ## make the order path machine code, in build/compiled and as a wheel in dist (needs a C compiler)

# The same tests, where they meet the compiled modules; one law more holds both cores equal.
test-compiled: $(COMPILED) ## run the tests of the order path against the compiled core
	@PYTHONPATH=build/compiled $(RUN) -m pytest -n auto -m "not long" $(or $(ARGS),$(COMPILED_TESTS))

check: $(INSTALLED) ## style, types, layers and tidiness
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(RUN) -m mypy
	$(BIN)/lint-imports --no-logo
	$(RUN) -m pytest -q tests/tidy

bench: $(INSTALLED) ## run all benchmarks
	@$(RUN) -m benchmarks $(ARGS)

simulate: $(INSTALLED) ## simulate one desk with crashes, e.g. make simulate SEED=7
	@if [ -z "$(SEED)" ]; then echo "Name a seed, for example: make simulate SEED=7" >&2; exit 2; fi
	@$(RUN) -m fencang.simulation --seed "$(SEED)" $(ARGS)

client-types: $(INSTALLED) ## write the Python client's types and methods anew from the API
	@$(RUN) -m fencang.app.client_types

# Universal (all systems and Pythons), one version of each package for all of them, hashes of every
# wheel, and no index host. uv is needed for this target only. Delete the file first to move every
# version forward; as it is, only what pyproject.toml demands is moved.
lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv on the path (or UV=...)" >&2; exit 2; }
	$(UV) --no-config pip compile --quiet --universal --fork-strategy fewest \
	    --only-binary :all: --generate-hashes --all-extras --group build \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file requirements.lock pyproject.toml

clean: ## remove .venv and everything that can be made again
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis \
	    build dist src/fencang.egg-info
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ------------------------------------------------------------------------------------- environment
# The stamp is written last and names this folder: an interrupted installation, a folder that was
# moved and an interpreter that is gone all lead to a fresh environment. Progress goes to stderr, so
# that `make demo ARGS=--json` prints JSON and nothing else.

ifneq ($(shell [ -x $(RUN) ] && cat $(LOCKED) 2>/dev/null),$(CURDIR))
$(LOCKED): force
endif
force:

$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || { \
	    echo "fencang needs Python 3.11 to 3.14; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo 'not found')." >&2; \
	    echo "Name another one, for example: make $(or $(MAKECMDGOALS),venv) PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "'$(PYTHON)' comes without its venv module. On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@echo "Making .venv and installing from requirements.lock: a minute or two, once." >&2
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@set -o pipefail; $(RUN) -m pip install --require-hashes --only-binary :all: --progress-bar off -r requirements.lock \
	    | awk '/^(Collecting|Processing) / { sub(/.*\//, "", $$2); printf "  %2d  %s\n", ++n, $$2; fflush() } \
	           /^Installing/ { print "  unpacking"; fflush() }' >&2
	@printf '%s' "$(CURDIR)" > $@

$(INSTALLED): $(LOCKED) pyproject.toml setup.py
	@$(RUN) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

# ------------------------------------------------------------------------------------ compiled core
# The wheel is what a desk installs; build/compiled is the same, unpacked, so that this folder can run
# it beside the plain sources. It is made anew when a source changed.

COMPILED_TESTS := tests/engine tests/limits tests/projections tests/scenarios tests/simulation

$(COMPILED): $(INSTALLED) $(shell find src -name '*.py')
	@command -v $${CC:-cc} >/dev/null || { \
	    echo "make compiled needs a C compiler. On Debian and Ubuntu: apt install gcc python3-dev" >&2; exit 2; }
	@echo "Compiling the order path: some minutes, once for each change of the sources." >&2
	@rm -rf build dist
	@FENCANG_COMPILED=1 $(RUN) -m pip wheel --quiet --no-deps --no-build-isolation -w dist .
	@$(RUN) -m pip install --quiet --no-deps --target build/unpacked dist/fencang-*.whl
	@mv build/unpacked build/compiled
	@PYTHONPATH=build/compiled $(BIN)/fencang --version
	@touch $@

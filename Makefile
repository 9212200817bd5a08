# make run and make test set everything up by themselves; see README.md.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test check bench screenshots lock setup setup-dev clean fast-tests js-tests

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t16

run: setup  ## the whole living city on this machine (ARGS="--port 8080 --scenario rainstorm")
	@exec $(BIN)/python run.py demo $(ARGS)

test: setup-dev  ## everything: style, types, contracts, unit tests, browser journeys, faults
	@$(MAKE) --no-print-directory style js-tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

check: setup-dev  ## before every commit: format, lint, types, import contracts, fast tests
	@$(MAKE) --no-print-directory style js-tests fast-tests

.PHONY: style
style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

js-tests:
	@./setup.sh npm run --silent lint
	@./setup.sh npm test --silent

fast-tests:
	$(BIN)/python -m pytest -n 2 -m "not slow and not alone"

bench: setup-dev  ## all benchmarks, short form; names at its end which have missed a target
	@for name in $(patsubst bench/%.py,%,$(wildcard bench/[a-z]*.py)); do \
	  $(BIN)/python -m bench.$$name --quick; code=$$?; \
	  case $$code in 0) ;; 3) part="$$part $$name" ;; *) missed="$$missed $$name" ;; esac; done; \
	  [ -z "$$part" ] || echo "not every target was measured:$$part" >&2; \
	  [ -z "$$missed" ] || { echo "failed or missed a target:$$missed" >&2; exit 1; }

screenshots: setup-dev  ## the pictures of the README, from a running demo of its own
	$(BIN)/python -m tests.journeys.screenshots docs/pictures

setup:
	@./setup.sh run

setup-dev:
	@./setup.sh test

lock: setup-dev  ## resolve the requirements anew
	set -e; for set in base dev node; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate requirements/$$set.in -o requirements/$$set.txt; done

clean:  ## remove what set-up made (not var/)
	rm -rf .venv node_modules .setup .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# Two commands are enough for a newcomer: `make run` and `make test`. Both set up what is missing first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
# The suite is bound by the two cores of the smallest machine it must pass on.
JOBS   ?= 2

.PHONY: help setup run test test-long lint types docs bench clean
.DEFAULT_GOAL := help

help:            ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(STAMP)  ## Install Avila and its tools into .venv from the lock file

$(STAMP): pyproject.toml uv.lock
	$(PYTHON) tools/bootstrap.py $(VENV)
	@touch $@

run: setup       ## Run the main job end to end on real data (avila quickstart)
	$(BIN)/avila quickstart quickstart

test: setup      ## Run every test, with coverage
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --cov --cov-report=term:skip-covered

test-long: setup ## Run every test in its long mode
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --long

lint: setup      ## Check style, import contracts and generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/generate_errors.py --check

types: setup     ## Check types (mypy, strict)
	$(BIN)/mypy

docs: setup      ## Build the documentation site into docs/_build/html; a warning fails
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html

bench: setup     ## Measure against peers; writes benchmarks/results and docs/benchmarks.md
	$(BIN)/python -m benchmarks

clean:           ## Remove everything that can be made again
	rm -rf $(VENV) docs/_build docs/reference/generated quickstart .mypy_cache .ruff_cache .pytest_cache .coverage*

# labtop: `make run` opens the dashboard on the sample workspace, `make test` runs every check.
# Both set everything up first, in .venv, from requirements.lock with plain pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO_HOME ?= .labtop/demo
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup run test lint unit coverage bench lock pictures clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(INSTALLED) ## Make .venv with the locked dependencies

$(INSTALLED): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "labtop needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

run: $(INSTALLED) ## Open the dashboard on the sample workspace (without a terminal: print today's page)
	@$(BIN)/labtop demo --home $(DEMO_HOME)

test: lint unit ## Every check and test

lint: $(INSTALLED) ## Format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(INSTALLED) ## The tests
	HYPOTHESIS_PROFILE=gate $(BIN)/pytest -q -n $(WORKERS) --dist loadfile --durations=15

coverage: $(INSTALLED) ## The tests, with what they do not reach (takes half as long again)
	HYPOTHESIS_PROFILE=gate $(BIN)/pytest -q -n $(WORKERS) --dist loadfile --cov --cov-report=term:skip-covered

bench: $(INSTALLED) ## Measure the budgets and write benchmarks/README.md's table
	$(BIN)/python -m benchmarks

lock: ## Make requirements.lock anew from pyproject.toml (pip-tools in an environment of its own)
	$(PYTHON) -m venv .labtop/pip-tools
	.labtop/pip-tools/bin/python -m pip install --quiet pip-tools
	.labtop/pip-tools/bin/pip-compile --quiet --upgrade --extra dev --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml
	sed -i 's/^torch==\(.*\)+cpu/torch==\1/' requirements.lock

pictures: $(INSTALLED) ## Make docs/pictures anew from the real screens
	$(BIN)/python docs/pictures.py

clean: ## Remove the virtual environment and everything that was made
	rm -rf $(VENV) .labtop .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage

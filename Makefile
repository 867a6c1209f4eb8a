# Two commands are enough: `make run` and `make test`. Each makes what it needs the first time,
# and on later runs only compares the stamps in .venv with the files that they were made from.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DECLARED := setup.cfg pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check fuzz bench screenshots chromium clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.run ## serve MediMeet with demo data on http://127.0.0.1:8000 (PORT=, HOST=, MEDIMEET_...= pass through)
	@exec $(BIN)/flask demo

test: check ## run every check and every test that this machine can run; says what it skipped, and why
	@$(BIN)/python -m pytest -rs --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

check: $(VENV)/.test ## check style, types and the direction of imports, without running a test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy medimeet
	@$(BIN)/lint-imports --no-logo

fuzz: $(VENV)/.test ## send many random requests to every operation of the JSON interfaces, as each role; prints a table
	@$(BIN)/python -m tests.contracts.fuzzing

bench: $(VENV)/.test ## say how fast it is beside bare routes that do the same; prints a table (ARGS=--quick: a short one)
	@$(BIN)/python -m bench.speed $(ARGS)

screenshots: $(VENV)/.test chromium ## take the README's pictures again
	@$(BIN)/python -m tests.screenshots

chromium: ## install Debian's Chromium for the browser tests, where there is none (as root)
	@scripts/install-chromium

clean: ## remove the environment and the caches; the data in instance/ stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "MediMeet needs Python 3.11 or newer. Install it, or name it: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "This Python cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# Ordered after the interpreter only by existence: its own date is the date of the system's Python.
$(VENV)/.run: $(DECLARED) | $(BIN)/python
	@echo "Installing MediMeet into $(VENV) (only the first time, and when the requirements change) ..."
	@$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.test: $(DECLARED) | $(BIN)/python
	@echo "Installing MediMeet and its test tools into $(VENV) (only the first time, and when the requirements change) ..."
	@$(PIP_INSTALL) --editable '.[test]'
	@touch $@ $(VENV)/.run

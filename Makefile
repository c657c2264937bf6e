# `make run` serves Covertops, `make demo` serves it with an invented department, `make test` runs every check.
# A fresh Debian 12 needs only python3, python3-venv, make and git; everything else is installed into .venv from the locks.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.SILENT:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTANCE := $(or $(COVERTOPS_INSTANCE),instance)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-header --no-annotate

# What the tests use of the system: the browser and the library its driver starts with, the tracer of the fault tests,
# the reader of the printed record, and fonts for every script a name may be written in.
SYSTEM_PACKAGES := chromium libatomic1 strace poppler-utils fonts-noto-core fonts-droid-fallback

.PHONY: install run demo test system format lock bench clean

# Only the program, for whoever checks a package and serves nothing.
install: $(VENV)/.runtime

run: $(VENV)/.runtime
	if [ ! -e "$(INSTANCE)/keys/master.key" ]; then COVERTOPS_INSTANCE="$(INSTANCE)" $(BIN)/covertops init; fi
	COVERTOPS_INSTANCE="$(INSTANCE)" exec $(BIN)/covertops run

# The demonstration lives in its own instance and never touches a real one.
demo: export COVERTOPS_INSTANCE := instance/demo
demo: $(VENV)/.runtime
	unset COVERTOPS_DATABASE_URL
	$(BIN)/covertops demo
	exec $(BIN)/covertops run

test: $(VENV)/.dev system
	$(BIN)/python tests/run_suites.py $(SUITES)

# Installed where we may, otherwise named with the one command that installs them; the suites that need them then say so.
system:
	missing=$$(for package in $(SYSTEM_PACKAGES); do
	  if ! dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'install ok installed'; then echo -n " $$package"; fi
	done)
	install="apt-get install --yes --no-install-recommends$$missing"
	if [ -z "$$missing" ]; then
	  :
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  echo "Installing$$missing"
	  log=$$(mktemp)
	  if { apt-get update && DEBIAN_FRONTEND=noninteractive $$install; } </dev/null >"$$log" 2>&1; then
	    rm "$$log"
	  else
	    tail -n 20 "$$log"
	    rm "$$log"
	    echo "The system packages could not be installed; what needs them will say so."
	  fi
	else
	  echo "The browser and fault tests need packages of the system. Run once: sudo $$install"
	fi

format: $(VENV)/.dev
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	for benchmark in benchmarks/*.py; do
	  echo "== $$benchmark"
	  PYTHONPATH=. $(BIN)/python "$$benchmark"
	done

# The locks name versions and hashes and no address, so that any index which serves the same files will do.
lock: $(VENV)/.dev
	$(COMPILE) --extra build --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra build --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

# Everything made from the sources; never an instance.
clean:
	rm -rf $(VENV) build dist covertops.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A runtime installation has exactly what requirements.lock names; the development lock holds the same versions and adds.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	echo "Installing what requirements.lock names into $(VENV)"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	echo "Installing what requirements-dev.lock names into $(VENV)"
	$(PIP) --require-hashes -r requirements-dev.lock
	touch $@

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Covertops needs Python 3.11 or later." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# `make demo` and `make test` need nothing but Python >= 3.11 on PATH: they make their own environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Tools are found in the project's environment first, as if it were activated.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test check lint types floors fast-tests tests golden bench clean

help: ## Show what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

$(VENV)/.geo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[geo]"
	@touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.geo

demo: $(VENV)/.geo ## Compile the time density example, run it, and say where the map is.
	ecoscope-workflows compile --spec specs/time_density/spec.yaml --target snakemake --outpath build/time_density
	cd build/time_density && snakemake --profile profiles/local
	@printf '\nThe map: %s\n' "$(CURDIR)/build/time_density/results/draw_ecomap.html"

test: lint types floors tests ## Run every check that CI runs.

check: lint types floors fast-tests ## Run the checks that take less than a minute.

lint: $(VENV)/.dev
	ruff check .
	ruff format --check .

types: $(VENV)/.dev
	mypy

floors: $(VENV)/.dev
	lint-imports

fast-tests: $(VENV)/.dev
	pytest --numprocesses 2 -m "not slow"

tests: $(VENV)/.dev
	pytest --numprocesses 2

golden: $(VENV)/.dev ## Compile the examples and the golden files anew.
	$(BIN)/python -m tests.regenerate

bench: $(VENV)/.dev ## Measure, and write the table into benchmarks/README.md.
	$(BIN)/python benchmarks/run.py

clean: ## Remove what the other targets made.
	rm -rf $(VENV) build

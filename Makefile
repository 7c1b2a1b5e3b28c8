# `make demo` and `make test` need nothing but Python >= 3.11 on PATH: they make their own environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Tools are found in the project's environment first, as if it were activated.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Snakemake imports every plugin that it finds at each start: those that tests need have a folder of their own.
EXECUTORS := $(VENV)/executors
KUBERNETES := $(VENV)/kubernetes
GOOGLE := $(VENV)/google
AIRFLOW := $(VENV)/airflow
export ECOSCOPE_WORKFLOWS_EXECUTORS := $(CURDIR)/$(EXECUTORS)
export ECOSCOPE_WORKFLOWS_KUBERNETES := $(CURDIR)/$(KUBERNETES)
export ECOSCOPE_WORKFLOWS_GOOGLE := $(CURDIR)/$(GOOGLE)
export ECOSCOPE_WORKFLOWS_AIRFLOW := $(CURDIR)/$(AIRFLOW)

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

$(EXECUTORS)/.installed: tests/clusters/executors.txt
$(KUBERNETES)/.installed: tests/clusters/kubernetes.txt
$(GOOGLE)/.installed: tests/clusters/google.txt
$(EXECUTORS)/.installed $(KUBERNETES)/.installed $(GOOGLE)/.installed: | $(VENV)/.dev
	rm -rf $(@D)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(@D) --requirement $<
	@touch $@

# Airflow pins much that others need in other versions. Without a network its tests are skipped; CI must have it.
$(AIRFLOW)/.installed: tests/clusters/airflow.txt
	rm -rf $(AIRFLOW)
	$(PYTHON) -m venv $(AIRFLOW)
	$(AIRFLOW)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $< \
		&& touch $@ || test -z "$$CI"

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

# Jobs that tests start keep no bytecode, so that an edit of a task is seen: the package is compiled beforehand.
tests: $(VENV)/.dev $(EXECUTORS)/.installed $(KUBERNETES)/.installed $(GOOGLE)/.installed $(AIRFLOW)/.installed
	@$(BIN)/python -m compileall -q src
	pytest --numprocesses 3

golden: $(VENV)/.dev ## Compile the examples and the golden files anew.
	$(BIN)/python -m tests.regenerate

bench: $(VENV)/.dev $(EXECUTORS)/.installed $(KUBERNETES)/.installed ## Measure, and write the table into benchmarks/README.md.
	$(BIN)/python benchmarks/run.py

clean: ## Remove what the other targets made.
	rm -rf $(VENV) build

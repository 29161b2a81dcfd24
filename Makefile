# Everything here works in a fresh clone with Python 3.11+ and make; each target brings its own venv up to date.
.DEFAULT_GOAL := help
.PHONY: help test test-extras check format bench demo clean

PYTHON ?= python3
VENV   ?= .venv
DEMO   ?= .demo
# Domains with real software of their own; each is tested in an environment of its own.
EXTRAS ?= code molecules radiotherapy tpe
# Where the tests of an extra lie that is no domain.
TESTS_OF_tpe := tests/training/strategies
# What a domain needs besides the extra of its own name.
EXTRAS_OF_molecules := ,docking,openbabel
# A package that asks for much more than it needs here; the extra lists what it does need.
BARE_radiotherapy := pyRadPlan==0.5.0
BIN    := $(VENV)/bin
INSTALL := -m pip install --quiet --disable-pip-version-check

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

# A venv is up to date when its stamp is newer than the file that names the dependencies.
$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; set PYTHON=…" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python $(INSTALL) --editable '.[dev]'
	@touch $@

$(DEMO)/venv/.installed: pyproject.toml
	@test -x $(DEMO)/venv/bin/python || $(PYTHON) -m venv $(DEMO)/venv
	$(DEMO)/venv/bin/python $(INSTALL) --editable '.[local]'
	@touch $@

test: $(VENV)/.installed  ## run the core suite with branch coverage
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --quiet --numprocesses auto
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

.extras/%/.installed: pyproject.toml
	@test -x .extras/$*/bin/python || $(PYTHON) -m venv .extras/$*
	.extras/$*/bin/python $(INSTALL) --editable '.[$*$(EXTRAS_OF_$*),test]'
	$(if $(BARE_$*),.extras/$*/bin/python $(INSTALL) --no-deps $(BARE_$*))
	@touch $@

test-extras: export OPENBLAS_NUM_THREADS ?= 1
test-extras: $(EXTRAS:%=.extras/%/.installed)  ## run the tests of each domain with its real software
	@$(foreach extra,$(EXTRAS),echo "── $(extra)" && \
	    .extras/$(extra)/bin/python -m pytest --quiet -m extra --durations=3 \
	        $(or $(TESTS_OF_$(extra)),tests/domains/$(extra)) &&) true

check: $(VENV)/.installed  ## lint, format, types, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed  ## put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.installed  ## measure import, overhead, size, latency and growth (the demo: benchmarks/demo.py)
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/overhead.py --size
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/graph.py

demo: $(DEMO)/venv/.installed  ## optimise a real prompt with a real local model
	@PATH="$(CURDIR)/$(DEMO)/venv/bin:$$PATH" sh examples/demo.sh

clean:  ## remove the venvs and everything generated
	rm -rf $(VENV) $(DEMO) .extras build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

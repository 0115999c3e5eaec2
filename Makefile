# The verbs of this project, the same here and in continuous integration. `make help` lists them.
# Set-up is kept in stamp files: a second start takes seconds, and a change of pyproject.toml, of the
# page's lock file or of its sources repeats only its own step.

PORT ?=
HOST ?=
OPEN ?=
ONLY ?=
PEERS ?=
QUICK ?=
LONG ?=
DOCS ?=
REPEATS ?=
RATES ?=
WINDOW ?=
SECS ?=

VENV := .venv
PY := $(VENV)/bin/python
STATIC := src/cadran/server/static
STEP := scripts/step
export PIP_DISABLE_PIP_VERSION_CHECK := 1

PAGE_SOURCES := $(shell find page -type f -not -path 'page/node_modules/*' -not -path 'page/tests/*' 2>/dev/null)
PIP := $(PY) -m pip install --quiet --no-input

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test soak bench check page types clean

help:
	@echo "make demo    a live screen of this machine      PORT=8765 HOST=127.0.0.1 OPEN=0"
	@echo "make test    every check, then every test       ONLY=tests/cli"
	@echo "make soak    the long forms of tests about load and memory: about half an hour     SECS=30"
	@echo "make check   format, lint, types, page types    FIX=1 mends what can be mended"
	@echo "make bench   measurements, peers' too (45 min)   ONLY=W1,W3 PEERS=0 QUICK=1 LONG=1 DOCS=1 REPEATS=3 RATES=1000 WINDOW=300"
	@echo "make page    build the page into $(STATIC)"
	@echo "make types   write what is generated: the page's types, parts of the documents"
	@echo "make clean   remove all that the others made"

demo: $(VENV)/.runtime $(STATIC)/index.html
	@exec $(VENV)/bin/cadran demo $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) \
		$(if $(OPEN),$(if $(filter 0 no false,$(OPEN)),--no-open,--open))

test: check $(STATIC)/index.html
	@cd page && ../$(STEP) "page: vitest" npm test --silent
	@$(STEP) "Chromium" scripts/find_chromium --install
	@$(STEP) "PostgreSQL, MariaDB" scripts/find_servers --install
	@scripts/find_servers
	@CHROMIUM=$$(scripts/find_chromium) || exit 1; export CHROMIUM; exec $(PY) -m pytest $(ONLY)

soak: $(VENV)/.dev $(STATIC)/index.html
	@CHROMIUM=$$(scripts/find_chromium) || exit 1; export CHROMIUM; \
		CADRAN_SOAK=1 CADRAN_SOAK_SECS=$(SECS) exec $(PY) -m pytest tests/soak tests/browser/test_u01_page_is_flat.py

check: $(VENV)/.dev page/node_modules/.stamp
	@$(if $(FIX),$(PY) -m ruff format --quiet . && $(PY) -m ruff check --fix --quiet .,true)
	@$(STEP) "ruff: format" $(PY) -m ruff format --check .
	@$(STEP) "ruff: lint" $(PY) -m ruff check .
	@$(STEP) "mypy" $(PY) -m mypy
	@$(STEP) "wire types are up to date" $(PY) scripts/generate_types.py --check
	@$(STEP) "documents are up to date" $(PY) scripts/generate_docs.py --check
	@cd page && ../$(STEP) "page: tsc" npm run check --silent

bench: $(VENV)/.dev $(STATIC)/index.html
	@CHROMIUM=$$(scripts/find_chromium) || true; export CHROMIUM; \
		exec $(PY) -m bench $(ONLY) $(if $(PEERS),--peers $(PEERS)) $(if $(QUICK),--quick) $(if $(LONG),--long) $(if $(DOCS),--docs) \
			$(if $(REPEATS),--repeats $(REPEATS)) $(if $(RATES),--rates $(RATES)) $(if $(WINDOW),--window-secs $(WINDOW))

page: $(STATIC)/index.html

types: $(VENV)/.runtime
	@$(STEP) "the page's types" $(PY) scripts/generate_types.py
	@$(STEP) "documents" $(PY) scripts/generate_docs.py

clean:
	@rm -rf $(VENV) .bench bench/results page/node_modules $(STATIC) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up. Python here, then what runs needs, then what working on it needs; node's packages; the page.

$(VENV)/.made: scripts/make_venv scripts/find_python
	@$(STEP) "virtual environment" scripts/make_venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml
	@$(STEP) "cadran and what it needs" $(PIP) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	@$(STEP) "cadran and what developing needs" $(PIP) -e ".[dev]"
	@touch $@ $(VENV)/.runtime

page/node_modules/.stamp: page/package.json page/package-lock.json
	@scripts/check_node
	@cd page && ../$(STEP) "node packages" npm ci --include=dev --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC)/index.html: page/node_modules/.stamp $(PAGE_SOURCES)
	@cd page && ../$(STEP) "page" npm run build --silent
	@test -f $@ || { echo "the page build made no $@" >&2; exit 1; }
	@touch $@

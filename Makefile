# Two commands do all the set-up each: `make demo` runs the tour, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

PAGES := src/aimsgraph/web/pages/static/built

.PHONY: demo test test-all test-browser pages docs check check-types check-pages check-rest fmt bench bench-validate bench-peers bench-serve lock package clean help

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

# An editable install: the checkout's own folders are read, so an edit is seen at once.
$(VENV)/.project: $(VENV)/.runtime pyproject.toml hatch_build.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

browser/node_modules/.installed: browser/package.json browser/package-lock.json browser/.npmrc
	cd browser && npm ci --no-progress --loglevel=error
	touch $@

$(PAGES)/.built: browser/node_modules/.installed browser/build.js $(wildcard browser/src/*)
	rm -rf $(PAGES)
	cd browser && npm run --silent build
	touch $@

pages: $(PAGES)/.built  ## bundle the libraries of the pages (needs node and npm); without them the pages do with plain HTML

demo: $(VENV)/.project  ## set up what is needed, then run the tour
	$(BIN)/aimsgraph demo

test: $(VENV)/.dev $(VENV)/.project pages  ## the tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser"

test-all: $(VENV)/.dev $(VENV)/.project pages  ## the tests with the slow suites
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-browser: $(VENV)/.dev $(VENV)/.project pages  ## the pages in full, in a real browser
	$(BIN)/python -m pytest tests/browser

check: $(VENV)/.dev $(VENV)/.project  ## format, lint, types, import rules, data and build gates
	$(MAKE) --no-print-directory -j 2 check-types check-rest
	if command -v npm >/dev/null; then $(MAKE) --no-print-directory check-pages; else echo "no npm: the pages' scripts are not checked"; fi

check-types:
	$(BIN)/mypy

check-pages: pages
	cd browser && npm run --silent types

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/aimsgraph data check
	$(BIN)/aimsgraph data fmt --check
	$(BIN)/aimsgraph build --check
	$(BIN)/aimsgraph ontology check $(REASONER)

fmt: $(VENV)/.dev $(VENV)/.project  ## put code and data into normal form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/aimsgraph data fmt

docs: $(VENV)/.dev $(VENV)/.project browser/node_modules/.installed  ## the documentation as a site that works offline, in build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.dev $(VENV)/.project  ## the budgets, measured
	$(BIN)/python bench/startup.py
	$(BIN)/python bench/crosswalk.py

bench-validate: $(VENV)/.dev $(VENV)/.project  ## validation of registers, measured; takes minutes
	$(BIN)/python bench/validate.py
	$(BIN)/python bench/incremental.py

bench-serve: $(VENV)/.dev $(VENV)/.project  ## the server under load, beside bare oxigraph and rdflib-endpoint; takes minutes
	$(BIN)/python bench/serve.py

build/bench-peers/.installed: requirements/peers.txt
	$(PYTHON) -m venv build/bench-peers
	build/bench-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	touch $@

bench-peers: $(VENV)/.dev $(VENV)/.project build/bench-peers/.installed  ## other SHACL engines beside ours; takes minutes
	$(BIN)/python bench/peers.py 25000 100000 --large 1000000 --own 10000 --own 100000 --write docs/reference/bench-shacl.md

lock: $(VENV)/.dev  ## resolve the lock files anew
	$(LOCK) pyproject.toml --extra reason --extra docs --extra xlsx --extra serve --extra mcp -o requirements/runtime.txt
	$(LOCK) pyproject.toml --extra xlsx --constraint requirements/runtime.txt -o requirements/core.txt
	$(LOCK) pyproject.toml --extra xlsx --extra serve --extra mcp --constraint requirements/runtime.txt -o requirements/serve.txt
	$(LOCK) pyproject.toml requirements/dev.in --extra reason --extra docs --extra xlsx --extra serve --extra mcp -o requirements/dev.txt
	$(LOCK) requirements/peers.in -o requirements/peers.txt
	$(LOCK) requirements/build.in --constraint requirements/dev.txt -o requirements/build.txt

package: $(VENV)/.dev pages  ## build the source archive and the wheel
	$(BIN)/python -m build

clean:  ## remove what can be made again
	rm -rf $(VENV) $(PAGES) browser/node_modules dist build .mypy_cache .ruff_cache .pytest_cache

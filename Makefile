# The only entry to building, testing and running makegood. `make help` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo dev test test-fast lint types arch bench bench-desk permissions lighthouse shots docs ci lock clean

# What is compiled once is not compiled again by each of the many commands that the tests start.
export PYTHONDONTWRITEBYTECODE =

PYTHON ?= python3
BIN := .venv/bin
LOCK_OPTIONS := --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Stamps: made again only when what they stand for changed, so set-up is quick when nothing did.
PACKAGES := .venv/.packages
INSTALLED := .venv/.makegood
ASSETS := node_modules/.assets
BROWSER := .venv/.browser

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) $(ASSETS) $(BROWSER) ## Install everything into this directory: .venv, node_modules, a browser for tests

demo: setup ## Set up, fill a demo installation, serve it and print where to sign in
	@$(BIN)/makegood demo

dev: setup ## Set up and serve ./var with pages that reload
	@MAKEGOOD_DEBUG=1 $(BIN)/makegood serve

test: setup ## Set up and run all tests, browser tests included
	@$(BIN)/pytest -n 2 --dist worksteal --durations=15

test-fast: setup ## The tests that take seconds: neither slow nor browser
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not browser"

lint: $(INSTALLED) ## Style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED) ## Types, strictly
	@$(BIN)/mypy

arch: $(INSTALLED) ## Layers, sizes, names, money, scope
	@$(BIN)/lint-imports
	@$(BIN)/python -m tools.checks

bench: setup ## Measure the hot paths beside hand-written SQL
	@$(BIN)/python -m tools.bench

bench-desk: setup ## Measure the manager's pages on a large demo in ./var/large, made first; takes minutes
	@$(BIN)/python -m tools.bench.at_the_desk

permissions: setup ## Walk every page as every role, and print docs/permissions.md
	@MAKEGOOD_PRINT=1 $(BIN)/pytest -q tests/permissions

lighthouse: setup ## Audit every kind of page with Lighthouse, and every page with axe, narrow and wide, in both themes
	@MAKEGOOD_EVERY_PAGE=1 $(BIN)/pytest -q -n 2 tests/journeys/test_lighthouse.py \
		tests/journeys/test_every_page.py -k "full or every_page_is_clean"

shots: setup ## A picture of every page of the demo, into ./var/shots
	@$(BIN)/python -m tools.shots

docs: $(INSTALLED) ## Write the generated pages of docs/reference
	@$(BIN)/python -m tools.docs

ci: lint types arch test ## What the build server runs

lock: $(INSTALLED) ## Pin requirements/*.in with hashes and package.json with integrity
	@$(BIN)/pip-compile $(LOCK_OPTIONS) --output-file=requirements/base.txt requirements/base.in
	@$(BIN)/pip-compile $(LOCK_OPTIONS) --output-file=requirements/dev.txt requirements/dev.in
	@npm install --package-lock-only --ignore-scripts --no-audit --no-fund --loglevel=error

clean: ## Remove what setup installed; ./var stays
	@rm -rf .venv node_modules build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@tools/setup/check-machine
	@$(PYTHON) -m venv .venv

$(PACKAGES): requirements/base.txt requirements/dev.txt | .venv/bin/python
	@echo "Installing Python packages ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		--requirement requirements/base.txt --requirement requirements/dev.txt
	@touch $@

$(INSTALLED): pyproject.toml $(PACKAGES)
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@

$(ASSETS): package-lock.json package.json .npmrc
	@echo "Installing browser assets ..."
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(BROWSER): tools/setup/browser | .venv/bin/python
	@tools/setup/browser
	@touch $@

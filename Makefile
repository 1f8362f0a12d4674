# Needs Python 3.11, 3.12 or 3.13, make and a package index. `make help` lists what there is.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
LOCK_TOOL := uv==0.13.9
# Every extra that a test uses: what is not here is skipped by the tests.
LOCK_EXTRAS := --extra dev --extra agreement --extra fit --extra formats
BENCH_ARGS ?=

.DELETE_ON_ERROR:
.PHONY: help run test test-readers lint bench bench-proposals screenshots translations lock clean setup setup-dev readers oracles

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 :: \2/p' $(MAKEFILE_LIST) | awk -F ' :: ' '{printf "%-24s%s\n", $$1, $$2}'

run: setup ## set up, make the sample corpus with proposals and open the window on it
	@$(BIN)/python -m annotator.app.display
	$(BIN)/annotator demo

test: setup-dev ## set up, check format, lint and types, run every test
	@$(BIN)/python -m annotator.app.display offscreen
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest

test-readers: setup-dev readers ## hand every format to the programs it is for, such as doccano, and try models of torch
	$(BIN)/pytest tests/exchange/test_real_readers.py tests/propose/test_real_models.py

lint: setup-dev ## check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict annotator

bench: setup-dev ## measure start, edits and large pages
	$(BIN)/python -m tests.benchmarks $(BENCH_ARGS)

bench-proposals: setup-dev ## measure how good the proposals are
	$(BIN)/python -m tests.benchmarks.proposals $(BENCH_ARGS)

screenshots: setup-dev ## draw the pictures that the guides show
	@$(BIN)/python -m annotator.app.display offscreen
	ANNOTATOR_SCREENSHOTS=docs/images $(BIN)/pytest tests/ui/test_screenshots.py

translations: setup-dev ## collect the texts of the program, compile the catalogues and list what is not translated
	$(BIN)/python .ci/catalogue.py

setup: $(VENV)/.ready-run ## make .venv with what the program needs

setup-dev: $(VENV)/.ready-dev ## make .venv with what the tests need too

# A stamp is written last, so that a set-up that was cut short is done again.
$(VENV)/.ready-run: requirements.lock pyproject.toml
	@if [ -e $(VENV)/.ready-dev ] && [ $(VENV)/.ready-dev -nt requirements.lock ] \
	  && [ $(VENV)/.ready-dev -nt pyproject.toml ]; then touch $@; else sh .ci/setup.sh $(VENV) requirements.lock $@; fi

$(VENV)/.ready-dev: requirements-dev.lock pyproject.toml
	@sh .ci/setup.sh $(VENV) requirements-dev.lock $@

readers: ## install these programs into .venv-readers, several gigabytes
	@sh .ci/readers.sh .venv-readers tests/readers programs label-studio

oracles: ## install segeval and bratiaa, which agreement is held against, into .venv-readers
	@sh .ci/readers.sh .venv-readers tests/readers oracles

lock: ## choose the newest versions that fit pyproject.toml and write both lock files
	@sh .ci/python.sh -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check '$(LOCK_TOOL)'
	@sh .ci/lock.sh .venv-lock/bin/uv $(LOCK_EXTRAS)

clean: ## remove what can be made again
	rm -rf $(VENV) .venv-lock .venv-readers out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find annotator tests -name __pycache__ -type d -prune -exec rm -rf {} +

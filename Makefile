# All make targets of adsync; `make` alone lists them.
# Paths are relative, so a checkout may lie below a folder whose name has spaces.

SHELL := /bin/sh
.NOTPARALLEL:
.DEFAULT_GOAL := help

PYTHON ?= python3
ADSYNC_STATE ?= .adsync
ARGS ?=

RUN := .venv/bin/python
DEMO = $(RUN) -m adsync_demo --state "$(ADSYNC_STATE)"
UV_PIN = $$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.txt)

export PYTHONPATH := $(CURDIR)/plugins
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
# Airflow's processes start twice as fast with compiled modules.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env lock services demo stop clean distclean test schema charts rates dbt-next lint lint-sql format bench docs compose-dryrun secrets

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

demo: env ## run the whole product on this machine until Ctrl-C; ARGS=--once stops after the summary
	@$(DEMO) run $(ARGS)

# tests/conftest.py groups the tests by file, or by the fixtures they share, the longest group first.
test: env ## run all tests; ARGS="tests/sources -k meta" runs some
	@$(RUN) -m pytest -n auto --dist loadscope --no-loadscope-reorder $(ARGS)

schema: env ## download Shopify's schema with npm; `make test` then validates the queries against it
	@$(RUN) tests/shopify_schema.py

charts: env ## download the chart library of the Ads page with npm, as `make env` does where npm is installed
	@$(RUN) -m adsync.dashboard.web.uplot

rates: env ## regenerate seeds/fx_rates.csv, with pip and npm
	@$(RUN) dbt_project/seeds/fx_rates.py

dbt-next: env ## run the dbt tests on the newest dbt-core below the next major version, if it is newer than the pinned one
	@$(RUN) tests/dbt/next_version.py $(ARGS)

lint: env ## run ruff, dbt parse and sqlfluff
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(MAKE) --no-print-directory lint-sql

# sqlfluff lints the SQL that dbt compiles, and dbt needs a database connection.
lint-sql: env ## run dbt parse and sqlfluff only
	@$(DEMO) within sh -c '.venv/bin/dbt --quiet --warn-error parse --project-dir dbt_project --profiles-dir dbt_project \
		&& .venv/bin/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests/*.sql'

format: env ## format the Python code with ruff
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

services: env ## start PostgreSQL and Redis only; eval "$$(make -s services)" exports their addresses
	@$(DEMO) services

stop: ## stop the demo and the servers
	@if [ -x $(RUN) ]; then $(DEMO) stop; fi

compose-dryrun: env ## validate docker-compose.yaml and run every service's command as a process, without an engine
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yaml
	@$(RUN) -m adsync_demo --state "$(ADSYNC_STATE)/compose" dry-run

secrets: env ## print new secrets for docker-compose.yaml: `make -s secrets > .env`
	@$(RUN) -m adsync_demo --state "$(ADSYNC_STATE)" secrets

bench: env ## measure load, transform and pages as ratios; ARGS=extract_load, ARGS="transform --scale 0.1"
	@set -- $(ARGS); [ $$# -gt 0 ] || set -- all; name="$$1"; shift; \
	case "$$name" in \
		all) $(RUN) benchmarks/extract_load.py && $(RUN) benchmarks/transform.py && $(RUN) benchmarks/pages.py ;; \
		*) $(RUN) "benchmarks/$$name.py" "$$@" ;; \
	esac

# Column types come from the local warehouse, if it holds built marts.
docs: env ## write the documentation of every table, column and lineage as one HTML file
	@$(DEMO) within .venv/bin/dbt --quiet docs generate --static --project-dir dbt_project --profiles-dir dbt_project \
		--target-path "$(CURDIR)/build/docs"
	@mv build/docs/static_index.html build/docs/index.html
	@echo "build/docs/index.html"

env: .venv/ready ## install the locked packages into .venv; PYTHON=python3.12 selects another interpreter

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "unsupported Python: '$(PYTHON)' (3.11 or newer is required; select one with 'make PYTHON=python3.11 ...')" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot create virtual environments (on Debian and Ubuntu: 'apt install python3-venv')" >&2; exit 1; }
	@echo "Installing the locked packages into .venv ..." >&2
	@$(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check "$(UV_PIN)"
	@.venv/bin/uv pip sync --quiet --python $(RUN) requirements.txt || { \
		echo "uv failed to install the packages; trying pip, which has its own index settings ..." >&2; \
		$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt; }
	@$(RUN) -m compileall -q -j 2 .venv/lib >/dev/null 2>&1 || true
	@$(RUN) -m adsync.dashboard.web.uplot || true
	@touch $@

lock: env ## resolve requirements.in into requirements.txt; ARGS=--upgrade takes the newest versions
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 $(ARGS) requirements.in -o requirements.txt

clean: stop ## stop everything, remove the state folder and build output
	@# Only a folder that the demo has marked as its own: a mistyped ADSYNC_STATE must not delete a home folder.
	@[ ! -e "$(ADSYNC_STATE)/adsync-state" ] || rm -rf "$(ADSYNC_STATE)"
	@rm -rf build dbt_project/target dbt_project/logs .pytest_cache .ruff_cache .hypothesis
	@find . -name .venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## also remove .venv
	@rm -rf .venv plugins/adsync/dashboard/web/library

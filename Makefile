# Everything adsync can do from a shell. `make` alone lists it.
# Paths stay relative: a checkout may live below a folder whose name has spaces.

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
# Airflow's processes start twice as fast when their modules are compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help env lock services demo stop clean distclean test schema charts rates lint lint-sql format bench docs compose-dryrun secrets

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

demo: env ## the whole product on this machine, until Ctrl-C; ARGS=--once ends after the table
	@$(DEMO) run $(ARGS)

# tests/conftest.py groups the tests by file, or by the fixtures they share, the longest group first.
test: env ## every test; ARGS="tests/sources -k meta" for some
	@$(RUN) -m pytest -n auto --dist loadgroup --no-loadscope-reorder $(ARGS)

schema: env ## take Shopify's schema with npm, so that `make test` looks at its queries too
	@$(RUN) tests/shopify_schema.py

charts: env ## take the chart library of the Ads page with npm; `make env` does it where npm is
	@$(RUN) -m adsync.dashboard.web.uplot
rates: env ## make seeds/fx_rates.csv again, with pip and npm
	@$(RUN) dbt_project/seeds/fx_rates.py

lint: env ## ruff, dbt parse, sqlfluff
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(MAKE) --no-print-directory lint-sql

# sqlfluff lints what dbt compiles, and dbt wants a database to talk to.
lint-sql: env
	@$(DEMO) within sh -c '.venv/bin/dbt --quiet --warn-error parse --project-dir dbt_project --profiles-dir dbt_project \
		&& .venv/bin/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests/*.sql'

format: env ## let ruff put the Python files in order
	@$(RUN) -m ruff check --fix .
	@$(RUN) -m ruff format .

services: env ## start PostgreSQL and Redis only; eval "$$(make -s services)" sets their addresses
	@$(DEMO) services

stop: ## end the demo and the servers
	@if [ -x $(RUN) ]; then $(DEMO) stop; fi

compose-dryrun: env ## docker-compose.yaml without an engine: valid, and every service's command run as a process
	@.venv/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yaml
	@$(RUN) -m adsync_demo --state "$(ADSYNC_STATE)/compose" dry-run

secrets: env ## new secrets for docker-compose.yaml: `make -s secrets > .env`
	@$(RUN) -m adsync_demo --state "$(ADSYNC_STATE)" secrets

bench: env ## what loading and transforming cost; ARGS=extract_load, ARGS="transform --scale 0.1"
	@set -- $(ARGS); [ $$# -gt 0 ] || set -- all; name="$$1"; shift; \
	case "$$name" in \
		all) $(RUN) benchmarks/extract_load.py && $(RUN) benchmarks/transform.py ;; \
		*) $(RUN) "benchmarks/$$name.py" "$$@" ;; \
	esac

# With the columns of the warehouse that runs here, where one does.
docs: env ## every table, column and where it comes from, as one file to open in a browser
	@$(DEMO) within .venv/bin/dbt --quiet docs generate --static --project-dir dbt_project --profiles-dir dbt_project \
		--target-path "$(CURDIR)/build/docs"
	@mv build/docs/static_index.html build/docs/index.html
	@echo "build/docs/index.html"

env: .venv/ready ## the locked environment in .venv; PYTHON=python3.12 picks another interpreter

.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "adsync needs Python 3.11 or newer, and '$(PYTHON)' is not: name another one with 'make PYTHON=python3.11 ...'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments: on Debian and Ubuntu, 'apt install python3-venv'." >&2; exit 1; }
	@echo "Installing the locked packages into .venv ..." >&2
	@$(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check "$(UV_PIN)"
	@.venv/bin/uv pip sync --quiet --python $(RUN) requirements.txt || { \
		echo "uv could not install; trying pip, which reads its own index settings." >&2; \
		$(RUN) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt; }
	@$(RUN) -m compileall -q -j 2 .venv/lib >/dev/null 2>&1 || true
	@$(RUN) -m adsync.dashboard.web.uplot || true
	@touch $@

lock: env ## resolve requirements.in into requirements.txt; ARGS=--upgrade takes the newest versions
	@.venv/bin/uv pip compile --quiet --universal --python-version 3.11 $(ARGS) requirements.in -o requirements.txt

clean: stop ## remove the state folder and everything built
	@# Only a folder that the demo has marked as its own: a mistyped ADSYNC_STATE must not cost anybody a home.
	@[ ! -e "$(ADSYNC_STATE)/adsync-state" ] || rm -rf "$(ADSYNC_STATE)"
	@rm -rf build dbt_project/target dbt_project/logs .pytest_cache .ruff_cache .hypothesis
	@find . -name .venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

distclean: clean ## the environment too
	@rm -rf .venv plugins/adsync/dashboard/web/library

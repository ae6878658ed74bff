# The commands of the project. `make` alone lists them. Paths are relative, so a checkout may lie below a folder with spaces.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
HOST ?= 127.0.0.1
PORT ?= 8000
STORE ?= kg-store
BENCH_ARGS ?=
PYTEST_ARGS ?= -n auto --dist loadgroup
UV_VERSION := 0.13.9
LOCK_FLAGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help serve test test-long bench bench-reliability bench-pages pictures clients lint format build web wheel lock clean FORCE

help: ## list the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/.runtime web ## serve the graph (HOST=127.0.0.1 PORT=8000 STORE=kg-store)
	@exec $(VENV)/bin/kg serve --host "$(HOST)" --port "$(PORT)" --store "$(STORE)"

test: $(VENV)/.dev web clients ## lint, types, tests; stops at the first that fails (PYTEST_ARGS="-k name")
	$(lint)
	@echo "== pytest"
	@$(PY) -m pytest $(PYTEST_ARGS)

test-long: $(VENV)/.dev ## the hostile battery, the fuzzing, the crash loop and the soak at full length (half an hour)
	@KG_LONG=1 $(PY) -m pytest -o faulthandler_timeout=3600 tests/reliability tests/fuzz tests/columns tests/remote tests/validate/test_changes.py tests/metadata

bench: $(VENV)/.dev web ## our speed beside its peers, into docs/performance.md (BENCH_ARGS=--quick for a few minutes)
	@tests/debian.sh wrk wrk wrk
	@$(PY) -m bench.speed --output docs/performance.md $(BENCH_ARGS)

bench-reliability: $(VENV)/.dev ## our server beside its peers under attack, into docs/ (BENCH_ARGS=--quick)
	@$(PY) -m bench.reliability --output docs/reliability.md $(BENCH_ARGS)

bench-pages: $(VENV)/.dev web clients ## how soon pages are drawn in a cold browser (BENCH_ARGS="--runs 3")
	@$(PY) -m bench.pages $(BENCH_ARGS)

pictures: $(VENV)/.dev web clients ## take the pictures of the pages in docs/pictures anew
	@$(PY) -m tests.web.pictures

clients:
	@tests/clients/install.sh
	@tests/debian.sh OpenRefine openrefine openrefine
	@tests/debian.sh Chromium chromium chromium chromium-browser google-chrome
	@tests/debian.sh Virtuoso virtuoso-opensource virtuoso-t

lint: $(VENV)/.dev ## lint and types alone
	$(lint)

format: $(VENV)/.dev ## format the code, and mend what the linter can
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

build: $(VENV)/.runtime ## build a revision of the graph from ontology/ and seeds/ into STORE
	@exec $(VENV)/bin/kg build --store "$(STORE)"

web: api/static/manifest.json ## build the scripts of the pages into api/static (Node.js is fetched where there is none)

wheel: WEB_REQUIRED := 1
wheel: $(VENV)/.dev web ## pack the sdist and the wheel into dist/
	@$(PY) -m build --no-isolation

lock: $(PY) ## write both lock files anew (LOCK_FLAGS=--upgrade for newer versions)
	@$(PIP) install "uv==$(UV_VERSION)"
	@$(compile) --group build --output-file requirements.lock
	@$(compile) --group dev --constraints requirements.lock --output-file requirements-dev.lock
	@$(subst pyproject.toml,api/web/requirements.txt,$(compile)) --output-file api/web/requirements.lock

clean: ## remove build output and caches (.venv and the store stay)
	@rm -rf dist api/static .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find kg api bench tests -name __pycache__ -prune -exec rm -rf {} +

# One resolution for every Python and platform, and no word of where the packages were found.
compile = $(PY) -m uv --no-config pip compile pyproject.toml --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet $(LOCK_FLAGS)

define lint
	$(call stage,ruff check,make format mends what it can,check --quiet .)
	$(call stage,ruff format,run: make format,format --check --quiet .)
	@echo "== mypy"
	@$(PY) -m mypy || { echo "$@ stopped: mypy failed (see above)" >&2; exit 1; }
endef

# $(call stage,name,hint,arguments of ruff)
define stage
	@echo "== $(1)"
	@$(PY) -m ruff $(3) || { echo "$@ stopped: $(1) failed ($(2))" >&2; exit 1; }
endef

# --- the scripts of the pages ---------------------------------------------------------------------------------------

WEB_SOURCES := $(shell find api/web -name node_modules -prune -o -type f -print)

api/static/manifest.json: $(WEB_SOURCES) | $(PY)
	@WEB_REQUIRED="$(or $(WEB_REQUIRED),$(CI:true=1))" api/web/build.sh "$(CURDIR)/$(PY)"

# --- the environment ------------------------------------------------------------------------------------------------
# A stamp is younger than what it was installed from, so that nothing is installed in vain. The development lock holds
# all that the runtime lock holds (same pins), so its stamp renews the other one.

$(VENV)/.runtime: requirements.lock pyproject.toml $(VENV)/.checkout
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml $(VENV)/.checkout
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.runtime $@

define install
	@echo "Installing $(1) into $(VENV)" >&2
	@$(PIP) install --require-hashes --requirement $(1)
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
endef

# Changes only when the checkout was moved or copied: then the environment points at the old place.
$(VENV)/.checkout: FORCE | $(PY)
	@[ "$$(cat $@ 2>/dev/null)" = "$$(pwd -P)" ] || pwd -P > $@

$(PY):
	@bare=; for python in "$(PYTHON)" python3.14 python3.13 python3.12 python3.11 python3; do \
		[ -n "$$python" ] || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare="$${bare:-$$python}"; continue; }; \
		echo "Making $(VENV) with $$("$$python" --version)" >&2; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	if [ -n "$$bare" ]; then \
		echo "$$bare is new enough, but lacks its venv and ensurepip modules." >&2; \
		echo "Install them (Debian, Ubuntu: the package python3-venv, or python3.x-venv for that version) and try again." >&2; \
	else \
		echo "Python 3.11 or newer is needed; PYTHON, python3.14 to python3.11 and python3 gave none." >&2; \
		echo "Install one, or name it: make serve PYTHON=/path/to/python3" >&2; \
	fi; exit 1

FORCE:

# Ancrage: the commands of a day. `make demo` needs Python 3.11 or later and nothing else.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO_ARGS ?=
PYTEST_ARGS ?=
MUTANTS_ARGS ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What is imported is compiled once and kept (see the installation): without it, each start would compile all again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-reset test test-browser test-pooler mutants lint format bench tour trim lock check-clean help

help:
	@echo "make demo          installe, charge l’association de démonstration et ouvre Ancrage (PORT=8000)"
	@echo "make demo-reset    efface la base de démonstration et recommence"
	@echo "make test          tous les tests, sauf ceux du navigateur"
	@echo "make test-browser  les tests du navigateur (Chromium)"
	@echo "make test-pooler   les tests de la base à travers PgBouncer, en mode transaction"
	@echo "make mutants       des fautes volontaires dans les règles : chacune doit faire échouer un test"
	@echo "                   (SINCE=<révision> : ce qui a changé ; ONLY=<mot> : un module)"
	@echo "make lint          style, types, couches, gabarits, migrations"
	@echo "make bench         mesures (BENCH_N=10000 baux)"
	@echo "make tour          refait les images du README"
	@echo "make trim          réduit la feuille de style et les icônes de Tabler à ce qui sert"
	@echo "make lock          refait les fichiers verrouillés des dépendances"

demo: $(VENV)/.installed
	@exec $(BIN)/python manage.py demo $(DEMO_ARGS)

demo-reset: $(VENV)/.installed
	@exec $(BIN)/python manage.py demo --reset $(DEMO_ARGS)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 -m "not browser" $(PYTEST_ARGS)

test-browser: $(VENV)/.installed-dev
	@for c in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		[ -n "$$c" ] && command -v "$$c" >/dev/null 2>&1 && exit 0; done; \
		echo "Les tests du navigateur ont besoin de Chromium. Pour l’installer :" >&2; \
		echo "    sudo apt-get install -y chromium" >&2; \
		echo "(ou indiquez son chemin : CHROMIUM=/chemin/de/chromium make test-browser)" >&2; exit 1
	$(BIN)/python -m pytest -n 2 -m browser $(PYTEST_ARGS)

test-pooler: $(VENV)/.installed-dev
	$(BIN)/python -m tests.pooler $(PYTEST_ARGS)

mutants: $(VENV)/.installed-dev
	$(BIN)/python -m tests.mutants $(if $(SINCE),--since $(SINCE)) $(if $(ONLY),--only $(ONLY)) $(MUTANTS_ARGS)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	# Its formatter is not used: it drops spaces that matter inside {% block %}.
	$(BIN)/djlint --lint --quiet .  # its formatter is not used: it drops spaces that matter inside a block
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.benchmarks

tour: $(VENV)/.installed-dev
	ANCRAGE_TOUR=1 $(MAKE) test-browser

trim: $(VENV)/.installed
	$(BIN)/python -m common.trim

# uv only writes the locked files; nothing here runs with it.
lock:
	$(BIN)/python -m pip install --quiet --target $(VENV)/uv uv
	$(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" requirements-s3.in -o requirements-s3.txt
	$(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" requirements-redis.in -o requirements-redis.txt
	$(VENV)/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

# What CI asks at its end: the runs wrote nothing into the tree.
check-clean:
	@test -z "$$(git status --porcelain)" || { git status --short; exit 1; }

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Ancrage a besoin de Python 3.11 ou plus récent. Installez-le, ou indiquez-le : PYTHON=/chemin/python3 make demo" >&2; \
		exit 1; }
	@echo "Création de l’environnement Python ($$($(PYTHON) --version))…"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "L’environnement n’a pas pu être créé. Sous Debian ou Ubuntu : sudo apt-get install -y python3-venv" >&2; exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	@echo "Installation des dépendances verrouillées (une à deux minutes la première fois)…"
	@# Not byte-compiled: Python compiles what it imports, once; most of what the packages carry is never imported.
	@$(BIN)/python -m pip install --no-compile --require-hashes --no-deps -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installation des outils de test et de contrôle…"
	@$(BIN)/python -m pip install --require-hashes --no-deps -r requirements-dev.txt
	@touch $@

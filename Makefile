# The project's commands: make setup, run, test, check, bench, pictures, screenshots, lock, clean.

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python

.PHONY: setup run dev test check lint bench pictures screenshots lock clean python
.NOTPARALLEL:

# Install what the program needs: .venv, the front end, translations.
setup: python
	@$(PYTHON) tools/install.py setup

# The same, then the database (with demonstration data where there was none) and the server.
run: python
	@$(PYTHON) tools/install.py run

# Everything: also installs Chromium, Chinese fonts, PostgreSQL and LibreOffice where it may. The tests of the browser come
# first: they are few and long, and at the end one process would wait for the other.
test: dev
	@$(VENV_PYTHON) -m tools.test_machine
	@$(MAKE) --no-print-directory lint
	@$(VENV_PYTHON) tools/check_translations.py
	@$(VENV_PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The quick part, which needs nothing from the machine but Python.
check: dev lint
	@$(VENV_PYTHON) -m pytest -m "not browser and not slow and not postgres and not libreoffice"

lint: dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) .venv/bin/lint-imports
	@if [ -d incubator/templates ]; then echo djlint && $(VENV_PYTHON) -m djlint --quiet --lint incubator/templates; fi

# Times of the pages with a small and a large ledger, and of workbooks in and out beside other programs.
bench: dev .venv-bench/ready
	@$(VENV_PYTHON) -m tests.bench

.venv-bench/ready: requirements-bench.txt
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/pip install --quiet --require-hashes -r requirements-bench.txt
	@touch $@

# The pictures of the README, taken anew from the real pages.
pictures: dev
	@$(VENV_PYTHON) -m tests.browser.pictures

dev: python
	@$(PYTHON) tools/install.py dev

# Resolve the requirements anew; needs uv (`pip install uv`).
UV_COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"
lock:
	$(UV_COMPILE) -o requirements.txt requirements.in
	$(UV_COMPILE) -o requirements-dev.txt requirements-dev.in
	$(UV_COMPILE) -o requirements-build.txt requirements-build.in
	$(UV_COMPILE) -o requirements-bench.txt requirements-bench.in
	npm install --package-lock-only --ignore-scripts

# Every page in both languages, themes and three widths, into screenshots/.
screenshots: dev
	@$(VENV_PYTHON) -m tests.browser.screenshots

# Remove what was installed and built; the database in instance/ stays.
clean:
	rm -rf .venv .venv-bench node_modules incubator/static/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis screenshots
	rm -f incubator/translations/.compiled
	find incubator tests tools migrations -name __pycache__ -type d -prune -exec rm -rf {} +
	find incubator -name '*.mo' -delete

python:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found: install Python 3.11 or newer, or name it, as in \`make PYTHON=python3.12 run\`." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed and $(PYTHON) is older: name a newer one, as in \`make PYTHON=python3.12 run\`." >&2; exit 1; }

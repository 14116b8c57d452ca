# The two commands are `make run` and `make test`; everything they need they set up themselves.
PYTHON ?= python3
VENV = .venv/bin
LOCK = $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.PHONY: run test setup check bench soak lock clean

run:
	@$(PYTHON) -m config.setup --without-database
	@exec $(VENV)/python -m config.run

test:
	@$(PYTHON) -m config.setup --tests --without-database
	@exec $(VENV)/python -m pytest -n 2 --dist worksteal $(ARGS)

setup:
	@$(PYTHON) -m config.setup

check:
	@$(PYTHON) -m config.setup --tests --without-database
	@exec $(VENV)/python -m config.check

bench:
	@$(PYTHON) -m config.setup --tests --without-database
	@exec $(VENV)/python -m benchmarks $(ARGS)

# The same tests with the large counts.
soak:
	@$(PYTHON) -m config.setup --tests --without-database
	@SOAK=1 exec $(VENV)/python -m pytest -n 2 --dist worksteal $(ARGS)

# Resolves anew from requirements*.in; the locks name no index, so they serve behind any mirror.
lock:
	@$(LOCK) requirements-setup.in --output-file requirements-setup.txt
	@$(LOCK) requirements.in --output-file requirements.txt
	@$(LOCK) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt

# Removes what can be made again. The data folder of `make run` is kept; docs/operations.md says how to remove it.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

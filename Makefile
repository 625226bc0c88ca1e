# `make run` and `make test` work in a bare clone: they make the environment in .venv first, with the tested versions.

# The versions in constraints.txt were tested with Python 3.11; any newer one that runs will do.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(if $(shell $(p) -c "print(1)" 2>/dev/null),$(p))))
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: run test test-soak gpu lint wheel

run: $(INSTALLED)
	$(BIN)/zoo run voxploer --dataset metashell --size small

# Each of the two workers has one thread to itself.
test: export OMP_NUM_THREADS = 1
test: export NUMBA_NUM_THREADS = 1
test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations=25

# Thousands of generated inputs, and runs that are killed a hundred times: half an hour and more.
test-soak: $(INSTALLED)
	$(BIN)/python tests/soak/fuzz.py
	$(BIN)/python tests/soak/kills.py

# What a GPU does here, in at most eight minutes: one JSON file in the folder OUT.
gpu: OUT ?= gpu
gpu: $(INSTALLED)
	$(BIN)/python benchmarks/gpu.py $(OUT)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Builds the wheel and uses it outside of the checkout.
wheel: $(INSTALLED)
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation
	$(BIN)/python -m pytest -m wheel tests/test_packaging.py

$(INSTALLED): pyproject.toml constraints.txt
	$(or $(PYTHON),$(error no Python found: install Python 3.11 or newer, or say make PYTHON=...)) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,dev]"
	touch $@

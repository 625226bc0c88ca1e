"""Processes that import together make what one would have made, and speak with one voice."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

GOOD, BAD = 598, 2


def zoo(folder: Path, home: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"ZOO_HOME": str(folder / home), "OMP_NUM_THREADS": "1", "COLUMNS": "400"}
    command = [sys.executable, "-m", "zoo", "data", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough cells for three parts, two of them empty."""
    folder = tmp_path_factory.mktemp("together")
    cells = np.random.default_rng(0).integers(0, 2, (GOOD + BAD, 4, 4, 4)).astype(np.uint8)
    cells[[299, 599]] = 0
    np.savez(folder / "cells.npz", structures=cells)
    return folder


def test_two_processes_make_what_one_makes(folder: Path) -> None:
    made = {}
    for count in ("1", "2"):
        done = zoo(folder, f"home-{count}", "import", "mine", "cells.npz", "--skip-bad", "--processes", count)
        assert done.returncode == 0, done.stderr
        assert done.stdout.split()[:7] == ["mine", "598", "structures,", "2", "entries", "left", "out,"]
        store = folder / f"home-{count}" / "imported" / "mine" / "structures.safetensors"
        made[count] = hashlib.sha256(store.read_bytes()).hexdigest()
    assert made["1"] == made["2"]


def test_two_processes_complain_once(folder: Path) -> None:
    done = zoo(folder, "home-bad", "import", "mine", "cells.npz", "--processes", "2")
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert errors == [
        "error: cells.npz: entry 300: it is empty.",
        "error: cells.npz: entry 600: it is empty.",
        "error: 2 of 600 entries are bad; --skip-bad leaves them out.",
    ]
    assert "Traceback" not in done.stderr
    assert not list((folder / "home-bad" / "imported" / "mine").glob("*.yaml"))

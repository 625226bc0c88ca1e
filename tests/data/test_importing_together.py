"""Processes that import together make what one would have made, and speak with one voice."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from zoo.data.importing import import_data
from zoo.system.places import imported_folder


def test_two_processes_make_what_one_makes_and_complain_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cells = np.random.default_rng(0).integers(0, 2, (600, 4, 4, 4)).astype(np.uint8)
    cells[[299, 599]] = 0
    np.savez("cells.npz", structures=cells)
    environment = os.environ | {"ZOO_HOME": str(tmp_path / "two"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "zoo", "data", "import", "mine", "cells.npz", "--processes", "2"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("error: ")] == [
        "error: cells.npz: entry 300: it is empty.",
        "error: cells.npz: entry 600: it is empty.",
        "error: 2 of 600 entries are bad; --skip-bad leaves them out.",
    ]
    assert "Traceback" not in done.stderr
    made = {}
    for home in ("one", "two"):
        monkeypatch.setenv("ZOO_HOME", str(tmp_path / home))
        there = sorted(path.name for path in imported_folder("mine").glob("part-*"))
        assert len(there) == (3 if home == "two" else 0)
        assert import_data("mine", [Path("cells.npz")], skip_bad=True, quiet=True).count == 598
        made[home] = hashlib.sha256((imported_folder("mine") / "structures.safetensors").read_bytes()).hexdigest()
    assert made["one"] == made["two"]

"""Agreement with muGrid, an independent matrix-free finite element code, by the code that the benchmark runs."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo_mechanics.homogenisation import homogenise

pytest.importorskip("muGrid", reason="muGrid is not installed (pip install muGrid)")

FILE = Path(__file__).parents[2] / "benchmarks/homogenisation.py"


@pytest.mark.parametrize("name", ["gyroid", "body-centred truss"])
def test_mugrid_agrees(name: str) -> None:
    spec = importlib.util.spec_from_file_location("homogenisation_benchmark", FILE)
    assert spec is not None and spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    cell = benchmark.cells(16, 0)[name]
    theirs = benchmark.by_mugrid(cell, 1e-9)
    found = homogenise(torch.from_numpy(cell)[None].double(), tolerance=1e-12).stiffness[0].numpy()
    assert np.abs(found - theirs).max() < 1e-8 * np.abs(theirs).max()

"""Agreement with independent solvers, by the code that the benchmark runs: scipy and pyamg, which get an assembled
matrix, and muGrid, a matrix-free finite element code of its own."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo_mechanics.homogenisation.solve import homogenise

FILE = Path(__file__).parents[2] / "benchmarks/homogenisation.py"


@pytest.mark.parametrize("peer", ["scipy", "pyamg", "muGrid"])
@pytest.mark.parametrize("name", ["gyroid", "body-centred truss"])
def test_peers_agree(name: str, peer: str) -> None:
    pytest.importorskip(peer, reason=f"{peer} is not installed (pip install {peer})")
    spec = importlib.util.spec_from_file_location("homogenisation_benchmark", FILE)
    assert spec is not None and spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    cell = benchmark.cells(16, 0)[name]
    theirs = getattr(benchmark, f"by_{peer.lower()}")(cell, 1e-9)
    found = homogenise(torch.from_numpy(cell)[None].double(), tolerance=1e-12).stiffness[0].numpy()
    assert np.abs(found - theirs).max() < 1e-8 * np.abs(theirs).max()

"""What any plugin's tests look like: the kit for contracts, and values known from elsewhere."""

from pathlib import Path

import numpy as np
import pytest
import torch
from zoo_laminates.components.layer_scores import thinnest_run
from zoo_laminates.moduli import moduli

from zoo.testing import check

DATA = {"use": "laminates", "layers": 8, "count": 30}
DENOISER = {"use": "layer-denoiser", "width": 32, "conditions": ["stiff_share"]}

COMPONENTS = [
    ("domain", {"use": "laminate"}, {}),
    ("dataset", DATA, {}),
    ("importer", {"use": "laminate-text"}, {"file": Path(__file__).with_name("stacks.layers")}),
    ("property", {"use": "laminate-moduli"}, {"dataset": DATA}),
    ("objective", {"use": "across-modulus"}, {"dataset": DATA, "target": {"across": 5.0}}),
    ("negatives", {"use": "odd-layer"}, {"dataset": DATA}),
    ("encoder", {"use": "layer-autoencoder"}, {"dataset": DATA}),
    ("denoiser", DENOISER, {}),
    ("generator", {"use": "layer-generator"}, {"dataset": DATA}),
    ("critic", {"use": "layer-critic"}, {"dataset": DATA}),
    ("regulariser", {"use": "decorrelation"}, {}),
    ("schedule", {"use": "sigmoid"}, {}),
    ("sampler", {"use": "unipc"}, {}),
    ("evaluator", {"use": "layer-scores"}, {"dataset": DATA}),
    ("model", {"use": "markov-chain"}, {"dataset": DATA}),
]


@pytest.mark.parametrize(("kind", "block", "example"), COMPONENTS, ids=[kind for kind, _, _ in COMPONENTS])
def test_contract(kind: str, block: dict, example: dict) -> None:
    check(kind, block, **example)


def test_moduli_of_equal_shares() -> None:
    found = moduli(torch.tensor([[0.0, 1.0]]), 3.0)
    assert found["along"].item() == pytest.approx(2.0)
    assert found["across"].item() == pytest.approx(1.5)


@pytest.mark.parametrize(("stack", "thinnest"), [("0011", 2), ("0110", 2), ("0111", 1), ("1111", 4), ("010011", 1)])
def test_runs_go_on_across_the_border(stack: str, thinnest: int) -> None:
    assert thinnest_run(np.array([int(layer) for layer in stack])) == thinnest

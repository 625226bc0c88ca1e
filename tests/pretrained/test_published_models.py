"""Models that earlier versions published are still read, and still draw the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

import zoo

PUBLISHED = Path(__file__).parent
MODELS = sorted(path.stem for path in PUBLISHED.glob("*.npz"))
SEED = 7


def test_there_are_some() -> None:
    assert {"voxploer", "kirigami-vae"} <= set(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_it_draws_what_it_drew(name: str) -> None:
    pretrained = zoo.load(PUBLISHED / name, device="cpu")
    expected = np.load(PUBLISHED / f"{name}.npz")
    soft, hard = expected["soft"], expected["hard"]
    batch = pretrained.generate.batch
    drawn = pretrained.model.sample(range(len(soft)), SEED, pretrained.generate.condition, batch)
    span = pretrained.domain.structure.high - pretrained.domain.structure.low
    # Processors differ in the last digits of matrix products, and a voxel at the threshold may then fall either way.
    np.testing.assert_allclose(drawn.numpy(), soft, atol=1e-3 * span)
    structures = pretrained.sample(len(hard), SEED)
    assert structures.dtype == hard.dtype
    assert np.mean(~np.isclose(structures, hard, atol=1e-3 * span)) < 0.005


@pytest.mark.parametrize("name", MODELS)
def test_it_is_small_and_holds_nothing_else(name: str) -> None:
    files = [path for path in (PUBLISHED / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    assert {path.suffix for path in files} <= {".json", ".safetensors", ".md", ".yaml", ".png", ".svg"}


def test_diffusers_alone_reads_the_parts() -> None:
    from diffusers import DDPMScheduler

    from zoo_voxploer.components.patch_transformer import PatchTransformer

    folder = PUBLISHED / "voxploer"
    encoder = PatchTransformer.from_pretrained(folder, subfolder="encoder")
    ours = zoo.load(folder, device="cpu").model.encoder.state_dict()
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(tensor, ours[name])
    scheduler = DDPMScheduler.from_pretrained(folder, subfolder="scheduler")
    assert (scheduler.config.num_train_timesteps, scheduler.config.prediction_type) == (50, "sample")

"""Guided Diffusion's U-Net: its size, its symmetry, its own answer, and that it learns."""

import itertools

import pytest
import torch

from overfitting import cells, overlap_after
from zoo import Level, ZooError
from zoo.components.schedules.vp_sde import VPSDE
from zoo_baselines.components.guided_unet import GuidedUNet

SMALL = {"width": 8, "multipliers": (1, 2), "attention": 1}
ORDERS = list(itertools.permutations((1, 2, 3)))


def level(*log_snr: float) -> Level:
    return Level(torch.full((len(log_snr),), 0.5), torch.tensor(log_snr))


def stirred(**arguments) -> GuidedUNet:
    """One whose layers that begin at zero do not."""
    torch.manual_seed(0)
    unet = GuidedUNet((8, 8, 8), **SMALL, **arguments).eval()
    with torch.no_grad():
        for parameter in unet.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return unet


def test_the_published_size() -> None:
    """28.71 million without conditions, counted by instantiating the released definition; 48^3 changes nothing."""
    for side in (64, 48):
        with torch.device("meta"):
            unet = GuidedUNet((side, side, side))
        assert sum(p.numel() for p in unet.parameters()) == pytest.approx(28.71e6, rel=5e-4)


def test_permutation_averaging_is_the_mean_over_all_permutations_of_input_and_output() -> None:
    averaged, plain = stirred(permutation_averaging=True), stirred(permutation_averaging=False)
    noisy, previous = torch.randn(2, 2, 8, 8, 8)
    where = level(1.0, -2.0)
    with torch.no_grad():
        answer = averaged(noisy, where, {}, previous)
        mean_in = [torch.stack([one.permute(0, *order) for order in ORDERS]).mean(0) for one in (noisy, previous)]
        out = plain(mean_in[0], where, {}, mean_in[1])
    expected = torch.stack([out.permute(0, *order) for order in ORDERS]).mean(0)
    torch.testing.assert_close(answer, expected, rtol=1e-4, atol=1e-5)
    for order in ORDERS:
        torch.testing.assert_close(answer, answer.permute(0, *order), rtol=1e-4, atol=1e-5)
    assert not torch.allclose(out, out.permute(0, 2, 1, 3), atol=1e-2)


def test_no_previous_answer_is_one_of_zeros() -> None:
    unet, noisy = stirred(), torch.randn(1, 8, 8, 8)
    with torch.no_grad():
        none, zeros, ones = (
            unet(noisy, level(0.0), {}, previous)
            for previous in (None, torch.zeros(1, 8, 8, 8), torch.ones(1, 8, 8, 8))
        )
    assert torch.equal(none, zeros)
    assert not torch.allclose(none, ones, atol=1e-2)


def test_it_reads_the_log_snr_and_not_the_time() -> None:
    unet, noisy = stirred(), torch.randn(1, 8, 8, 8)
    with torch.no_grad():
        early = unet(noisy, Level(torch.tensor([0.1]), torch.tensor([2.0])), {})
        late = unet(noisy, Level(torch.tensor([0.9]), torch.tensor([2.0])), {})
        noisier = unet(noisy, Level(torch.tensor([0.1]), torch.tensor([-2.0])), {})
    assert torch.equal(early, late)
    assert not torch.allclose(early, noisier, atol=1e-2)


TENSOR = ("stiffness[0][0]", "stiffness[0][1]", "stiffness[3][3]")
CONDITIONAL = {"conditions": (*TENSOR, "volume_fraction"), "volume": "volume_fraction"}


def test_a_condition_that_is_not_given_is_minus_one_and_each_that_is_matters() -> None:
    unet, noisy = stirred(**CONDITIONAL), torch.randn(1, 8, 8, 8)

    def asked(**values: float) -> torch.Tensor:
        condition = {name: torch.tensor([values.get(name, torch.nan)]) for name in unet.conditions}
        with torch.no_grad():
            return unet(noisy, level(0.0), condition)

    free = asked()
    assert torch.equal(free, asked(**dict.fromkeys(unet.conditions, -1.0)))
    for name in unet.conditions:
        assert not torch.allclose(free, asked(**{name: 0.5}), atol=1e-4)


def test_the_tensor_and_the_volume_are_hidden_apart() -> None:
    assert stirred(**CONDITIONAL).condition_groups == (TENSOR, ("volume_fraction",))
    assert stirred(conditions=TENSOR).condition_groups == ()
    assert stirred(conditions=("volume_fraction",), volume="volume_fraction").condition_groups == ()


def test_latents_with_channels() -> None:
    unet = GuidedUNet((3, 4, 4, 4), **SMALL)
    assert unet(torch.randn(2, 3, 4, 4, 4), level(0.0, 1.0), {}).shape == (2, 3, 4, 4, 4)


def test_it_learns_cells_by_heart() -> None:
    torch.manual_seed(0)
    unet = GuidedUNet((8, 8, 8), **SMALL, dropout=0.0, permutation_averaging=False)
    assert float(overlap_after(unet, VPSDE(), cells(8), steps=150, lr=5e-3).min()) > 0.95


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ((50, 50, 50), {}, "a side of 50 voxels cannot be halved 4 times for 5 levels; take 48 or 64"),
        ((12, 12, 12), {}, "a side of 12 voxels .* take 16, or fewer multipliers"),
        ((6, 6), {}, r"latents of shape \(6, 6\) are not cubes"),
        ((1, 16, 16, 8), {}, "are not cubes"),
        ((16, 16, 16), {"width": 7}, "width 7 is not a positive even number"),
        ((16, 16, 16), {"width": 2, "multipliers": (1, 1)}, "4 heads do not divide"),
        ((16, 16, 16), {"volume": "vf"}, "volume 'vf' is not one of the conditions"),
        ((16, 16, 16), {"width": 40}, "width 40 is above 32 and not a multiple of 32"),
        ((16, 16, 16), {"attention": 6}, "attention 6 is not a number of levels from 0 to 5"),
        ((16, 16, 16), {"multipliers": (1, 0), "attention": 0}, r"multipliers \[1, 0\] are not all positive"),
    ],
)
def test_mistakes(shape, arguments, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        GuidedUNet(shape, **arguments)

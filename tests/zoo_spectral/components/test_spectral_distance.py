"""Spectral distances: there and back, turned, shifted, finer, at another volume; principal components."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor

from zoo import Data, Structure, ZooError, open_data
from zoo_spectral.components.spectral_distance import SpectralDistance

SIDE = 12
SYMMETRIES = list(itertools.product(itertools.permutations((1, 2, 3)), itertools.product((False, True), repeat=3)))


def structure(side: int) -> Structure:
    return Structure((side,) * 3, 0.0, 1.0)


def rough(seed: int, side: int = SIDE) -> Tensor:
    """Cells without any symmetry, of features of a few voxels."""
    noise = np.random.default_rng(seed).normal(size=(2, side, side, side))
    for axis in (1, 2, 3):
        noise = noise + np.roll(noise, 1, axis) + np.roll(noise, -1, axis)
    return torch.from_numpy(noise > 0.5 * noise.std()).float()


def ball(side: int, radius: float) -> Tensor:
    x = (torch.arange(side, dtype=torch.float64) + 0.5) / side - 0.5
    return ((x[:, None, None] ** 2 + x[:, None] ** 2 + x**2).sqrt() < radius).float()[None]


def turned(cells: Tensor, symmetry: tuple[tuple[int, ...], tuple[bool, ...]]) -> Tensor:
    axes, flips = symmetry
    return cells.permute(0, *axes).flip([axis for axis, flip in zip((1, 2, 3), flips, strict=True) if flip])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return open_data(
        {"use": "metashell-mixed", "resolution": 24, "count": 20}, quiet=True, root=tmp_path_factory.mktemp("data")
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 99), shift=st.tuples(*3 * [st.integers(0, SIDE - 1)]), symmetry=st.sampled_from(SYMMETRIES))
def test_a_cell_shifted_and_turned_comes_back_shifted_and_turned(
    seed: int, shift: tuple[int, ...], symmetry: tuple[tuple[int, ...], tuple[bool, ...]]
) -> None:
    cells = rough(seed)
    moved = turned(cells.roll(shift, (1, 2, 3)), symmetry)
    encoder = SpectralDistance(structure(SIDE), modes=7)
    latents, others = encoder.encode(cells).mean, encoder.encode(moved).mean
    torch.testing.assert_close(latents.norm(dim=1), others.norm(dim=1))  # an orthogonal map of the coefficients
    expected = turned(encoder.decode(latents).roll(shift, (1, 2, 3)), symmetry)
    torch.testing.assert_close(encoder.decode(others), expected, atol=1e-4, rtol=0)


def test_cells_come_back_as_well_as_prototypes_of_the_transform_had_them(data: Data) -> None:
    """Without calibration of the volume 11 modes gave an overlap of .973 on the mean of 60 cells, and .89 at worst."""
    cells = torch.from_numpy(data.train.array(data.train.originals)).float()
    encoder = SpectralDistance(structure(24))
    back = encoder.decode(encoder.encode(cells).mean) > 0.5
    solid = cells > 0.5
    overlap = (back & solid).flatten(1).sum(1) / (back | solid).flatten(1).sum(1)
    assert overlap.mean() > 0.97 and overlap.min() > 0.89
    # A symmetric cell gains and loses voxels by the 48.
    off = (back.flatten(1).float().mean(1) - solid.flatten(1).float().mean(1)).abs()
    assert off.mean() < 0.006 and off.max() < 0.02


def test_the_middle_of_a_cell_is_its_surface(data: Data) -> None:
    """The domain cuts a cell in the middle of its own range."""
    cells = torch.from_numpy(data.train.array(data.train.originals)).float()
    encoder = SpectralDistance(structure(24))
    latents = encoder.encode(cells).mean
    soft = encoder.decode(latents)
    assert (soft.flatten(1).amin(1) == 0).all() and (soft.flatten(1).amax(1) == 1).all()
    assert torch.equal(data.domain.harden(soft), (encoder.field(latents, 24) > 0).float())


@pytest.mark.parametrize("side", [24, 48, 72])
def test_a_ball_is_the_same_ball_at_any_resolution(side: int) -> None:
    radius = 0.35
    latents = SpectralDistance(structure(24)).encode(ball(24, radius)).mean
    fine = SpectralDistance(structure(side)).decode(latents)[0] > 0.5
    exact = ball(side, radius)[0] > 0.5
    assert (fine & exact).sum() / (fine | exact).sum() > 0.95
    assert float(fine.float().mean()) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.025)


@pytest.mark.parametrize("wanted", [0.2, 0.5])
def test_another_volume_is_asked_for_in_the_last_number(data: Data, wanted: float) -> None:
    cells = torch.from_numpy(data.train.array(data.train.originals)).float()
    encoder = SpectralDistance(structure(24))
    latents = encoder.encode(cells).mean
    latents[:, -1] = 2 * wanted - 1
    volumes = (SpectralDistance(structure(48)).decode(latents) > 0.5).flatten(1).float().mean(1)
    assert (volumes - wanted).abs().max() < 0.01


def test_soft_cells_gain_volume_by_the_last_number_and_not_by_a_shift_of_the_field() -> None:
    """The level follows a shift. The volume of sharp cells rises by 1/2; soft ones are deepest short of 0 and 1."""
    encoder = SpectralDistance(structure(SIDE), modes=7)
    latents = encoder.encode(rough(0)).mean.requires_grad_()
    (gradient,) = torch.autograd.grad(encoder.decode(latents).flatten(1).mean(1).sum(), latents)
    assert (gradient[:, -1] > 0.35).all() and (gradient[:, -1] < 0.5).all()
    assert gradient[:, 0].abs().max() < 1e-3


def test_components_keep_as_much_as_a_singular_value_decomposition(data: Data) -> None:
    """Not the axes themselves: symmetric cells make some of them alike, and any turn of those will do."""
    plain, fitted = SpectralDistance(structure(24), modes=5), SpectralDistance(structure(24), modes=5, components=6)
    fitted.fit(data.train)
    cells = torch.from_numpy(data.train.array()).float()
    written = plain.encode(cells).mean.double().numpy()
    centred = written - written.mean(0)
    values = np.linalg.svd(centred[:, :-1], compute_uv=False)
    latents = fitted.encode(cells).mean.double().numpy()
    np.testing.assert_allclose((latents[:, :-1] ** 2).sum(0), values[:6] ** 2, rtol=1e-3)
    np.testing.assert_allclose(latents[:, -1], centred[:, -1], atol=1e-5)


def test_all_components_are_no_loss(data: Data) -> None:
    plain, fitted = SpectralDistance(structure(24), modes=5), SpectralDistance(structure(24), modes=5, components=125)
    fitted.fit(data.train)
    cells = torch.from_numpy(data.held_out.array()).float()
    torch.testing.assert_close(
        fitted.decode(fitted.encode(cells).mean), plain.decode(plain.encode(cells).mean), atol=1e-3, rtol=0
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"modes": 6}, "modes 6 is not an odd number up to the resolution, 12."),
        ({"modes": 13}, "modes 13 is not an odd number up to the resolution, 12."),
        ({"clip": 0.0}, "clip 0 is not above 0 and at most 0.25."),
        ({"modes": 3, "components": 28}, r"components 28 is not a number from 1 to modes\^3, 27."),
    ],
)
def test_arguments_that_make_no_sense(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ZooError, match=message):
        SpectralDistance(structure(SIDE), **arguments)  # type: ignore[arg-type]


def test_structures_that_are_not_cubes() -> None:
    with pytest.raises(ZooError, match=r"shape \(12, 12\) are not cubes"):
        SpectralDistance(Structure((12, 12), 0.0, 1.0))

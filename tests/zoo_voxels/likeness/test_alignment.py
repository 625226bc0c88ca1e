"""Overlaps modulo shifts and symmetries against plain loops over all of them, and planted copies among strangers."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo_voxels.components.metatruss import MetaTruss
from zoo_voxels.generation.shells import candidates
from zoo_voxels.likeness.alignment import aligned, best_symmetries, descriptor, modes, most_overlap, spectrum, waves
from zoo_voxels.likeness.likest import likest, packed_descriptors, repeats
from zoo_voxels.likeness.neighbours import overlaps, pack
from zoo_voxels.likeness.symmetries import SYMMETRIES, moved

D = 16


@pytest.fixture(scope="module")
def shells() -> np.ndarray:
    return np.stack([next(candidates(item, D, 3)).cell for item in range(120)]).astype(bool)


def disguised(cells: np.ndarray, flipped: float, seed: int) -> np.ndarray:
    """The same materials: each cell under a random symmetry and shift, with a share of its voxels flipped."""
    rng = np.random.default_rng(seed)
    turned = [moved(cell, SYMMETRIES[rng.integers(48)]) for cell in cells]
    shifted = [np.roll(cell, rng.integers(0, cell.shape[0], 3), (0, 1, 2)) for cell in turned]
    return np.stack(shifted) ^ (rng.random(cells.shape) < flipped)


def test_there_are_48_symmetries_and_the_first_is_none() -> None:
    cell = np.arange(27).reshape(3, 3, 3)
    images = [moved(cell, symmetry) for symmetry in SYMMETRIES]
    assert len({image.tobytes() for image in images}) == 48
    np.testing.assert_array_equal(images[0], cell)
    for image in images:
        np.testing.assert_array_equal(_distances(image), _distances(cell))


def _distances(cell: np.ndarray) -> np.ndarray:
    """Squared distance of every pair of voxels, in the order of their values: isometries change none."""
    places = np.stack(np.unravel_index(np.argsort(cell.ravel()), cell.shape), axis=1)
    return ((places[:, None] - places) ** 2).sum(-1)


@settings(deadline=None, max_examples=25)
@given(arrays(bool, (2, 4, 4, 4)))
def test_aligned_overlap_is_the_best_of_all_shifts_and_symmetries(cells: np.ndarray) -> None:
    one, other = cells
    best = 0.0
    for symmetry, shift in itertools.product(SYMMETRIES, itertools.product(range(4), repeat=3)):
        image = np.roll(moved(other, symmetry), shift, (0, 1, 2))
        union = (one | image).sum()
        best = max(best, (one & image).sum() / union if union else 1.0)
    assert aligned(spectrum(one), other, list(SYMMETRIES)) == best


@settings(deadline=None, max_examples=50)
@given(arrays(bool, (3, 6, 6, 6)), st.integers(0, 99))
def test_no_shift_and_no_symmetry_changes_the_descriptor(cells: np.ndarray, seed: int) -> None:
    one, other = descriptor(modes(cells)), descriptor(modes(disguised(cells, 0, seed)))
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-2 * max(1, one.max()))


def test_modes_are_fourier_coefficients(shells: np.ndarray) -> None:
    expected = np.fft.fftshift(np.fft.fftn(shells[:3].astype(float), axes=(1, 2, 3)), axes=(1, 2, 3))[
        :, 3:14, 3:14, 3:14
    ]
    np.testing.assert_allclose(modes(shells[:3]), expected, atol=0.02)


def test_waves_find_the_symmetry_that_all_48_find(shells: np.ndarray) -> None:
    one, other = shells[:12], disguised(shells[:12], 0.02, 0)
    for a, b, p, q in zip(one, other, waves(one), waves(other), strict=True):
        best = aligned(spectrum(a), b, list(SYMMETRIES))
        assert aligned(spectrum(a), b, best_symmetries(p, q, 4, len(a))) == best


def test_halves_that_match_better_by_a_wrong_symmetry_deceive_nobody() -> None:
    """Of this truss, shifted by odd numbers of voxels, the halves of another image are nearer than those of the right
    one; it has symmetries of its own besides."""
    truss = MetaTruss(resolution=48, count=79).make(range(78, 79)).structures[0].astype(bool)
    rng = np.random.default_rng(0)
    for symmetry in rng.choice(48, 6, replace=False):
        copy = np.roll(moved(truss, SYMMETRIES[symmetry]), 2 * rng.integers(0, 24, 3) + 1, (0, 1, 2))
        found = best_symmetries(waves(copy[None])[0], waves(truss[None])[0], 8, 48)
        assert aligned(spectrum(copy), truss, found) == 1
        assert len(found) == 2


def test_waves_of_large_cells_are_those_of_their_halves() -> None:
    cells = np.random.default_rng(0).random((2, 48, 48, 48)) < 0.3
    halves = cells.reshape(2, 24, 2, 24, 2, 24, 2).sum((2, 4, 6))
    expected = np.fft.fftshift(np.fft.fftn(halves, axes=(1, 2, 3)), axes=(1, 2, 3))[:, 1:, 1:, 1:]
    np.testing.assert_allclose(waves(cells), expected, atol=0.05)
    assert waves(cells[:, :16, :16, :16]).shape == (2, 15, 15, 15)


@settings(deadline=None, max_examples=20)
@given(arrays(bool, (2, 12, 12, 12), fill=st.booleans()), st.integers(0, 99))
def test_no_shift_and_no_symmetry_overlaps_more_than_descriptors_allow(cells: np.ndarray, seed: int) -> None:
    cells[1] ^= np.random.default_rng(seed).random((12, 12, 12)) < 0.05
    found = descriptor(modes(cells))
    [most] = most_overlap(found[0], found[1:], 12)
    assert aligned(spectrum(cells[0]), cells[1], list(SYMMETRIES)) <= most


def test_descriptors_tell_some_cells_apart_for_certain(shells: np.ndarray) -> None:
    found = descriptor(modes(shells))
    most = np.stack([most_overlap(one, found, D) for one in found])
    np.testing.assert_allclose(np.diag(most), 1)
    assert (most < 0.9).mean() > 0.5
    several = np.concatenate([np.zeros((1, 4, 4, 4), bool), np.ones((1, 4, 4, 4), bool)])
    assert most_overlap(descriptor(modes(several))[0], descriptor(modes(several)), 4).tolist() == [1, 1]


def found(cells: np.ndarray, known: np.ndarray, near: tuple | list = ()) -> tuple[np.ndarray, np.ndarray]:
    packed = pack(known)
    return likest(cells, packed, packed_descriptors(packed, known.shape[1:]), near)


@pytest.mark.parametrize("flipped", [0.0, 0.02])
def test_every_planted_copy_is_found(shells: np.ndarray, flipped: float) -> None:
    """60 copies among 120 cells. Plain overlap, which knows no shift, finds few of them."""
    copies = disguised(shells[:60], flipped, 1)
    index, overlap = found(copies, shells)
    assert index.tolist() == list(range(60))
    assert overlap.min() == 1.0 if flipped == 0 else overlap.min() > 0.8
    plain = overlaps(pack(copies), pack(shells)).argmax(1)
    assert (plain == np.arange(60)).mean() < 0.5


def test_cells_known_to_be_near_are_candidates(shells: np.ndarray) -> None:
    """Descriptors tell nothing of noise, of which all power is in short waves."""
    noise = np.random.default_rng(0).random((40, D, D, D)) < 0.5
    near = noise[:5] ^ (np.random.default_rng(1).random((5, D, D, D)) < 0.2)
    index, overlap = found(near, noise, [np.arange(5)])
    assert index.tolist() == [0, 1, 2, 3, 4]
    assert overlap.min() > 0.6


def test_repeats_are_those_that_come_later(shells: np.ndarray) -> None:
    cells = np.concatenate([shells[:10], disguised(shells[:5], 0, 2), shells[3:4]])
    packed = pack(cells)
    assert repeats(cells, overlaps(packed, packed), 0.95).tolist() == [False] * 10 + [True] * 6


def test_empty_cells_are_alike() -> None:
    empty, full = np.zeros((1, 4, 4, 4), bool), np.ones((1, 4, 4, 4), bool)
    assert aligned(spectrum(empty[0]), empty[0], [SYMMETRIES[0]]) == 1
    assert [part.item() for part in found(empty, np.concatenate([full, empty]))] == [1, 1.0]

"""Damaged cells: the kinds of damage, how often and how strong, and that nothing else changes."""

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from zoo import Noise
from zoo_voxploer.components.block_replacement import BlockReplacement

COUNT, RESOLUTION, HALF = 2000, 16, 8


def empty_but_for_a_corner(count: int) -> torch.Tensor:
    """Cells of which a block of void, or of another such cell, often changes nothing."""
    cells = torch.zeros(count, RESOLUTION, RESOLUTION, RESOLUTION)
    cells[:, -1, -1, -1] = 1
    return cells


def damaged(structures: torch.Tensor, seed: int = 0, items: range | list[int] | None = None) -> torch.Tensor:
    return BlockReplacement()(structures, Noise(seed, items or range(len(structures))))


def kinds(of_solid: torch.Tensor) -> np.ndarray:
    """What was done to each of a batch of solid cells, told from the outside: a solid donor's block changes nothing,
    a void block empties a whole cube, a noisy one most of a cube, and added noise knows no cube."""
    names = []
    for cell in of_solid.numpy():
        changed = np.argwhere(cell == 0)
        if not len(changed):
            names.append("donor")
        elif (np.ptp(changed, axis=0) >= HALF).any():
            names.append("added")
        else:
            names.append("void" if len(changed) == HALF**3 else "noise")
    return np.array(names)


@pytest.fixture(scope="module")
def solid() -> tuple[torch.Tensor, np.ndarray]:
    result = damaged(torch.ones(COUNT, RESOLUTION, RESOLUTION, RESOLUTION))
    return result, kinds(result)


@pytest.mark.parametrize(("kind", "share"), [("added", 0.2), ("void", 0.2), ("donor", 0.2), ("noise", 0.4)])
def test_shares_of_the_kinds(solid: tuple[torch.Tensor, np.ndarray], kind: str, share: float) -> None:
    deviation = (COUNT * share * (1 - share)) ** 0.5
    assert abs((solid[1] == kind).sum() - COUNT * share) < 4 * deviation


def test_blocks_are_uniform_over_the_near_half(solid: tuple[torch.Tensor, np.ndarray]) -> None:
    result, names = solid
    corners = np.array([np.argwhere(cell == 0).min(0) for cell in result[torch.from_numpy(names == "void")].numpy()])
    for axis in range(3):
        counts = np.bincount(corners[:, axis])
        assert len(counts) == RESOLUTION - HALF
        assert abs(counts - len(corners) / HALF).max() < 4 * (len(corners) / HALF) ** 0.5


def test_strength_of_the_noise(solid: tuple[torch.Tensor, np.ndarray]) -> None:
    result, names = solid

    def mean(law, low: float, high: float) -> float:  # type: ignore[no-untyped-def]
        return quad(law, low, high)[0] / (high - low)

    block = result[torch.from_numpy(names == "noise")]
    solid_share = 1 - (block == 0).sum().item() / (len(block) * HALF**3)
    assert solid_share == pytest.approx(mean(lambda s: norm.sf(0.5 / s), 0.3, 0.6), abs=0.01)

    added = result[torch.from_numpy(names == "added")]
    kept = mean(lambda s: norm.cdf(0.2 / s) - norm.cdf(-0.5 / s), 0.1, 0.3)
    assert added.mean().item() == pytest.approx(kept, abs=0.01)

    empty = damaged(torch.zeros(COUNT, RESOLUTION, RESOLUTION, RESOLUTION))[torch.from_numpy(names == "added")]
    filled = mean(lambda s: norm.cdf(1.2 / s) - norm.cdf(0.5 / s) + norm.cdf(-0.4 / s), 0.1, 0.3)
    assert empty.mean().item() == pytest.approx(filled, abs=0.01)


def test_outside_of_the_block_nothing_changes(solid: tuple[torch.Tensor, np.ndarray]) -> None:
    _, names = solid
    cells = (torch.rand(COUNT, RESOLUTION, RESOLUTION, RESOLUTION) < 0.5).float()
    result = damaged(cells)
    for b in np.flatnonzero(names != "added"):
        changed = np.argwhere((result[b] != cells[b]).numpy())
        assert (np.ptp(changed, axis=0) < HALF).all()
        corner, end = changed.min(0), changed.max(0) + 1
        block = tuple(slice(int(a), int(z)) for a, z in zip(corner, end, strict=True))
        if names[b] == "void":
            assert not result[b][block].any()
        if names[b] == "donor":
            assert torch.equal(result[b][block], cells[b - 1][block])


def test_a_row_depends_on_its_own_noise_and_cell_and_on_no_other_unless_it_takes_a_block(
    solid: tuple[torch.Tensor, np.ndarray],
) -> None:
    cells = (torch.rand(20, RESOLUTION, RESOLUTION, RESOLUTION) < 0.5).float()
    together = damaged(cells)
    for b in range(20):
        if solid[1][b] != "donor":
            assert torch.equal(damaged(cells[b : b + 1], items=[b])[0], together[b])
    assert torch.equal(damaged(cells), together)
    assert not torch.equal(damaged(cells, seed=1), together)


def test_a_lone_cell_loses_the_block_it_would_have_been_given(solid: tuple[torch.Tensor, np.ndarray]) -> None:
    b = int(np.flatnonzero(solid[1] == "donor")[0])
    alone = damaged(torch.ones(1, RESOLUTION, RESOLUTION, RESOLUTION), items=[b])
    assert (alone == 0).sum() == HALF**3


def test_cells_that_come_out_as_they_were_are_drawn_again_and_the_others_stay() -> None:
    """A block never reaches the far corner, so that void and donors, two fifths, change nothing here."""
    cells = empty_but_for_a_corner(500)
    once = damaged(cells)
    equal = (once == cells).flatten(1).all(1)
    assert abs(equal.float().mean().item() - 0.4) < 4 * (0.4 * 0.6 / 500) ** 0.5
    differing = BlockReplacement().differing(cells, Noise(0, range(500)))
    assert not (differing == cells).flatten(1).all(1).any()
    assert torch.equal(differing[~equal], once[~equal])
    alone = BlockReplacement().differing(cells[:1], Noise(0, [int(equal.nonzero()[0])]))
    assert torch.equal(alone[0], differing[equal][0])


@pytest.mark.parametrize("solid", [0.0, 1.0])
def test_full_and_empty_cells_have_negatives_too(solid: float) -> None:
    cells = torch.full((50, RESOLUTION, RESOLUTION, RESOLUTION), solid)
    assert not (BlockReplacement().differing(cells, Noise(0, range(50))) == cells).flatten(1).all(1).any()


@given(batch=st.integers(1, 4), resolution=st.integers(2, 9), seed=st.integers(0, 99))
def test_any_batch_and_resolution_stay_binary(batch: int, resolution: int, seed: int) -> None:
    cells = torch.ones(batch, resolution, resolution, resolution)
    before = cells.clone()
    result = damaged(cells, seed)
    assert result.shape == cells.shape
    assert result.dtype == cells.dtype
    assert set(result.unique().tolist()) <= {0.0, 1.0}
    assert torch.equal(cells, before)

"""Streams of items and rows of noise."""

import numpy as np
import torch
from hypothesis import given, strategies as st

from zoo import Noise
from zoo.training.batches import Stream


@given(st.integers(1, 40), st.integers(0, 2**62), st.integers(0, 5))
def test_each_pass_holds_every_item_once(length: int, seed: int, epoch: int) -> None:
    positions = np.arange(epoch * length, (epoch + 1) * length)
    assert sorted(Stream(length, seed).items(positions)) == list(range(length))


@given(st.lists(st.integers(0, 200), min_size=1, max_size=20))
def test_a_position_holds_the_same_item_whatever_was_read_before(positions: list[int]) -> None:
    together = Stream(17, 3).items(np.array(positions))
    assert [int(Stream(17, 3).items(np.array([p]))[0]) for p in positions] == together.tolist()


def test_passes_differ() -> None:
    stream = Stream(100, 0)
    assert (stream.items(np.arange(100)) != stream.items(np.arange(100, 200))).any()


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=6, unique=True), st.integers(0, 1000))
def test_a_row_of_noise_belongs_to_its_item_only(items: list[int], seed: int) -> None:
    together = Noise(seed, items)
    first, second = together.normal(3), together.uniform(2)
    for row, item in enumerate(items):
        alone = Noise(seed, [item])
        assert torch.equal(alone.normal(3)[0], first[row])
        assert torch.equal(alone.uniform(2)[0], second[row])


def test_neighbouring_items_are_independent() -> None:
    draws = Noise(0, range(4000)).normal(4).double()
    correlation = torch.corrcoef(torch.cat([draws[:-1], draws[1:]], 1).T)[:4, 4:]
    # Standard error of a correlation of 3,999 pairs is 0.016; 16 of them are looked at.
    assert correlation.abs().max() < 0.065
    assert abs(draws.mean()) < 0.03
    assert abs(draws.std() - 1) < 0.03


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.integers(0, 2**62))
def test_a_pass_holds_one_copy_of_each_structure_and_copies_take_turns(copies: list[int], seed: int) -> None:
    originals = np.cumsum([0, *copies[:-1]])
    stream = Stream(sum(copies), seed, originals)
    passes = stream.items(np.arange(60 * len(copies))).reshape(60, -1)  # 60 is a multiple of 1 to 6.
    assert (np.sort(np.searchsorted(originals, passes, side="right"), 1) == np.arange(1, len(copies) + 1)).all()
    times = np.bincount(passes.ravel(), minlength=sum(copies))
    assert times.tolist() == [60 // count for count in copies for _ in range(count)]

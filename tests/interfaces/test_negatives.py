"""Negatives that equal their structure are drawn again, each from its own streams, and not for ever."""

import pytest
import torch
from torch import Tensor

from zoo import Negatives, Noise, ZooError

ONES = torch.ones(40, 3)


class Rarely(Negatives):
    """Sets a structure to 0 with a chance of one in four."""

    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        return structures * (noise.uniform(1) > 0.25)


class Never(Negatives):
    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        return structures.clone()


def test_rows_are_drawn_again_until_they_differ() -> None:
    once = Rarely()(ONES, Noise(0, range(40)))
    assert 0 < (once == 0).all(1).sum() < 40
    assert torch.equal(Rarely().differing(ONES, Noise(0, range(40))), torch.zeros(40, 3))


def test_a_row_does_not_depend_on_how_often_others_are_drawn() -> None:
    class Kept(Negatives):
        """The first draw of more than 3/4."""

        def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
            drawn = noise.uniform(1)
            return torch.where(drawn > 0.75, drawn.expand_as(structures), structures)

    together, noise = Kept().differing(ONES, Noise(5, range(40))), Noise(5, range(40))
    for row in range(40):
        assert torch.equal(Kept().differing(ONES[:1], Noise(5, [row]))[0], together[row])
    # What is drawn from the same noise afterwards is what it would be without.
    Kept().differing(ONES, noise)
    after, untouched = noise.uniform(), Noise(5, range(40))
    untouched.uniform(1)
    assert torch.equal(after, untouched.uniform())


def test_those_that_never_differ_are_refused() -> None:
    with pytest.raises(ZooError, match="Never: a structure comes out as it is in 100 draws"):
        Never().differing(ONES, Noise(0, range(40)))

"""What negatives promise."""

import torch

from zoo.interfaces.noise import Noise
from zoo.testing.compare import check_range, check_same, check_tensor
from zoo.testing.subject import SEED, Subject, gpus

ROWS = 6


def damages(subject: Subject) -> None:
    """Structures become others of the same shape and range; what it is given stays as it is."""
    structures = subject.structures(ROWS)
    before = structures.clone()
    damaged = subject.build()(structures, Noise(SEED, range(ROWS)))
    assert torch.equal(structures, before), "It changes what it is given."
    check_tensor("What it makes", damaged, tuple(structures.shape))
    check_range("What it makes", damaged, subject.structure.low, subject.structure.high)
    assert not torch.equal(structures, damaged), "It damages nothing."


def draws_rows_apart(subject: Subject) -> None:
    """Row b draws from row b of the noise only."""
    structures, negatives = subject.structures(ROWS), subject.build()
    first = negatives(structures, Noise(SEED, range(ROWS)))
    check_same("With the same noise, it", first, negatives(structures, Noise(SEED, range(ROWS))))
    others = negatives(structures, Noise(SEED, [0, *range(100, 99 + ROWS)]))
    check_same("With other noise for the others, row 0", first[:1], others[:1])
    assert not torch.equal(first, others), "Other noise changes nothing."


def differs_in_the_end(subject: Subject) -> None:
    """What changes nothing by chance is drawn again, until every structure has become another."""
    structures = subject.structures(ROWS)
    damaged = subject.build().differing(structures, Noise(SEED, range(ROWS)))
    same = (damaged == structures).flatten(1).all(1)
    assert not same.any(), f"Structures {same.nonzero().flatten().tolist()} are as they were."


def runs_on_gpu(subject: Subject) -> None:
    """It works on a GPU too."""
    for device in gpus():
        damaged = subject.build()(subject.structures(ROWS).to(device), Noise(SEED, range(ROWS), device))
        check_tensor("What it makes", damaged, (ROWS, *subject.structure.shape))


PROMISES = (damages, draws_rows_apart, differs_in_the_end, runs_on_gpu)

"""What datasets promise."""

import numpy as np
import torch

from zoo.building.builder import build
from zoo.data.directions import misfit
from zoo.interfaces.dataset import Chunk
from zoo.interfaces.domain import Domain
from zoo.testing.compare import check_same, check_tensor
from zoo.testing.subject import Subject


def holds_what_it_says(subject: Subject) -> None:
    """Its chunks hold `count` valid structures, and properties that its card has units for and that fit their kinds."""
    dataset, count, properties = subject.build(), 0, set[str]()
    domain = build(Domain, dataset.domain())
    for chunk in dataset.chunks():
        assert isinstance(chunk, Chunk), f"A chunk is a {type(chunk).__name__}, expected a zoo.Chunk."
        structures = torch.from_numpy(chunk.structures).float()
        check_tensor("A chunk", structures, (len(structures), *domain.structure.shape))
        check_same("Hardened, which should change nothing, a chunk", structures, domain.harden(structures))
        for name, values in chunk.properties.items():
            assert len(values) == len(structures), f"A chunk of {len(structures)} has {len(values)} {name!r}."
            assert bool(np.isfinite(values).all()), f"{name!r} holds NaN or infinities."
            kind = dataset.card().kinds.get(name, "scalar")
            assert not (flaw := misfit(name, kind, values.shape[1:])), f"{flaw}."
        if chunk.names is not None:
            assert len(chunk.names) == len(structures), f"A chunk of {len(structures)} has {len(chunk.names)} names."
        count += len(structures)
        properties |= chunk.properties.keys()
    assert count == dataset.count, f"`count` is {dataset.count}, and the chunks hold {count}."
    units = dataset.card().units.keys()
    assert units == properties, f"There are units for {sorted(units)}, the properties are {sorted(properties)}."


def gives_the_same_bytes(subject: Subject) -> None:
    """Built again, it gives the same bytes."""
    for first, second in zip(subject.build().chunks(), subject.build().chunks(), strict=True):
        _check_same(first, second)


def makes_items_alone(subject: Subject) -> None:
    """Item i depends on the arguments and on i only, whatever it is made together with."""
    dataset = subject.build()
    together, alone = dataset.make(range(dataset.count)), dataset.make(range(1, dataset.count - 1))
    names = together.properties
    _check_same(Chunk(together.structures[1:-1], {name: names[name][1:-1] for name in names}), alone)


def has_a_card(subject: Subject) -> None:
    """Its card tells title, description, edition and licence."""
    card = subject.build().card()
    missing = [name for name in ("title", "description", "edition", "licence") if not getattr(card, name).strip()]
    assert not missing, f"It lacks {', '.join(missing)}."


PROMISES = (holds_what_it_says, gives_the_same_bytes, makes_items_alone, has_a_card)


def _check_same(first: Chunk, second: Chunk) -> None:
    assert first.structures.tobytes() == second.structures.tobytes(), "Its structures differ."
    for name, values in first.properties.items():
        same = np.asarray(values).tobytes() == np.asarray(second.properties[name]).tobytes()
        assert same, f"The property {name!r} differs."

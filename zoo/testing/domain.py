"""What domains promise."""

import io
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zoo.building.builder import build
from zoo.data.reading import read_structures
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain, Figure
from zoo.interfaces.kind import SHAPES
from zoo.interfaces.structure import Structure
from zoo.testing.compare import check_range, check_same, check_tensor
from zoo.testing.subject import SEED, Subject

ROWS = 6
MAX_TURNS = 120
"""Upper limit on the repetitions after which a symmetry of a cell comes back to where it began."""


def has_a_structure(subject: Subject) -> None:
    """Its `structure` has a shape and a range, 0 to 1 if it is binary; `arguments_for` that shape make it again."""
    domain = subject.build()
    structure = domain.structure
    assert isinstance(structure, Structure), f"It is a {type(structure).__name__}, expected a zoo.Structure."
    shape, low, high = structure
    assert shape and all(isinstance(size, int) and size > 0 for size in shape), f"The shape is {shape!r}."
    assert low < high, f"The range is [{low}, {high}]."
    assert not domain.binary or (low, high) == (0, 1), f"It is binary, and its range is [{low}, {high}]."
    again = build(Domain, {**subject.block, **domain.arguments_for(shape)}).structure.shape
    assert again == shape, f"By `arguments_for`, {shape} becomes {again}."


def hardens(subject: Subject) -> None:
    """Any numbers harden to valid structures, and a valid structure stays as it is."""
    domain = subject.build()
    random = _soft(domain, ROWS)
    for name, soft in (("random numbers", random), ("equal numbers", torch.zeros_like(random))):
        before = soft.clone()
        hard = domain.harden(soft)
        assert torch.equal(soft, before), "It changes what it is given."
        check_tensor(f"What it makes of {name}", hard, tuple(soft.shape))
        check_range(f"What it makes of {name}", hard, domain.structure.low, domain.structure.high)
        assert not domain.binary or bool(((hard == 0) | (hard == 1)).all()), "It is binary, and hard values are not."
        check_same("Hardened again, it", hard, domain.harden(hard))


def orients(subject: Subject) -> None:
    """Orientation 0 is the structure itself, and each one turns valid structures about without loss."""
    domain = subject.build()
    hard = domain.harden(_soft(domain, ROWS))
    for number in range(domain.orientations):
        orientation = torch.full((ROWS,), number)
        turned = domain.orient(hard, orientation)
        check_tensor(f"Orientation {number}", turned, tuple(hard.shape))
        assert number or torch.equal(turned, hard), "Orientation 0 changes the structure."
        check_same(f"Orientation {number}, hardened,", turned, domain.harden(turned))
        turns = 1
        while turns < MAX_TURNS and not torch.equal(turned, hard):
            turned, turns = domain.orient(turned, orientation), turns + 1
        assert torch.equal(turned, hard), f"Orientation {number}, done {turns} times, never comes back to the start."


def orients_properties(subject: Subject) -> None:
    """Scalars stay, and what is turned with a structure until it is back where it began is so too; NaN is allowed."""
    domain = subject.build()
    hard = domain.harden(_soft(domain, ROWS))
    for kind, shapes in {"scalar": ((),), **SHAPES}.items():
        values = torch.randn(ROWS, *shapes[0], generator=torch.Generator().manual_seed(SEED))
        for number in range(domain.orientations):
            orientation = torch.full((ROWS,), number)
            structures, turned = domain.orient(hard, orientation), domain.orient_property(values, kind, orientation)
            unknown = bool(turned.isnan().all())
            assert not unknown or (number and kind != "scalar"), f"Orientation {number} loses a {kind}."
            for _ in range(MAX_TURNS):
                if torch.equal(structures, hard):
                    break
                structures = domain.orient(structures, orientation)
                turned = domain.orient_property(turned, kind, orientation)
            assert unknown or torch.allclose(turned, values), f"Orientation {number} takes a {kind} elsewhere."


def orients_each_alone(subject: Subject) -> None:
    """Each structure of a batch is turned by its own orientation."""
    domain = subject.build()
    hard = domain.harden(_soft(domain, ROWS))
    orientation = torch.arange(ROWS) % domain.orientations
    alone = torch.cat([domain.orient(hard[i : i + 1], orientation[i : i + 1]) for i in range(ROWS)])
    check_same("What is turned together", alone, domain.orient(hard, orientation))


def has_a_lattice(subject: Subject) -> None:
    """Its lattices are `[n, 3, 3]` and span a volume."""
    lattice = subject.build().lattice(ROWS)
    check_tensor("The lattice", lattice, (ROWS, 3, 3))
    assert bool((torch.linalg.det(lattice).abs() > 0).all()), "Its vectors lie in a plane."


def writes_and_reads(subject: Subject) -> None:
    """What it writes, in each of its `formats`, `zoo.read_structures` reads, and nothing broken, missing or other."""
    domain = subject.build()
    structures = _hard(domain, ROWS)
    with tempfile.TemporaryDirectory() as folder:
        for suffix in domain.formats:
            path = Path(folder) / f"structures{suffix}"
            domain.write(structures, path)
            read = read_structures(path, subject.block).structures
            assert np.array_equal(structures, read), f"What is read from {suffix} was not written."
            _refuses(subject, path.rename(path.with_suffix(".unknown")), "a file whose format cannot be known")
            _refuses(subject, path, "a file that is not there")
            path.write_bytes(b"\xffnothing")
            _refuses(subject, path, f"a broken {suffix}")


def _refuses(subject: Subject, path: Path, what: str) -> None:
    try:
        read_structures(path, subject.block)
    except ZooError:
        return
    raise AssertionError(f"Structures are read from {what}.")


def draws(subject: Subject) -> None:
    """Its figures are whole PNG or SVG files with captions, for one structure as for several."""
    domain = subject.build()
    for count in (1, ROWS):
        figures = domain.figures(_hard(domain, count))
        assert figures, "There are none."
        assert len({figure.name for figure in figures}) == len(figures), "Two of them have the same name."
        for figure in figures:
            _check_figure(figure)


def describes(subject: Subject) -> None:
    """What it says of structures in numbers is a number for each, the same alone and among others."""
    domain = subject.build()
    structures = _hard(domain, ROWS)
    for name, values in domain.describe(structures).items():
        assert values.shape == (ROWS,), f"{name!r} of {ROWS} structures is {list(values.shape)}."
        assert np.isfinite(values).all(), f"{name!r} is not always a finite number."
        alone = domain.describe(structures[:1])[name]
        assert np.allclose(alone, values[:1]), f"{name!r} of a structure depends on the others."


def refines(subject: Subject) -> None:
    """Each of its `refinements` makes structures of structures, within the range, each on its own."""
    domain = subject.build()
    structures = _hard(domain, ROWS)
    for name in domain.refinements:
        refined = domain.refine(structures, name)
        assert refined.shape == structures.shape and refined.dtype == structures.dtype, f"{name!r} changes the array."
        low, high = domain.structure.low, domain.structure.high
        assert ((refined >= low) & (refined <= high)).all(), f"What {name!r} makes is out of range."
        assert np.array_equal(domain.refine(structures[:1], name), refined[:1]), f"{name!r} depends on the others."


PROMISES = (
    has_a_structure,
    hardens,
    orients,
    orients_each_alone,
    orients_properties,
    has_a_lattice,
    writes_and_reads,
    draws,
    describes,
    refines,
)


def _soft(domain: Domain, count: int) -> Tensor:
    """Random numbers `[count, *S]` that leave the range on both sides."""
    noise = torch.randn(count, *domain.structure.shape, generator=torch.Generator().manual_seed(SEED))
    return domain.structure.from_unit(noise)


def _hard(domain: Domain, count: int) -> np.ndarray:
    """Hard structures as a run stores them."""
    hard: np.ndarray = domain.harden(_soft(domain, count)).numpy()
    return hard.astype(np.uint8) if domain.binary else hard


def _check_figure(figure: Figure) -> None:
    assert figure.name and figure.caption.strip(), f"Figure {figure.name!r} has no caption."
    if figure.media_type == "image/png":
        Image.open(io.BytesIO(figure.data), formats=["PNG"]).verify()
    elif figure.media_type == "image/svg+xml":
        root = ElementTree.fromstring(figure.data)
        assert root.tag == "{http://www.w3.org/2000/svg}svg", f"Figure {figure.name!r} is <{root.tag}>."
        assert root.find(".//{*}script") is None, f"Figure {figure.name!r} holds a script."
    else:
        raise AssertionError(f"Figure {figure.name!r} is {figure.media_type!r}; known: image/png, image/svg+xml.")

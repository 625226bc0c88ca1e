"""What importers promise."""

import itertools
import tempfile
from pathlib import Path

import numpy as np
import torch

from zoo.building.builder import build
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain
from zoo.interfaces.importer import Entry, Importer
from zoo.testing.compare import check_range, check_tensor
from zoo.testing.subject import Subject

ENTRIES = 8
"""How many of the file are looked at."""


def recognises_its_files(subject: Subject) -> None:
    """It recognises its own file, and neither an empty one nor one that is not there."""
    importer = type(_importer(subject))
    assert importer.recognises(subject.file), f"It does not recognise {subject.file.name}."
    with tempfile.TemporaryDirectory() as folder:
        strange = Path(folder) / "file.strange"
        assert not importer.recognises(strange), "It recognises a file that is not there."
        strange.touch()
        assert not importer.recognises(strange), f"It recognises the empty file {strange.name}."


def gives_valid_structures(subject: Subject) -> None:
    """Its entries become structures that are valid in its domain, with properties that its card has units for."""
    importer = _importer(subject)
    domain = build(Domain, importer.domain(subject.file))
    entries = _entries(subject)
    assert entries, f"There are none in {subject.file.name}."
    for entry in entries:
        structure = torch.from_numpy(np.asarray(entry.structure))[None].float()
        assert structure.shape[1:] == domain.structure.shape, f"A structure has the shape {tuple(structure.shape[1:])}."
        assert torch.equal(domain.harden(structure), structure), "Hardening changes a structure."
        missing = entry.properties.keys() - importer.card().units.keys()
        assert not missing, f"There are no units for {sorted(missing)}."
        wrong = [name for name, value in entry.properties.items() if not np.isfinite(value).all()]
        assert not wrong, f"{wrong[0]!r} is not finite."


def gives_soft_structures(subject: Subject) -> None:
    """Its entries become soft structures too, of the shape of those that are valid and within their range."""
    importer = _importer(subject)
    structure = build(Domain, importer.domain(subject.file)).structure
    for entry in itertools.islice(importer.entries(subject.file), ENTRIES):
        soft = torch.from_numpy(np.asarray(importer.convert_soft(entry).structure)).float()
        check_tensor("A soft structure", soft, structure.shape)
        check_range("A soft structure", soft, structure.low, structure.high)


def reads_the_same_twice(subject: Subject) -> None:
    """It reads the same from a file each time."""
    for first, second in zip(_entries(subject), _entries(subject), strict=True):
        assert np.array_equal(first.structure, second.structure), "A structure differs."
        assert first.properties.keys() == second.properties.keys(), "The names of the properties differ."


def refuses_what_is_no_file_of_its(subject: Subject) -> None:
    """Bytes without sense, or a part of its own file, give entries or ZooErrors, never another error."""
    importer, whole = _importer(subject), subject.file.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / subject.file.name
        for data in (b"", b"\x00\xff" * 200, whole[: len(whole) // 2], whole[:-1]):
            path.write_bytes(data)
            for work in (lambda: importer.domain(path), lambda: list(map(importer.convert, importer.entries(path)))):
                try:
                    work()
                except ZooError:
                    continue


def has_a_card(subject: Subject) -> None:
    """Its card tells edition and licence."""
    card = _importer(subject).card()
    missing = [name for name in ("title", "edition", "licence") if not getattr(card, name).strip()]
    assert not missing, f"It lacks {', '.join(missing)}."


PROMISES = (
    recognises_its_files,
    gives_valid_structures,
    gives_soft_structures,
    reads_the_same_twice,
    refuses_what_is_no_file_of_its,
    has_a_card,
)


def _importer(subject: Subject) -> Importer:
    importer: Importer = subject.build()
    return importer


def _entries(subject: Subject) -> list[Entry]:
    importer = _importer(subject)
    return [importer.convert(entry) for entry in itertools.islice(importer.entries(subject.file), ENTRIES)]

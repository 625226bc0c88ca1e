"""Results of a suite: the files in `evals/results/`."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from zoo.errors import ZooError
from zoo.evals.planning import Planned
from zoo.evals.suites import Suite
from zoo.interfaces.score import Score
from zoo.runs.results import Results, read_results
from zoo.system.files import write_text
from zoo.system.locks import locked
from zoo.system.places import evals_folder

DIGITS = 6
LATENT_SUFFIX = "-latents.svg"
"""End of the name of the picture of a row's latents, beside that of its samples."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Meaning(_Frozen):
    """What a score measures."""

    sentence: str
    unit: str
    higher_is_better: bool


class Number(_Frozen):
    """A score of one run; None where it was not finite. The interval is the run's own: with other samples of the same
    trained model the score would lie in there, with 95 % confidence."""

    value: float | None
    interval: tuple[float, float] | None = None


class Trained(_Frozen):
    """How long a stage was trained."""

    moves: dict[str, int]
    """Optimiser steps by player."""
    seen: int
    """How many structures it was shown, each as often as it came."""


Numbers = dict[str, dict[str, Number]]
"""Evaluator -> score -> number."""


class Entry(_Frozen):
    """The numbers of one run, and what they must be quoted with."""

    dataset: str
    """The dataset's name in the suite."""
    row: str
    trivial: bool
    run: str
    """`<model>.<dataset>/<folder>`: another recipe or another revision of a component is another run."""
    provenance: dict[str, Any]
    """Model, size, edition and checksum of the data, seed, hash of the weights, machine, number of samples,
    versions."""
    scores: Numbers
    training: dict[str, Trained] = {}
    """By stage; not known of results of an older zoo."""

    @property
    def trained(self) -> str:
        """How long it was trained, in words."""
        return "; ".join(f"{name}: {_words(name, stage)}" for name, stage in self.training.items())


class ResultFile(_Frozen):
    """All numbers of a suite at one size."""

    suite: str
    version: int
    size: str
    meanings: dict[str, dict[str, Meaning]]
    """Evaluator -> score -> what it measures."""
    held_out: dict[str, Numbers]
    """The same scores of structures that no model has seen, by the checksum of the data."""
    entries: list[Entry]

    def runs(self, dataset: str, row: str) -> list[Entry]:
        """The entries of a row, seed by seed."""
        runs = [entry for entry in self.entries if (entry.dataset, entry.row) == (dataset, row)]
        return sorted(runs, key=lambda entry: int(entry.provenance["seed"]))

    def checksums(self, dataset: str) -> list[str]:
        """Checksums of the data that a dataset's entries stand for: more than one where rows change it."""
        checksums = [entry.provenance["dataset_checksum"] for entry in self.entries if entry.dataset == dataset]
        return list(dict.fromkeys(checksums))


def result_path(folder: Path, suite: str, size: str) -> Path:
    """Where the numbers of a suite lie."""
    return folder / f"{suite}.{size}.json"


def picture_path(folder: Path, suite: str, size: str, entry: Entry, suffix: str = ".*") -> Path:
    """Where the picture of a row lies: that of the first seed shown."""
    return folder / "pictures" / f"{suite}.{size}" / f"{entry.dataset.partition('@')[0]}-{_slug(entry.row)}{suffix}"


def read_result(path: Path) -> ResultFile:
    """The numbers in a file. ZooError if they cannot be read."""
    try:
        return ResultFile.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError) as error:
        raise ZooError(f"{path}: its results cannot be read ({error}).") from error


def write_result(path: Path, file: ResultFile) -> None:
    """Write a file, a line for each entry, so that what has changed can be seen."""
    contents = file.model_dump(mode="json", exclude_none=True)
    entries = ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in contents.pop("entries"))
    held_out = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(numbers)}" for name, numbers in contents.pop("held_out").items()
    )
    head = json.dumps(contents, indent=1, ensure_ascii=False).removesuffix("\n}")
    write_text(path, f'{head},\n "held_out": {{\n{held_out}\n }},\n "entries": [\n{entries}\n ]\n}}\n')


class Collector:
    """Numbers as they come in, over those of an earlier result file that still hold: of runs that `planned`, all that
    the suite asks for, still names. Several commands may run parts of a suite at the same time."""

    def __init__(self, suite: Suite, size: str, path: Path, planned: Iterable[Planned]) -> None:
        self._suite, self._size, self._path = suite, size, path
        self._order = [(plan.dataset, plan.row.label, plan.name) for plan in planned]
        self._entries: dict[tuple[str, str, str], Entry] = {}
        self._meanings: dict[str, dict[str, Meaning]] = {}
        self._held_out: dict[str, Numbers] = {}
        self._read()

    def add(self, planned: Planned) -> Entry:
        """Take the numbers of a finished run, and write the file anew."""
        results = read_results(planned.folder.path)
        entry = _entry(planned, results)
        with locked(self._path.parent):
            self._read()
            self._entries[planned.dataset, planned.row.label, planned.name] = entry
            self._meanings |= {name: _meanings(group) for name, group in results.scores.items()}
            self._held_out[results.provenance["dataset_checksum"]] = _numbers(results.held_out)
            self._write()
        return entry

    def _read(self) -> None:
        if not self._path.exists():
            return
        earlier = read_result(self._path)
        if earlier.version == self._suite.head.version:
            self._meanings |= earlier.meanings
            self._held_out |= earlier.held_out
            kept = {(entry.dataset, entry.row, entry.run): entry for entry in earlier.entries}
            self._entries |= {key: kept[key] for key in self._order if key in kept}

    def _write(self) -> None:
        entries = [self._entries[key] for key in self._order if key in self._entries]
        checksums = {entry.provenance["dataset_checksum"] for entry in entries}
        file = ResultFile(
            suite=self._suite.name,
            version=self._suite.head.version,
            size=self._size,
            meanings=self._meanings,
            held_out={name: numbers for name, numbers in sorted(self._held_out.items()) if name in checksums},
            entries=entries,
        )
        write_result(self._path, file)


def _entry(planned: Planned, results: Results) -> Entry:
    versions = {name: version for name, version in results.environment.versions.items() if version is not None}
    return Entry(
        dataset=planned.dataset,
        row=planned.row.label,
        trivial=planned.row.trivial,
        run=planned.name,
        provenance={
            **results.provenance,
            "samples": len(results.samples),
            "versions": {"python": results.environment.python, **versions},
        },
        scores=_numbers(results.scores),
        training={
            record.name: Trained(moves=dict(record.moves), seen=record.seen)
            for record in results.stages
            if record.moves
        },
    )


def _words(name: str, stage: Trained) -> str:
    steps = (f"{count:,} steps" + (f" of {player}" if player != name else "") for player, count in stage.moves.items())
    return f"{', '.join(steps)}, {stage.seen:,} structures seen"


def _numbers(scores: Mapping[str, Mapping[str, Score]]) -> Numbers:
    return {
        evaluator: {
            name: Number(value=_rounded(score.value), interval=_interval(score.interval))
            for name, score in group.items()
        }
        for evaluator, group in scores.items()
    }


def _meanings(group: Mapping[str, Score]) -> dict[str, Meaning]:
    return {
        name: Meaning(sentence=score.sentence, unit=score.unit, higher_is_better=score.higher_is_better)
        for name, score in group.items()
    }


def _interval(interval: Sequence[float] | None) -> tuple[float, float] | None:
    ends = [_rounded(end) for end in interval or ()]
    return None if len(ends) != 2 or None in ends else (ends[0], ends[1])  # type: ignore[return-value]


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None


def _slug(label: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in label.lower()).split())


def found_results(folder: Path, suite: str) -> list[Path]:
    """The result files of a suite, a size each: those in `folder`, or, if there are none, those that ship with zoo."""
    for place in (folder, evals_folder() / "results"):
        if paths := list(_of_suite(place, suite)):
            return paths
    return []


def _of_suite(folder: Path, suite: str) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.json")) if path.name.rsplit(".", 2)[0] == suite)

"""Evaluation of structures from anybody's files, as a run's are scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.building.builder import build
from zoo.building.schema import checked_block
from zoo.data.opening import Data, check_split, open_data
from zoo.data.reading import read_structures
from zoo.errors import ZooError
from zoo.interfaces.dataset import Dataset
from zoo.scores.scoring import Scored, score_beside, score_file
from zoo.system.machine import environment, machine_kind


@dataclass(frozen=True)
class Evaluation:
    """The scores of structures, and of as many held-out ones of the reference if it has so many."""

    files: str
    structures: np.ndarray
    data: Data
    dataset: str
    """Name of the dataset, with its edition."""
    evaluators: Mapping[str, Mapping[str, Any]]
    scored: Scored

    @property
    def count(self) -> int:
        """Number of structures scored."""
        return len(self.structures)

    @property
    def checksum(self) -> str:
        """First 16 hexadecimal digits of the dataset's checksum."""
        return self.data.checksum[:16]

    def provenance(self) -> dict[str, Any]:
        """What the scores must be quoted with."""
        return {
            "files": self.files,
            "structures": self.count,
            "dataset": self.dataset,
            "dataset_items": len(self.data.store),
            "dataset_checksum": self.checksum,
            "machine": machine_kind(),
        }

    def file(self) -> dict[str, Any]:
        """What a JSON file says: as a run's `scores.json`, with the evaluators' blocks and the versions."""
        evaluators = {"evaluators": {name: dict(block) for name, block in self.evaluators.items()}}
        return score_file(self.provenance(), self.scored) | evaluators | {"environment": environment()}


def evaluate_files(
    paths: Sequence[Path],
    reference: str,
    dataset_block: Mapping[str, Any],
    evaluators: Mapping[str, Mapping[str, Any]],
    *,
    importer: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    count: int | None = None,
) -> Evaluation:
    """Score the structures of files, see `read_structures`, by evaluators of a dataset that the catalogue calls
    `reference`."""
    dataset = build(Dataset, dataset_block)
    check_split(dataset, reference)
    domain = checked_block("domain", dataset.domain())
    structures = read_structures(
        paths, domain, importer=importer, arguments=arguments, count=count, reference=reference
    ).structures
    if not len(structures):
        raise ZooError(f"{paths[0]}: there are no structures to score.")
    data = open_data(dataset_block)
    scored = score_beside(structures, data, evaluators)
    name = f"{reference.partition('@')[0]}@{data.card.edition}"
    files = paths[0].name if len(paths) == 1 else f"{len(paths):,} files"
    return Evaluation(files, structures, data, name, evaluators, scored)

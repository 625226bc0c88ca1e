"""Datasets on disk: a store and its card."""

import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st

from fuzzing.files import Change, changes, make
from zoo.data.opening import STORE, open_data
from zoo.data.store import read_samples

DATASETS = {
    "bits": {"use": "metashell", "resolution": 8, "count": 10, "seed": 0},
    "numbers": {"use": "kirigami", "count": 10, "max_rotation": 60.0, "n": 6, "seed": 0},
}


class Stored(NamedTuple):
    dataset: str
    changes: list[Change]


class Stores:
    """Datasets that were built, and then changed."""

    def __init__(self, folder: Path) -> None:
        self._whole = folder / "whole"
        self._spoilt = folder / "spoilt"
        for name, block in DATASETS.items():
            open_data(block, quiet=True, root=self._whole / name)
        self.cases = st.one_of(
            st.builds(Stored, st.just(name), changes(self._whole / name / "datasets", self._files(name)))
            for name in DATASETS
        )

    def __call__(self, case: Stored) -> str:
        shutil.rmtree(self._spoilt, ignore_errors=True)
        shutil.copytree(self._whole / case.dataset, self._spoilt)
        make(case.changes, self._spoilt / "datasets")
        data = open_data(DATASETS[case.dataset], quiet=True, root=self._spoilt)
        for split in (data.train, data.held_out):
            batch = split.batch(np.arange(len(split)), torch.device("cpu"))
            assert batch["structure"].shape == (len(split), *data.domain.structure.shape)
            assert split.array().shape == batch["structure"].shape
            for name in batch["properties"]:
                assert len(split.properties(name)) == len(split)
            if data.store.binary:
                split.packed()
        for path in self._spoilt.rglob(STORE):
            read_samples(path)
        return "opened"

    def _files(self, name: str) -> list[str]:
        folder = self._whole / name / "datasets"
        return sorted(
            p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in (".json", ".safetensors")
        )

"""Imported data whose folder was changed: card, structures and entry in the catalogue."""

import shutil
from pathlib import Path

import numpy as np
import torch
from hypothesis import strategies as st

from fuzzing.files import Change, changes, make
from zoo import Dataset
from zoo.building.builder import build
from zoo.data.importing import import_data
from zoo.data.opening import open_data
from zoo.discovery import discovery
from zoo.recipes.catalogue import read_catalogue
from zoo.system.places import home, imported_folder

NAME = "own"


class Imports:
    """An imported dataset that was changed, asked for by its name: all of it and a part."""

    def __init__(self, folder: Path) -> None:
        self._work = folder
        self._whole = folder / "whole"
        cells = np.random.default_rng(0).random((9, 4, 4, 4)) < 0.5
        np.savez(folder / "cells.npz", structures=cells)
        (folder / "table.csv").write_text("modulus (GPa)\n" + "".join(f"{row / 7}\n" for row in range(9)))
        import_data(NAME, [folder / "cells.npz"], table=folder / "table.csv", quiet=True)
        imported_folder(NAME).rename(self._whole)
        names = ["card.json", "structures.safetensors", "registry.yaml"]
        self.cases: st.SearchStrategy[list[Change]] = changes(self._whole, names)

    def __call__(self, case: list[Change]) -> str:
        for folder in (imported_folder(NAME), home() / "datasets"):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._whole, imported_folder(NAME))
        make(case, imported_folder(NAME))
        catalogue = read_catalogue(discovery(), self._work)
        if NAME not in catalogue.names("datasets"):
            return "not imported"
        entry = catalogue.lineage("datasets", NAME).definition[-1].body.plain()
        block = {key: entry[key] for key in ("use", "name", "checksum") if key in entry}
        for wanted in (block, block | {"count": 4}):
            dataset = build(Dataset, wanted)
            assert isinstance(dataset, Dataset)
            data = open_data(wanted, quiet=True)
            data.check()
            batch = data.train.batch(np.arange(len(data.train)), torch.device("cpu"))
            assert batch["structure"].shape == (len(data.train), *data.domain.structure.shape)
            assert len(data.store) == dataset.count
        return "opened"

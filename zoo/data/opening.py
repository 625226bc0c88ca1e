"""Datasets: built once into a store under `$ZOO_HOME`, then split, augmented and opened from there."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.building.builder import build
from zoo.building.schema import complete
from zoo.data.copies import distinct_copies
from zoo.data.directions import Directions
from zoo.data.making import build_store, is_whole, read_description
from zoo.data.split import SPLIT_SEED, Split
from zoo.data.store import STORE, Store
from zoo.errors import ZooError
from zoo.interfaces.data import Facts
from zoo.interfaces.dataset import Dataset
from zoo.interfaces.domain import Domain
from zoo.system.locks import unless
from zoo.system.places import home


class Data:
    """An opened dataset."""

    def __init__(self, folder: Path, dataset: Dataset, domain: Domain) -> None:
        description = read_description(folder)
        self.folder = folder
        self.card = description.card
        self.checksum = description.checksum
        self.domain = domain
        self.domain_block = dataset.domain()
        self.store = Store(folder / STORE)
        held = (len(self.store), self.store.shape, self.store.binary)
        if held != (dataset.count, tuple(domain.structure.shape), domain.binary):
            raise ZooError(f"{folder / STORE}: these are other data than its dataset has; remove {folder}.")
        # What a dataset that is made says now, not what its card said when it was made: stores are kept for long.
        shapes = {name: tuple(values.shape[1:]) for name, values in self.store.properties.items()}
        self.directions = Directions(shapes, dataset.card().kinds, domain)
        order = np.random.default_rng(SPLIT_SEED).permutation(len(self.store))
        held_out = _held_out(dataset)
        self.facts = Facts()
        sides = (self.store, domain, self.directions)
        copies = distinct_copies(self.store, domain, folder / "copies.npy") if domain.orientations > 1 else None
        self.train = Split(*sides, order[held_out:], folder / "train.npy", copies)
        self.held_out = Split(*sides, order[:held_out], folder / "held-out.npy")

    def check(self) -> None:
        """Read all of it. ZooError if it is not what the card's checksum is of."""
        if self.store.checksum() != self.checksum:
            raise ZooError(f"{self.folder / STORE}: it is not as it was written; remove {self.folder}.")


def check_split(dataset: Dataset, name: str) -> None:
    """ZooError if one side of the split would be empty: there is nothing to learn from, or nothing to compare with."""
    if not 0 < _held_out(dataset) < dataset.count:
        raise ZooError(f"{name}: {dataset.count:,} structures are too few to train on some and to hold others out.")


def _held_out(dataset: Dataset) -> int:
    return round(dataset.count * dataset.held_out)


def open_data(block: Mapping[str, Any], *, quiet: bool = False, root: Path | None = None) -> Data:
    """The dataset that a recipe block names, built first if it is not there yet, in `root` (default: `home()`)."""
    dataset = build(Dataset, block)
    domain = build(Domain, dataset.domain())
    folder = data_folder(block, dataset, root)
    with unless(lambda: is_whole(folder), folder) as needed:
        if needed:
            build_store(folder, dataset, domain, block, quiet=quiet)
    return Data(folder, dataset, domain)


def data_folder(block: Mapping[str, Any], dataset: Dataset, root: Path | None = None) -> Path:
    """Where the store of a dataset is or will be; `dataset` is what `block` describes."""
    if dataset.folder is not None:
        return dataset.folder
    return (root or home()) / "datasets" / f"{block['use']}-{_key(block, dataset)}"


def _key(block: Mapping[str, Any], dataset: Dataset) -> str:
    text = json.dumps([complete("dataset", block), complete("domain", dataset.domain())], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

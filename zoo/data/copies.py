"""Which orientations of a structure differ: a symmetric one looks the same in several of them, and those are counted,
trained on and repelled from once."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from zoo.data.store import Store
from zoo.interfaces.domain import Domain
from zoo.system.arrays import holds
from zoo.system.files import whole_file

_ROWS_AT_ONCE = 256


def distinct_copies(store: Store, domain: Domain, kept: Path) -> np.ndarray:
    """For each structure of the store, and each of the domain's orientations, whether no earlier orientation looks the
    same: bool `[n, orientations]`, the first column true. The first who asks writes it to the file `kept`."""
    shape = (len(store), domain.orientations)
    if not holds(kept, np.bool_, shape):
        starts = range(0, len(store), _ROWS_AT_ONCE)
        parts = [range(start, min(start + _ROWS_AT_ONCE, len(store))) for start in starts]
        distinct = np.concatenate([_distinct(store, domain, part) for part in parts])
        # Data in a folder that is not the reader's are read all the same.
        with suppress(OSError), whole_file(kept) as temporary, temporary.open("wb") as file:
            np.save(file, distinct)
        return distinct
    copies: np.ndarray = np.load(kept)
    return copies


def _distinct(store: Store, domain: Domain, rows: range) -> np.ndarray:
    structures = torch.from_numpy(store.hard(np.arange(rows.start, rows.stop)))
    seen = [structures]
    distinct = torch.ones(len(structures), domain.orientations, dtype=torch.bool)
    for number in range(1, domain.orientations):
        copy = domain.orient(structures, torch.full((len(structures),), number))
        for earlier in seen:
            distinct[:, number] &= (copy != earlier).flatten(1).any(1)
        seen.append(copy)
    return distinct.numpy()

"""The mixture is what it was when it was called MetaShell."""

import hashlib

import numpy as np
import pytest

from zoo import Dataset
from zoo_voxels.components.metashell import MetaShell
from zoo_voxels.components.metashell_mixed import MetaShellMixed
from zoo_voxels.generation.shells import Unequal, candidates


def test_chunks_hold_distinct_shells_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetaShellMixed, "chunk_size", 40)
    chunks = list(MetaShellMixed(resolution=8, count=100, seed=0).chunks())
    assert [len(chunk.structures) for chunk in chunks] == [40, 40, 20]
    unequal = Unequal(lambda item: (shell.cell for shell in candidates(item, 8, seed=0)))
    expected = [unequal.admit(next(candidates(item, 8, seed=0)).cell) for item in range(100)]
    cells = np.concatenate([chunk.structures for chunk in chunks])
    np.testing.assert_array_equal(cells, np.stack(expected))
    fractions = np.concatenate([chunk.properties["volume_fraction"] for chunk in chunks])
    np.testing.assert_allclose(fractions, [cell.sum() / 8**3 for cell in cells])


def test_the_cells_are_those_of_the_first_revision_of_metashell() -> None:
    """The hash is of 20 cells of `metashell` at commit a147dfc."""
    cells = np.concatenate([chunk.structures for chunk in MetaShellMixed(resolution=16, count=20).chunks()])
    assert hashlib.sha256(np.packbits(cells).tobytes()).hexdigest()[:16] == "b5c21c04040001e3"


@pytest.mark.parametrize("dataset", [MetaShell, MetaShellMixed])
def test_the_card_says_whose_edition_it_is(dataset: type[Dataset]) -> None:
    card = dataset(resolution=24, count=1234).card()
    assert card.edition == "zoo"
    assert "1,234" in card.description

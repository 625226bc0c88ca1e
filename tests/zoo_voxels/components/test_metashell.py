"""Our MetaShell: chunks in order, fractions that are right, a card that does not borrow another's name."""

import numpy as np
import pytest

from zoo import ZooError
from zoo_voxels.components.metashell import MetaShell
from zoo_voxels.generation.shells import Unequal, candidates


def test_chunks_hold_distinct_shells_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetaShell, "chunk_size", 40)
    chunks = list(MetaShell(resolution=8, count=100, seed=0).chunks())
    assert [len(chunk.structures) for chunk in chunks] == [40, 40, 20]
    unequal = Unequal(8, seed=0)
    expected = [unequal.admit(next(candidates(item, 8, seed=0)).cell) for item in range(100)]
    cells = np.concatenate([chunk.structures for chunk in chunks])
    np.testing.assert_array_equal(cells, np.stack(expected))
    fractions = np.concatenate([chunk.properties["volume_fraction"] for chunk in chunks])
    np.testing.assert_allclose(fractions, [cell.sum() / 8**3 for cell in cells])


def test_the_domain_has_its_resolution() -> None:
    assert MetaShell(resolution=16).domain() == {"use": "voxels", "resolution": 16}


def test_the_card_says_whose_edition_it_is() -> None:
    card = MetaShell(resolution=24, count=1234).card()
    assert card.edition == "zoo"
    assert "1,234" in card.description
    assert "not the cells of Yang" in card.description


@pytest.mark.parametrize("arguments", [{"resolution": 4}, {"count": 0}, {"seed": -1}])
def test_arguments_out_of_range_are_named(arguments: dict) -> None:
    with pytest.raises(ZooError, match=f"metashell: {next(iter(arguments))}"):
        MetaShell(**arguments)

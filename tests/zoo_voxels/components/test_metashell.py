"""Our MetaShell: cubic cells, distinct, in order, and a card that does not borrow another's name."""

import numpy as np
import pytest

from zoo import ZooError
from zoo_voxels.components.metashell import MetaShell
from zoo_voxels.components.metashell_mixed import MetaShellMixed


def test_chunks_hold_distinct_cubic_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetaShell, "chunk_size", 40)
    chunks = list(MetaShell(resolution=12, count=100, seed=0).chunks())
    assert [len(chunk.structures) for chunk in chunks] == [40, 40, 20]
    cells = np.concatenate([chunk.structures for chunk in chunks])
    assert len({cell.tobytes() for cell in cells}) == 100
    assert (cells == cells.transpose(0, 3, 1, 2)).all() and (cells == cells[:, ::-1]).all()
    fractions = np.concatenate([chunk.properties["volume_fraction"] for chunk in chunks])
    np.testing.assert_allclose(fractions, [cell.sum() / 12**3 for cell in cells])


def test_the_domain_has_its_resolution() -> None:
    assert MetaShell(resolution=16).domain() == {"use": "voxels", "resolution": 16}


def test_the_card_does_not_borrow_the_published_cells() -> None:
    assert "not the cells of Yang" in MetaShell().card().description


@pytest.mark.parametrize("dataset", [MetaShell, MetaShellMixed])
@pytest.mark.parametrize("arguments", [{"resolution": 4}, {"count": 0}, {"seed": -1}])
def test_arguments_out_of_range_are_named(dataset: type, arguments: dict) -> None:
    with pytest.raises(ZooError, match=f"{dataset.name}: {next(iter(arguments))}"):
        dataset(**arguments)

"""Who is killed while data are built or imported loses little: the same again goes on, to the same bytes."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import zoo.system.tensors
from zoo.data.importing import import_data
from zoo.data.opening import open_data
from zoo.system.places import home
from zoo_voxels.components.metatruss import MetaTruss

COUNT = 700
Work = Callable[[], object]


def build_trusses() -> None:
    open_data({"use": "metatruss", "resolution": 12, "count": 50, "seed": 0}, quiet=True)


def import_cells() -> None:
    import_data("mine", [Path("cells.npy")], quiet=True)


def killed_while_writing(number: int, work: Work) -> None:
    """Do it in a process that is killed in the middle of its file of this number."""
    child = os.fork()
    if child == 0:
        try:
            torch.set_num_threads(1)  # What a fork leaves of a pool of threads does not work.
            save, written = zoo.system.tensors.save_file, []

            def save_some(tensors: dict, path: Path, metadata: dict) -> None:
                save(tensors, path, metadata=metadata)
                written.append(path)
                if len(written) == number:
                    os.truncate(path, path.stat().st_size // 2)
                    os.kill(os.getpid(), signal.SIGKILL)

            zoo.system.tensors.save_file = save_some
            work()
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("work", [build_trusses, import_cells])
def test_what_was_made_is_kept_and_the_rest_is_made(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(MetaTruss, "chunk_size", 20)
    cells = np.random.default_rng(0).random((COUNT, 4, 4, 4)) < 0.5
    np.save("cells.npy", cells)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "whole"))
    work()
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "killed"))
    for number, parts in ((2, 1), (2, 2), (2, 3), (1, 3)):  # In the second part, in the third, and in the whole, twice.
        killed_while_writing(number, work)
        assert len(list(home().rglob("part-*"))) == parts
        assert not list(home().rglob("card.json"))
    work()
    unlocked = {name: data for name, data in contents(home()).items() if not name.endswith(".lock")}
    assert unlocked == {n: data for n, data in contents(tmp_path / "whole").items() if not n.endswith(".lock")}
    assert {name.rpartition("/")[2] for name in unlocked} <= {
        "card.json",
        "copies.npy",
        "registry.yaml",
        "structures.safetensors",
    }

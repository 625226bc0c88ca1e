"""Structures on disk."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo.data.store import Store, pack, read_samples, unpack, write_structures
from zoo.system import files
from zoo.system.files import append_line, whole_file, whole_folder
from zoo.system.tensors import read_kept, read_tensors, write_kept, write_tensors


@given(arrays(np.uint8, st.tuples(st.integers(1, 4), *[st.integers(1, 5)] * 3), elements=st.integers(0, 1)))
def test_packing_loses_nothing(structures: np.ndarray) -> None:
    unpacked = unpack(torch.from_numpy(pack(structures)), structures.shape[1:])
    np.testing.assert_array_equal(unpacked.numpy(), structures)


def test_the_first_element_is_the_highest_bit() -> None:
    structure = np.zeros((1, 2, 2, 3), np.uint8)
    structure[0, 0, 0, 0] = structure[0, 1, 1, 2] = 1
    assert pack(structure).tolist() == [[0b10000000, 0b00010000]]


@settings(max_examples=20)
@given(st.booleans(), st.integers(1, 9), st.data())
def test_a_store_gives_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, binary: bool, n: int, data: st.DataObject
) -> None:
    rng = np.random.default_rng(n)
    structures = rng.integers(0, 2, (n, 3, 5)) if binary else rng.normal(size=(n, 3, 5)).astype(np.float32)
    path = tmp_path_factory.mktemp("store") / "s.safetensors"
    properties = {"modulus": rng.normal(size=(n, 6)).astype(np.float32)}
    write_structures(path, structures, binary=binary, properties=properties, metadata={"seed": 3})
    store = Store(path)
    indices = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=12)), np.int64)
    np.testing.assert_array_equal(store.structures(indices).numpy(), structures[indices])
    np.testing.assert_array_equal(store.properties["modulus"].numpy(), properties["modulus"])
    assert (len(store), store.shape, store.metadata["seed"]) == (n, (3, 5), 3)
    np.testing.assert_array_equal(read_samples(path), structures)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9), min_size=1))
def test_names_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    path = tmp_path_factory.mktemp("store") / "s.safetensors"
    cells = np.zeros((len(names), 2), np.float32)
    write_structures(path, cells, binary=False, properties={}, metadata={}, names=np.array(names))
    found = Store(path).names
    assert found is not None and found.tolist() == names
    write_structures(path, cells, binary=False, properties={}, metadata={})
    assert Store(path).names is None


OPEN = """
import resource, sys
from pathlib import Path
import numpy as np
from zoo.data.store import Store
store = Store(Path(sys.argv[1]))
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = resident()
store = Store(Path(sys.argv[1]))
row = store.structures(np.array([len(store) - 1]))
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads resident memory from /proc")
def test_opening_copies_nothing(tmp_path: Path) -> None:
    path = tmp_path / "large.safetensors"
    write_tensors(
        path, {"structures": torch.zeros(100_000, 1000, dtype=torch.uint8)}, {"shape": [8000], "binary": True}
    )
    done = subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True)
    assert path.stat().st_size > 100e6
    assert int(done.stdout) < 10e6


def test_bad_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.safetensors"
    for content in (b"", b"hello", (2**40).to_bytes(8, "little") + b"{}"):
        path.write_bytes(content)
        with pytest.raises(ZooError, match=r"bad\.safetensors: not a readable safetensors file"):
            read_tensors(path)
    write_tensors(path, {"other": torch.zeros(1)}, {})
    with pytest.raises(ZooError, match=r"bad\.safetensors: not a store of structures \(its shape is None\)"):
        Store(path)
    write_tensors(path, {"other": torch.zeros(1)}, {"shape": [1], "binary": False})
    with pytest.raises(ZooError, match=r"bad\.safetensors: not a store of structures \('structures' is missing"):
        Store(path)
    with pytest.raises(ZooError, match="nowhere"):
        read_tensors(tmp_path / "nowhere.safetensors")


def test_a_file_that_has_changed_since_is_named(tmp_path: Path) -> None:
    """One bit of a value, of metadata, or another file of ours in its place."""
    path = tmp_path / "a" / "rows.safetensors"
    write_kept(path, {"rows": torch.arange(6.0)}, {"step": 3})
    whole = path.read_bytes()
    for place in (len(whole) - 1, whole.index(b"step") + 8):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ZooError, match=r"rows\.safetensors: (it is not as it was written|not a readable)"):
            read_kept(path)
    path.write_bytes(whole)
    assert read_kept(path)[1]["step"] == 3
    path.rename(tmp_path / "a" / "other.safetensors")
    with pytest.raises(ZooError, match=r"other\.safetensors: it is the file a/rows\.safetensors; remove it"):
        read_kept(tmp_path / "a" / "other.safetensors")


def test_names_that_are_no_text_are_told(tmp_path: Path) -> None:
    tensors = {"structures": torch.zeros(1, 2), "names": torch.full((1, 2), 0xFF, dtype=torch.uint8)}
    write_tensors(tmp_path / "s.safetensors", tensors, {"shape": [2], "binary": False})
    with pytest.raises(ZooError, match="are not text"):
        _ = Store(tmp_path / "s.safetensors").names


def test_files_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.txt"
    with pytest.raises(RuntimeError), whole_file(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert list(path.parent.iterdir()) == []
    with whole_file(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]
    assert path.read_text() == "whole"


def test_folders_appear_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    for content in ("old", "new"):
        with whole_folder(path) as temporary:
            (temporary / "file.json").write_text(json.dumps(content))
    with pytest.raises(RuntimeError), whole_folder(path) as temporary:
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
    assert json.loads((path / "file.json").read_text()) == "new"


def test_what_cannot_be_written_is_one_message() -> None:
    with (
        pytest.raises(ZooError, match=r"cannot write /proc/nothing/here\.txt: "),
        whole_file(Path("/proc/nothing/here.txt")),
    ):
        pass


def test_a_folder_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    missed = []

    def watch() -> None:
        while not (tmp_path / "end").exists():
            missed.extend(_ for _ in [None] if not (path / "file.txt").exists())

    with whole_folder(path) as temporary:
        (temporary / "file.txt").write_text("0")
    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(30):
        with whole_folder(path) as temporary:
            (temporary / "file.txt").write_text(str(number))
    (tmp_path / "end").touch()
    watcher.join()
    assert (path / "file.txt").read_text() == "29"
    if sys.platform == "linux":
        assert not missed


def test_a_folder_is_replaced_where_the_system_cannot_exchange_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    path = tmp_path / "folder"
    for content in ("old", "new"):
        with whole_folder(path) as temporary:
            (temporary / "file.txt").write_text(content)
    assert (path / "file.txt").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]


def test_equal_contents_are_equal_bytes(tmp_path: Path) -> None:
    """The order of metadata is that of a hash map of the process that writes, unless it is mended."""
    tensors = {"b": torch.arange(3), "a": torch.ones(2, 2)}
    metadata = {name: {"v": ["é", '"', "\\", "\n", 1.5e-7]} for name in "qwertzuiop"}
    write_tensors(tmp_path / "file.safetensors", tensors, metadata)
    data = (tmp_path / "file.safetensors").read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert list(header["__metadata__"]) == sorted([*metadata, "format", "seal"])
    read, found = read_tensors(tmp_path / "file.safetensors")
    assert found == metadata
    assert all(torch.equal(tensors[name], read[name]) for name in tensors)


def test_a_checksum_is_that_of_the_contents(tmp_path: Path) -> None:
    def checksum(structures: np.ndarray, modulus: float = 1.5, name: str = "modulus", **metadata: str) -> str:
        path = tmp_path / "store.safetensors"
        properties = {name: np.full(len(structures), modulus)}
        write_structures(path, structures, binary=True, properties=properties, metadata=metadata)
        return Store(path).checksum()

    structures = np.eye(4, dtype=np.uint8).reshape(4, 2, 2)
    first = checksum(structures, source="here")
    assert checksum(structures.astype(np.float64), source="elsewhere") == first
    others = [
        checksum(structures[::-1]),
        checksum(structures.reshape(4, 4)),
        checksum(structures, modulus=1.25),
        checksum(structures, name="density"),
    ]
    assert len({first, *others}) == 5


def test_a_line_after_half_a_line_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    append_line(path, "one")
    with path.open("a") as file:
        file.write('{"ha')
    append_line(path, "two")
    append_line(path, "three")
    assert path.read_text() == 'one\n{"ha\ntwo\nthree\n'


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_one_message() -> None:
    with pytest.raises(ZooError, match="^cannot write /dev/full: No space left on device.$"):
        append_line(Path("/dev/full"), "a line")

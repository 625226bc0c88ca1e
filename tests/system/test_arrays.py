"""Files of arrays by hand, by numpy and by nobody who knows the form: an array or one short message."""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from zoo import ZooError
from zoo.system.arrays import read_array


def test_both_kinds_of_file(tmp_path: Path) -> None:
    array = np.arange(6.0).reshape(1, 2, 3)
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", structures=array, others=array + 1)
    for name in ("a.npy", "a.npz"):
        assert np.array_equal(read_array(tmp_path / name), array)


def damage(path: Path) -> None:
    """Bytes in the middle of what is compressed."""
    np.savez_compressed(path, structures=np.arange(4000.0))
    whole = path.read_bytes()
    path.write_bytes(whole[:90] + b"\xff" * 110 + whole[200:])


def damage_lzma(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("structures.npy", bytes(4000))
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + b"\xff" * 20 + whole[80:])


def claim_too_much(path: Path) -> None:
    """A header that says more than there is, and more than memory is."""
    with zipfile.ZipFile(path, "w") as archive, archive.open("structures.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "cannot be read: No such file or directory."),
        (lambda path: path.mkdir(), "cannot be read: Is a directory."),
        (lambda path: path.write_bytes(b""), "it is not a complete .npy or .npz file of numbers."),
        (lambda path: path.write_bytes(b"junk"), "it is not a complete .npy or .npz file of numbers."),
        (lambda path: path.write_bytes(b"PK\x03\x04junk"), "it is not a complete .npy or .npz file of numbers."),
        (damage_lzma, "it is not a complete .npy or .npz file of numbers."),
        (claim_too_much, "it is not a complete .npy or .npz file of numbers, or too large for the memory."),
        (damage, "it is not a complete .npy or .npz file of numbers."),
        (lambda path: np.savez(path, others=np.ones(3)), "it has no array 'structures'."),
        (lambda path: np.savez(path, structures=np.array([{}])), "it is not a complete .npy or .npz file of numbers."),
        (lambda path: np.savez(path, structures=np.array(["a"])), "its array is <U1, expected numbers."),
    ],
)
def test_what_is_refused(tmp_path: Path, write, message: str) -> None:
    path = tmp_path / "a.npz"
    write(path)
    with pytest.raises(ZooError, match=f"^{re.escape(f'{path}: {message}')}$"):
        read_array(path)

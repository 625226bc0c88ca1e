"""Cells in VTK image data."""

import base64
import re
import struct
import tracemalloc
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from pyevtk.hl import imageToVTK

from zoo import ZooError
from zoo_voxels.components.importers.voxel_images import VtiCells
from zoo_voxels.formats.vti_file import read_vti

Values = arrays(np.float32, st.tuples(*[st.integers(1, 5)] * 3), elements=st.floats(-9, 9, width=32))
TYPES = {"f4": "Float32", "f8": "Float64", "u1": "UInt8", "i4": "Int32"}


def vti(values: np.ndarray, form: str, *, compress: int | None = None, wide: bool = False, order: str = "<") -> bytes:
    """A file as the format's documentation describes it: `form` is ascii, binary, or appended raw or base64."""
    head = struct.Struct(order + ("Q" if wide else "I"))
    dtype = values.dtype.newbyteorder(order)
    plain = np.ravel(values, order="F").astype(dtype).tobytes()
    if compress is None:
        parts = [head.pack(len(plain)) + plain]
    else:
        blocks = [plain[i : i + compress] for i in range(0, len(plain), compress)]
        packed = [zlib.compress(block) for block in blocks]
        last = len(plain) % compress
        numbers = [len(blocks), compress, last, *map(len, packed)]
        parts = [b"".join(map(head.pack, numbers)), b"".join(packed)]
    encoded = b"".join(parts) if form == "raw" else b"".join(map(base64.b64encode, parts))
    extent = " ".join(f"0 {size}" for size in values.shape)
    kind = TYPES[values.dtype.str[1:]]
    text, place, appended = b"", 'format="ascii"', b""
    if form == "ascii":
        text = " ".join(map(repr, np.ravel(values, order="F").tolist())).encode()
    elif form == "binary":
        text, place = encoded, 'format="binary"'
    else:
        place = 'format="appended" offset="0"'
        appended = b'<AppendedData encoding="%s">\n  _%s\n</AppendedData>' % (form.encode(), encoded)
    return b"".join(
        [
            f'<?xml version="1.0"?>\n<VTKFile type="ImageData" byte_order="{_ORDER[order]}"'.encode(),
            b' compressor="vtkZLibDataCompressor"' if compress else b"",
            b' header_type="UInt64">' if wide else b' header_type="UInt32">',
            f'<ImageData WholeExtent="{extent}"><Piece Extent="{extent}"><CellData>'.encode(),
            f'<DataArray type="{kind}" Name="solid" {place}>'.encode() + text + b"</DataArray>",
            b"</CellData></Piece></ImageData>" + appended + b"</VTKFile>\n",
        ]
    )


_ORDER = {"<": "LittleEndian", ">": "BigEndian"}


@settings(max_examples=80)
@given(
    Values,
    st.sampled_from(["ascii", "binary", "raw", "base64"]),
    st.sampled_from([None, 16, 64]),
    st.booleans(),
    st.sampled_from("<>"),
    st.sampled_from(["f4", "f8", "i4"]),
)
def test_every_way_to_write_numbers(
    tmp_path_factory: pytest.TempPathFactory,
    values: np.ndarray,
    form: str,
    compress: int | None,
    wide: bool,
    order: str,
    dtype: str,
) -> None:
    values = values.astype(dtype)
    path = tmp_path_factory.mktemp("vti") / "cell.vti"
    path.write_bytes(vti(values, form, compress=compress, wide=wide, order=order))
    [(name, found)] = read_vti(path)
    assert name == "solid"
    np.testing.assert_array_equal(found, values)


def test_files_of_another_program(tmp_path: Path) -> None:
    """pyevtk writes raw appended data, for the cells and for the points of a grid."""
    rng = np.random.default_rng(0)
    cells = {name: rng.integers(0, 2, (4, 4, 4)).astype(np.int8) for name in ("first", "second")}
    imageToVTK(str(tmp_path / "cells"), cellData=cells)
    importer = VtiCells()
    assert importer.domain(tmp_path / "cells.vti") == {"use": "voxels", "resolution": 4}
    found = [importer.convert(entry).structure for entry in importer.entries(tmp_path / "cells.vti")]
    np.testing.assert_array_equal(found, list(cells.values()))
    [second] = VtiCells(array="second").entries(tmp_path / "cells.vti")
    np.testing.assert_array_equal(second, cells["second"])
    points = rng.random((5, 5, 5))
    imageToVTK(str(tmp_path / "points"), pointData={"density": points})
    importer = VtiCells(threshold=0.5)
    [entry] = map(importer.convert, importer.entries(tmp_path / "points.vti"))
    np.testing.assert_array_equal(entry.structure, points > 0.5)


def test_x_runs_fastest(files: Path) -> None:
    importer = VtiCells()
    [entry] = map(importer.convert, importer.entries(files / "cell.vti"))
    assert np.argwhere(entry.structure).tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 0], [2, 0, 0]]


CELL = np.random.default_rng(1).integers(0, 2, (4, 4, 4)).astype("u1")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ImageData", "UnstructuredGrid", "it is not a .vti file: it has no ImageData."),
        ('type="UInt8"', 'type="String"', "array 'solid' is of type 'String'"),
        ('format="ascii"', 'format="octal"', "array 'solid' cannot be read (its format is 'octal')."),
        ('Extent="0 4 0 4 0 4"', 'Extent="0 4 0 4"', "its extent is '0 4 0 4', expected six numbers of a box."),
        ('Extent="0 4 0 4 0 4"', 'Extent="0 4 0 4 0 3"', "array 'solid' has 64 values, expected 4x4x3."),
        ("</DataArray>", " 1</DataArray>", "array 'solid' has 65 values, expected 4x4x4."),
        ("</DataArray>", " x</DataArray>", "array 'solid' cannot be read"),
        ("</VTKFile>", "", "it is not a complete XML file"),
        ('<?xml version="1.0"?>', "<!DOCTYPE lol [<!ENTITY a 'b'>]>", "it declares a document type"),
        ("byte_order", 'compressor="vtkLZ4DataCompressor" byte_order', "it is compressed by vtkLZ4DataCompressor"),
        ("CellData", "FieldData", "it has no arrays."),
        ('Name="solid"', 'Name="solid" NumberOfComponents="3"', "its arrays have several components"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = vti(CELL, "ascii").decode()
    assert old in text
    (path := tmp_path / "bad.vti").write_text(text.replace(old, new))
    with pytest.raises(ZooError, match=re.escape(words)):
        VtiCells().domain(path)


@settings(max_examples=60)
@given(st.sampled_from(["binary", "raw", "base64"]), st.sampled_from([None, 16]), st.data())
def test_a_file_that_is_not_whole(
    tmp_path_factory: pytest.TempPathFactory, form: str, compress: int | None, data: st.DataObject
) -> None:
    whole = vti(CELL, form, compress=compress).rstrip()
    path = tmp_path_factory.mktemp("part") / "cell.vti"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(ZooError):
        list(read_vti(path))


@settings(max_examples=100)
@given(st.sampled_from(["binary", "raw", "base64"]), st.sampled_from([None, 16]), st.data())
def test_a_file_with_a_wrong_byte(
    tmp_path_factory: pytest.TempPathFactory, form: str, compress: int | None, data: st.DataObject
) -> None:
    """It is read, perhaps as something else, or refused."""
    whole = bytearray(vti(CELL, form, compress=compress))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("wrong") / "cell.vti"
    path.write_bytes(whole)
    with suppress(ZooError):
        list(read_vti(path))


def test_an_array_that_is_not_there(files: Path) -> None:
    with pytest.raises(ZooError, match="it has no array 'void', only solid."):
        list(VtiCells(array="void").entries(files / "cell.vti"))


def test_a_grid_that_is_no_cube(tmp_path: Path) -> None:
    (path := tmp_path / "box.vti").write_bytes(vti(np.eye(12).reshape(4, 6, 6).astype("u1"), "raw"))
    importer = VtiCells()
    with pytest.raises(ZooError, match="its shape is 4x6x6; a cell is a cube."):
        importer.convert(next(importer.entries(path)))


@pytest.mark.parametrize("encoding", ["raw", "base64", "inline"])
def test_a_file_is_not_in_memory_as_a_whole(tmp_path: Path, encoding: str) -> None:
    """Sixteen arrays of a megabyte, of which one is there at a time."""
    plain = np.arange(64**3, dtype="<f4").tobytes()
    block = struct.pack("<I", len(plain)) + plain
    block = block if encoding == "raw" else base64.b64encode(block)
    arrays = [
        f'<DataArray type="Float32" Name="{n}" format="appended" offset="{n * len(block)}"/>'.encode()
        if encoding != "inline"
        else f'<DataArray type="Float32" Name="{n}" format="binary">'.encode() + block + b"</DataArray>"
        for n in range(16)
    ]
    (path := tmp_path / "cells.vti").write_bytes(
        b'<VTKFile type="ImageData" byte_order="LittleEndian" header_type="UInt32">'
        b'<ImageData WholeExtent="0 64 0 64 0 64"><Piece Extent="0 64 0 64 0 64"><CellData>'
        + b"".join(arrays)
        + b"</CellData></Piece></ImageData>"
        + (b"" if encoding == "inline" else b'<AppendedData encoding="%s">_' % encoding.encode())
        + (b"" if encoding == "inline" else 16 * block + b"</AppendedData>")
        + b"</VTKFile>"
    )
    tracemalloc.start()
    names = []
    for name, values in read_vti(path):
        names.append(name)
        assert values[1, 0, 0] == 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert names == [str(n) for n in range(16)]
    assert peak < 10 * 2**20

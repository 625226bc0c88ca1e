"""Reading VTK's XML image data (`.vti`), as ParaView writes it: in text, base64 or raw, compressed or not.

After the VTK file formats page of its book: https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError

_TYPES = {
    "Int8": "i1",
    "UInt8": "u1",
    "Int16": "i2",
    "UInt16": "u2",
    "Int32": "i4",
    "UInt32": "u4",
    "Int64": "i8",
    "UInt64": "u8",
    "Float32": "f4",
    "Float64": "f8",
}
_APPENDED = re.compile(rb"<AppendedData[^>]*>\s*_")


class _Coding(NamedTuple):
    """How the numbers of a file are written."""

    order: str
    header: np.dtype
    compressed: bool
    appended: bytes
    raw: bool


def read_vti(path: Path) -> Iterator[tuple[str, NDArray]]:
    """Name and values `[nx, ny, nz]` of every scalar array of the cells, or of the points if the cells have none.
    ZooError if the file is no image data, or not whole."""
    root, appended = _parse(path.read_bytes())
    image = root.find("ImageData")
    if root.tag != "VTKFile" or image is None:
        raise ZooError("it is no .vti file: it has no ImageData.")
    coding = _coding(root, appended)
    pieces = image.findall("Piece")
    if len(pieces) != 1:
        raise ZooError(f"it has {len(pieces)} pieces, expected one.")
    extent = _extent(pieces[0].get("Extent") or image.get("WholeExtent") or "")
    shape = tuple(high - low for low, high in zip(extent[::2], extent[1::2], strict=True))
    arrays = [(shape, array) for array in pieces[0].findall("CellData/DataArray")]
    points = tuple(size + 1 for size in shape)
    arrays = arrays or [(points, array) for array in pieces[0].findall("PointData/DataArray")]
    if not arrays:
        raise ZooError("it has no arrays.")
    for size, array in arrays:
        if array.get("NumberOfComponents", "1") == "1":
            yield array.get("Name", ""), _values(array, coding, size)


def _parse(data: bytes) -> tuple[ElementTree.Element, bytes]:
    """The tree, and what stands in it after the `_` of AppendedData, which may be no XML."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ZooError("it is no .vti file: it declares a document type.")
    appended = b""
    if found := _APPENDED.search(data):
        end = data.rfind(b"</AppendedData>")
        if end < found.end():
            raise ZooError("it ends in the middle of its data.")
        appended = data[found.end() : end]
        data = data[: found.end()] + data[end:]
    try:
        return ElementTree.fromstring(data), appended
    except ElementTree.ParseError as error:
        raise ZooError(f"it is no whole XML file ({error}).") from error


def _coding(root: ElementTree.Element, appended: bytes) -> _Coding:
    order = ">" if root.get("byte_order") == "BigEndian" else "<"
    compressor = root.get("compressor", "")
    if compressor not in ("", "vtkZLibDataCompressor"):
        raise ZooError(f"it is compressed by {compressor}; zlib is known.")
    kind = root.get("header_type", "UInt32")
    if kind not in ("UInt32", "UInt64"):
        raise ZooError(f"its header_type is {kind!r}, expected UInt32 or UInt64.")
    element = root.find("AppendedData")
    raw = element is not None and element.get("encoding") == "raw"
    return _Coding(order, np.dtype(order + _TYPES[kind]), bool(compressor), appended, raw)


def _extent(text: str) -> list[int]:
    try:
        extent = [int(word) for word in text.split()]
    except ValueError:
        extent = []
    if len(extent) != 6 or any(high <= low for low, high in zip(extent[::2], extent[1::2], strict=True)):
        raise ZooError(f"its extent is {text!r}, expected six numbers of a box.")
    return extent


def _values(array: ElementTree.Element, coding: _Coding, shape: tuple[int, ...]) -> NDArray:
    kind, name = array.get("type", ""), array.get("Name", "")
    if kind not in _TYPES:
        raise ZooError(f"array {name!r} is of type {kind!r}; known: {', '.join(_TYPES)}.")
    dtype = np.dtype(coding.order + _TYPES[kind])
    try:
        flat = _flat(array, coding, dtype)
    except (ValueError, IndexError, zlib.error, binascii.Error) as error:
        raise ZooError(f"array {name!r} cannot be read ({error}).") from error
    if len(flat) != np.prod(shape):
        raise ZooError(f"array {name!r} has {len(flat):,} values, expected {'x'.join(map(str, shape))}.")
    return flat.reshape(shape, order="F")


def _flat(array: ElementTree.Element, coding: _Coding, dtype: np.dtype) -> NDArray:
    form = array.get("format", "ascii")
    if form == "ascii":
        return np.array((array.text or "").split(), dtype=dtype)
    if form == "binary":
        return np.frombuffer(_block((array.text or "").strip().encode(), coding, encoded=True), dtype)
    if form == "appended":
        start = int(array.get("offset", "0"))
        if not 0 <= start < len(coding.appended):
            raise ValueError(f"its offset is {start}, and there are {len(coding.appended)} bytes")
        return np.frombuffer(_block(coding.appended[start:], coding, encoded=not coding.raw), dtype)
    raise ValueError(f"its format is {form!r}")


def _block(data: bytes, coding: _Coding, encoded: bool) -> bytes:
    """The bytes of one array: after a header of their number, or, compressed, of the number of blocks, the size of a
    block, of the last if it is shorter, and of each compressed. In base64 a compressed array's header is encoded
    alone."""
    if not coding.compressed:
        plain = _decoded(data) if encoded else data
        (size,) = _numbers(plain, 1, coding)
        return _exactly(plain, coding.header.itemsize, size)
    width = coding.header.itemsize
    head = _decoded(data[: _encoded_size(3 * width)]) if encoded else data
    count = _numbers(head, 3, coding)[0]
    if not 0 <= count <= len(data):
        raise ValueError(f"it has {count} blocks")
    length = (3 + count) * width
    head = _decoded(data[: _encoded_size(length)]) if encoded else data
    sizes = _numbers(head, 3 + count, coding)[3:]
    body = _decoded(data[_encoded_size(length) :]) if encoded else data[length:]
    blocks, start = [], 0
    for size in sizes:
        blocks.append(zlib.decompress(_exactly(body, start, size)))
        start += size
    return b"".join(blocks)


def _numbers(data: bytes, count: int, coding: _Coding) -> list[int]:
    return np.frombuffer(_exactly(data, 0, count * coding.header.itemsize), coding.header).tolist()


def _exactly(data: bytes, start: int, size: int) -> bytes:
    part = data[start : start + size]
    if len(part) < size:
        raise ValueError("it ends too early")
    return part


def _encoded_size(size: int) -> int:
    return -(-size // 3) * 4


def _decoded(data: bytes) -> bytes:
    """Base64 up to its padding: in appended data other arrays follow."""
    end = re.match(rb"[A-Za-z0-9+/\s]*={0,2}", data)
    text = b"".join(end.group().split()) if end else b""
    return base64.b64decode(text[: len(text) // 4 * 4])

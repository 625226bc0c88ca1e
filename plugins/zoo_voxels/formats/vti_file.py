"""Reading VTK's XML image data (`.vti`), as ParaView writes it: in text, base64 or raw, compressed or not.

After the VTK file formats page of its book: https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html
"""

import base64
import binascii
import math
import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np

from zoo import ZooError, shape_words

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
_AT_ONCE = 2**20
"""Bytes of XML."""
_APPENDED = re.compile(rb"<AppendedData[^>]*>\s*_")


class _Coding(NamedTuple):
    """How the numbers of a file are written."""

    order: str
    header: np.dtype
    compressed: bool
    appended: memoryview
    raw: bool


def read_vti(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values `[nx, ny, nz]` of every scalar array of the cells, or of the points if the cells have none, one
    in memory at a time. ZooError if the file is not image data, or not whole."""
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        if not path.stat().st_size:
            raise ZooError("it is not a .vti file: it is empty.")
        data = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        xml, appended = _parts(data, stack)
        root = _tree(xml)
        image = root.find("ImageData")
        if root.tag != "VTKFile" or image is None:
            raise ZooError("it is not a .vti file: it has no ImageData.")
        coding, shapes = _coding(root, appended), _shapes(root, image)
        arrays = (element for event, element in _events(xml) if event == "end" and element.tag == "DataArray")
        for number, array in enumerate(arrays):
            if number in shapes and array.get("NumberOfComponents", "1") == "1":
                yield array.get("Name", ""), _values(array, coding, shapes[number])


def _parts(data: mmap.mmap, stack: ExitStack) -> tuple[list[memoryview], memoryview]:
    """What is XML, and what stands in it after the `_` of AppendedData, which may be none."""
    whole = stack.enter_context(memoryview(data))
    start = end = len(whole)
    if match := _APPENDED.search(data):
        start, end = match.end(), data.rfind(b"</AppendedData>")
        if end < start:
            raise ZooError("it ends in the middle of its data.")
    if any(data.find(word, 0, start) >= 0 for word in (b"<!DOCTYPE", b"<!ENTITY")):
        raise ZooError("it is not a .vti file: it declares a document type.")
    xml = [stack.enter_context(whole[:start]), stack.enter_context(whole[end:])]
    return xml, stack.enter_context(whole[start:end])


def _events(xml: list[memoryview]) -> Iterator[tuple[str, ElementTree.Element]]:
    """The beginning and the end of every element; its text is gone when the next event is asked for."""
    parser: Any = ElementTree.XMLPullParser(["start", "end"])
    try:
        for part in xml:
            for start in range(0, len(part), _AT_ONCE):
                parser.feed(bytes(part[start : start + _AT_ONCE]))
                for event, element in parser.read_events():
                    yield event, element
                    if event == "end":
                        element.text = None
        parser.close()
    except ElementTree.ParseError as error:
        raise ZooError(f"it is not a complete XML file ({error}).") from error


def _tree(xml: list[memoryview]) -> ElementTree.Element:
    """All elements, without their text."""
    events = _events(xml)
    _, root = next(events)
    for _ in events:
        pass
    return root


def _shapes(root: ElementTree.Element, image: ElementTree.Element) -> dict[int, tuple[int, ...]]:
    """The shape of the arrays that are wanted, by their number among all."""
    pieces = image.findall("Piece")
    if len(pieces) != 1:
        raise ZooError(f"it has {len(pieces)} pieces, expected one.")
    extent = _extent(pieces[0].get("Extent") or image.get("WholeExtent") or "")
    shape = tuple(high - low for low, high in zip(extent[::2], extent[1::2], strict=True))
    arrays = pieces[0].findall("CellData/DataArray")
    if not arrays:
        arrays, shape = pieces[0].findall("PointData/DataArray"), tuple(size + 1 for size in shape)
    if not arrays:
        raise ZooError("it has no arrays.")
    return {number: shape for number, array in enumerate(root.iter("DataArray")) if array in arrays}


def _coding(root: ElementTree.Element, appended: memoryview) -> _Coding:
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


def _values(array: ElementTree.Element, coding: _Coding, shape: tuple[int, ...]) -> np.ndarray:
    kind, name = array.get("type", ""), array.get("Name", "")
    if kind not in _TYPES:
        raise ZooError(f"array {name!r} is of type {kind!r}; known: {', '.join(_TYPES)}.")
    dtype, size = np.dtype(coding.order + _TYPES[kind]), math.prod(shape)
    try:
        flat = _flat(array, coding, dtype, size)
    except (ValueError, IndexError, zlib.error, binascii.Error) as error:
        raise ZooError(f"array {name!r} cannot be read ({error}).") from error
    if len(flat) != size:
        raise ZooError(f"array {name!r} has {len(flat):,} values, expected {shape_words(shape)}.")
    return flat.reshape(shape, order="F")


def _flat(array: ElementTree.Element, coding: _Coding, dtype: np.dtype, size: int) -> np.ndarray:
    form, most = array.get("format", "ascii"), size * dtype.itemsize
    if form == "ascii":
        return np.array((array.text or "").split(), dtype=dtype)
    if form == "binary":
        data = memoryview("".join((array.text or "").split()).encode())
        return np.frombuffer(_block(data, coding, encoded=True, most=most), dtype)
    if form == "appended":
        start = int(array.get("offset", "0"))
        if not 0 <= start < len(coding.appended):
            raise ValueError(f"its offset is {start}, and there are {len(coding.appended)} bytes")
        with coding.appended[start:] as rest:
            return np.frombuffer(_block(rest, coding, encoded=not coding.raw, most=most), dtype)
    raise ValueError(f"its format is {form!r}")


def _block(data: memoryview, coding: _Coding, *, encoded: bool, most: int) -> bytes:
    """The bytes of one array, `most` of them: after a header of their number, or, compressed, of the number of blocks,
    the size of a block, of the last if it is shorter, and of each compressed. In base64 a compressed array's header is
    encoded alone."""
    width = coding.header.itemsize
    if not coding.compressed:
        (size,) = _numbers(_exactly(data, 0, width, encoded), coding)
        return _exactly(data, 0, width + min(size, most + 1), encoded)[width:]
    count = _numbers(_exactly(data, 0, 3 * width, encoded), coding)[0]
    if count > len(data):
        raise ValueError(f"it has {count} blocks")
    length = (3 + count) * width
    sizes = _numbers(_exactly(data, 0, length, encoded), coding)[3:]
    start = _encoded_size(length) if encoded else length
    with data[start:] as rest:
        body = _exactly(rest, 0, sum(sizes), encoded)
    blocks, place, total = [], 0, 0
    for size in sizes:
        blocks.append(zlib.decompressobj().decompress(body[place : place + size], most - total + 1))
        place, total = place + size, total + len(blocks[-1])
        if total > most:
            break
    return b"".join(blocks)


def _numbers(data: bytes, coding: _Coding) -> list[int]:
    numbers: list[int] = np.frombuffer(data, coding.header).tolist()
    return numbers


def _exactly(data: memoryview, start: int, size: int, encoded: bool) -> bytes:
    """`size` bytes, which may stand there in base64."""
    part = bytes(data[start : start + (_encoded_size(size) if encoded else size)])
    part = base64.b64decode(part)[:size] if encoded else part
    if len(part) < size:
        raise ValueError("it ends too early")
    return part


def _encoded_size(size: int) -> int:
    return -(-size // 3) * 4

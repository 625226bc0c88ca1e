"""Reading the triangles of STL files, binary or text."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError

_RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_HEAD = 84
_VERTEX = re.compile(rb"^\s*vertex\s+(\S+)\s+(\S+)\s+(\S+)\s*$", re.MULTILINE | re.IGNORECASE)


def read_stl(path: Path) -> NDArray[np.float64]:
    """Corners `[n, 3, 3]` of all triangles. ZooError if the file is not whole, has none or corners that are not
    numbers."""
    data = path.read_bytes()
    text = data[:5].lower() == b"solid" and b"facet" in data[:1000].lower()
    triangles = _text(data) if text else _binary(data)
    if not len(triangles):
        raise ZooError("it has no triangles.")
    if not np.isfinite(triangles).all():
        raise ZooError("it has corners that are not numbers.")
    return triangles.astype(np.float64)


def _binary(data: bytes) -> NDArray[np.float32]:
    if len(data) < _HEAD:
        raise ZooError("it is not an STL file.")
    count = int.from_bytes(data[80:84], "little")
    if len(data) != _HEAD + count * _RECORD.itemsize:
        raise ZooError(
            f"it has {len(data):,} bytes, and {count:,} triangles need {_HEAD + count * _RECORD.itemsize:,}."
        )
    return np.frombuffer(data, _RECORD, offset=_HEAD)["corners"]


def _text(data: bytes) -> NDArray[np.float64]:
    facets = len(re.findall(rb"^\s*facet\s", data, re.MULTILINE | re.IGNORECASE))
    vertices = _VERTEX.findall(data)
    if len(vertices) != 3 * facets or b"endsolid" not in data.lower():
        raise ZooError(f"it has {facets:,} facets and {len(vertices):,} vertices, or is not whole.")
    try:
        return np.array(vertices).astype(np.float64).reshape(-1, 3, 3)
    except ValueError as error:
        raise ZooError("it has corners that are not numbers.") from error

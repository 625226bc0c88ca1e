"""Folders of JSON and safetensors files in which something is not as it was written."""

import json
import os
import shutil
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from hypothesis import strategies as st

from fuzzing.values import WORDS, spoilt
from zoo.pretrained.index import INDEX, checksum

OTHER_TYPES = {"F32": ["I32", "U32", "BF16"], "U8": ["I8", "BOOL", "F8_E4M3"], "I64": ["F64", "I32"]}


class Change(NamedTuple):
    """Of one file: what it holds instead, or what stands in its place."""

    name: str
    how: Literal["write", "remove", "link", "copy", "folder"]
    what: bytes | str = b""


def make(changes: Iterable[Change], folder: Path) -> None:
    """Make changes to a folder."""
    for name, how, what in changes:
        path = folder / name
        content = (folder / what).read_bytes() if how == "copy" and (folder / what).is_file() else what
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if how in ("write", "copy"):
            path.write_bytes(content if isinstance(content, bytes) else b"")
        elif how == "link":
            path.symlink_to(os.path.relpath(folder / str(what), path.parent))
        elif how == "folder":
            path.mkdir()


def changes(folder: Path, names: Sequence[str]) -> st.SearchStrategy[list[Change]]:
    """Changes to these files of a folder."""
    return st.lists(st.sampled_from(names).flatmap(lambda name: _change(folder, name, names)), min_size=1, max_size=2)


def _change(folder: Path, name: str, names: Sequence[str]) -> st.SearchStrategy[Change]:
    data = (folder / name).read_bytes()
    other = st.sampled_from([*names, "nowhere", "/dev/null"])
    written = [_bytes(data)]
    if name.endswith(".json"):
        written += [_json(data, name)] * 4
    elif name.endswith(".safetensors"):
        written += [_safetensors(data)] * 4
    return st.one_of(
        *(content.map(lambda content: Change(name, "write", content)) for content in written),
        *(st.builds(Change, st.just(name), st.just(how), other) for how in ("link", "copy")),
        st.sampled_from([Change(name, "remove"), Change(name, "folder")]),
        st.builds(lambda word: Change(f"{Path(name).parent / word}{Path(name).suffix}", "copy", name), WORDS),
    )


@st.composite
def _bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """Some bytes replaced, or taken away, or put in; most of them where a header may be."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(8, min(1500, len(data))) | st.integers(0, len(data)))
        put = draw(st.binary(max_size=8) | WORDS.map(str.encode))
        changed[start : start + draw(st.sampled_from([len(put), len(put), 0, 9, 10**6]))] = put
    return bytes(changed)


@st.composite
def _json(draw: st.DrawFn, data: bytes, name: str) -> bytes:
    """Some entries taken away, replaced or added; an index of a model is mostly signed again."""
    value = draw(spoilt(json.loads(data)))
    if Path(name).name == INDEX and isinstance(value, dict) and draw(st.integers(0, 3)):
        value.pop("checksum", None)
        value["checksum"] = checksum(value)
    return json.dumps(value).encode()


@st.composite
def _safetensors(draw: st.DrawFn, data: bytes) -> bytes:
    """Tensors renamed, reshaped, of another type or not finite; metadata and headers that lie."""
    size = struct.unpack("<Q", data[:8])[0]
    header: dict[str, Any] = json.loads(data[8 : 8 + size])
    body = bytearray(data[8 + size :])
    metadata = header.pop("__metadata__", {})
    tensors = sorted(header)
    for _ in range(draw(st.integers(1, 2))):
        action = draw(st.sampled_from(["metadata", "metadata", "rename", "shape", "type", "values", "header", "drop"]))
        name = draw(st.sampled_from(tensors))
        tensor = header.get(name, {})
        shape = tensor.get("shape", [])
        if action == "metadata":
            metadata = draw(_metadata(metadata))
        elif action == "rename" and tensor:
            header[draw(WORDS | st.sampled_from(tensors))] = header.pop(name)
        elif action == "drop":
            header.pop(name, None)
        elif action == "shape" and tensor:
            tensor["shape"] = draw(st.sampled_from([shape[::-1], [*shape, 1], [1, *shape], _flat(shape)]))
        elif action == "type" and tensor:
            tensor["dtype"] = draw(st.sampled_from(OTHER_TYPES.get(tensor["dtype"], ["U8"])))
        elif action == "values" and len(body) >= 4:
            place = 4 * draw(st.integers(0, len(body) // 4 - 1))
            body[place : place + 4] = struct.pack("<f", draw(st.floats(width=32)))
        elif action == "header":
            header = draw(spoilt(header).filter(lambda changed: isinstance(changed, dict)))
            break
    text = json.dumps({"__metadata__": metadata, **header}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(body)


def _flat(shape: list[int]) -> list[int]:
    total = 1
    for size in shape:
        total *= size
    return [total]


@st.composite
def _metadata(draw: st.DrawFn, metadata: dict[str, str]) -> dict[str, str]:
    """Metadata whose values are still JSON, mostly."""
    try:
        changed = draw(spoilt({name: json.loads(value) for name, value in metadata.items() if name != "format"}))
    except ValueError:
        changed = None
    if not isinstance(changed, dict) or not draw(st.integers(0, 9)):
        return draw(st.dictionaries(WORDS | st.just("format"), WORDS, max_size=2))
    return {"format": metadata.get("format", "")} | {name: json.dumps(value) for name, value in changed.items()}

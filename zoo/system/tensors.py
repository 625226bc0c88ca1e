"""Tensors on disk: sealed safetensors files, and the two hashes by which tensors are known."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from zoo.errors import ZooError
from zoo.system.files import whole_file

SEAL = "seal"
PLACE = "place"


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> None:
    """Write tensors and JSON-able metadata as one safetensors file, whole or not at all, with a hash of all of it."""
    text = {name: json.dumps(value) for name, value in metadata.items()}
    tensors = {name: tensor.contiguous() for name, tensor in tensors.items()}
    text |= {SEAL: seal_of(tensors, text), "format": "pt"}
    with whole_file(path) as temporary:
        try:
            save_file(tensors, temporary, metadata=text)
        except SafetensorError as error:
            raise OSError(str(error)) from error
        _sort_metadata(temporary)


def _sort_metadata(path: Path) -> None:
    # safetensors writes metadata in the order of a hash map, another one in every process. Equal contents are to be
    # equal bytes; in another order the header is as long as before.
    with path.open("r+b") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        assert len(text) <= size
        file.seek(8)
        file.write(text.ljust(size))


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors of a file that `write_tensors` has written, mapped into memory and not copied, and its metadata.

    ZooError if anything in it has changed since.
    """
    tensors, text = open_tensors(path)
    text.pop("format", None)
    if text.pop(SEAL, None) != seal_of(tensors, text):
        raise ZooError(f"{path}: it is not as it was written; remove it, and it is made again.")
    return tensors, {name: json.loads(value) for name, value in text.items()}


def open_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """What a safetensors file holds, read when used."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError) as error:
        raise ZooError(f"{path}: not a readable safetensors file ({error}).") from error


def seal_of(tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> str:
    """SHA-256 of tensors with their names, types and shapes, and of metadata. Another hash than `hash_of`: both are on
    users' disks."""
    described = {name: [str(tensor.dtype), *tensor.shape] for name, tensor in tensors.items()}
    digest = hashlib.sha256(json.dumps([described, dict(metadata)], sort_keys=True).encode())
    for _, tensor in sorted(tensors.items()):
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_kept(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> None:
    """`write_tensors` for a file that is read where it is written and nowhere else."""
    write_tensors(path, tensors, dict(metadata) | kept_at(path))


def read_kept(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """`read_tensors` for such a file. ZooError also if it was written as another file."""
    tensors, metadata = read_tensors(path)
    if metadata.get(PLACE) != kept_at(path)[PLACE]:
        raise ZooError(f"{path}: it is the file {metadata.get(PLACE)}; remove it, and the right one is made again.")
    return tensors, metadata


def kept_at(path: Path) -> dict[str, str]:
    """What the metadata of a kept file say of its place."""
    return {PLACE: f"{path.parent.name}/{path.name}"}


def is_readable(path: Path) -> bool:
    """Whether a safetensors file is there and as long as its header says."""
    try:
        with safe_open(path, framework="pt"):
            return True
    except (OSError, SafetensorError):
        return False


def weights_hash(model: nn.Module) -> str:
    """The hash of every weight and buffer of a model: what scores belong to."""
    return hash_of(model.state_dict())


def hash_of(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of tensors in the order of their names, first 16 hex digits."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]

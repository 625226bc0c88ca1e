"""Files that do not belong in a model folder: further parts, weights that are not ours, pickles."""

from collections.abc import Collection, Iterator
from pathlib import Path

from zoo.errors import shorten

WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5", ".onnx")
"""Suffixes of files that elsewhere hold weights. All but the first are never opened."""


def check_listing(folder: Path, files: Collection[str]) -> list[str]:
    """What is there and should not be, `files` being what should. Cards, pictures and hidden folders may be there."""
    parts = {name.split("/")[0] for name in files if "/" in name}
    strange = sorted(name for name in _judged(folder, parts) if name not in files)
    return [f"{shorten(name)}: no part of the model; zoo reads the safetensors files it names." for name in strange]


def _judged(folder: Path, parts: Collection[str]) -> Iterator[str]:
    """The names of the files that must be known: all in the folders of parts, elsewhere those that look like parts."""
    for path in folder.iterdir():
        if path.name in parts and not path.is_symlink() and path.is_dir():
            yield from (f"{path.name}/{inner.name}" for inner in path.iterdir())
        elif path.is_dir() and not path.name.startswith("."):
            yield from (f"{path.name}/{inner.name}" for inner in path.iterdir() if _like_a_part(inner))
        elif path.suffix.lower() in WEIGHTS:
            yield path.name


def _like_a_part(path: Path) -> bool:
    return path.suffix.lower() in WEIGHTS or path.name == "config.json"

"""Structures of anybody's, from files of any program, as they are: to be scored, not learned from."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.building.builder import build
from zoo.building.schema import complete, schema
from zoo.data.entries import found_entries
from zoo.data.importing import converted, domain_block_of, files_of, importers
from zoo.data.store import SAMPLES, Store, read_samples
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain
from zoo.interfaces.importer import Importer
from zoo.registry import registry
from zoo.system.machine import require_memory
from zoo.system.progress import bar

_COPIES = 4
"""Scoring takes so many times the memory of the structures."""
_SUFFIX = ".safetensors"
_SHOWN = 20
"""How many problems a message names."""


def read_structures(
    paths: Sequence[Path],
    block: Mapping[str, Any],
    reference: str,
    *,
    importer: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    count: int | None = None,
) -> np.ndarray:
    """Hard structures `[n, *S]` of files, uint8 if binary, else float32; the first `count` of them, or all.

    `block` is the recipe block of the domain of the dataset `reference`, to which they must belong. A `.safetensors`
    file is a store of zoo, and the folder of a run has one; others are read by an importer: the one of that name, or
    the one that recognises the first file. What an importer has to be told of its domain and the files do not say, as
    the resolution of a surface, is taken from `block` unless `arguments` say it. ZooError lists what is wrong; nothing
    is left out.
    """
    domain = build(Domain, block)
    missing = [path for path in paths if not path.exists()]
    if missing or not paths:
        raise ZooError(*(f"{path}: no such file." for path in missing) if missing else "no files are given.")
    paths = [path / SAMPLES if (path / SAMPLES).exists() else path for path in paths]
    if all(path.suffix == _SUFFIX for path in paths):
        if importer or arguments:
            raise ZooError(f"{paths[0]}: a store of zoo is read without an importer.")
        return np.concatenate([_stored(path, domain, reference, count) for path in paths])[:count]
    name = importer or _importer_of(paths[0], block["use"])
    asked = {"use": name, **_taken(name, block), **(arguments or {})}
    reader = build(Importer, asked)
    files = list(files_of(paths, reader))
    _check_domain(files[0], reader, name, block, reference)
    return _read(reader, files, domain, count)


def _stored(path: Path, domain: Domain, reference: str, count: int | None) -> np.ndarray:
    store = Store(path)
    shape, binary = domain.structure.shape, domain.binary
    if (store.shape, store.binary) != (shape, binary):
        found, wanted = (
            f"{_by(shape)}{', binary' if binary else ''}"
            for shape, binary in ((store.shape, store.binary), (shape, binary))
        )
        raise ZooError(f"{path}: its structures are {found}, and those of {reference} {wanted}.")
    _check_memory(min(len(store), count or len(store)), domain)
    structures = read_samples(path)[:count]
    low, high = domain.structure.low, domain.structure.high
    inside = np.isfinite(structures) & (structures >= low) & (structures <= high)
    if not inside.all():
        place = int(np.argwhere(~inside)[0, 0])
        raise ZooError(f"{path}: structure {place + 1} has values that are not between {low:g} and {high:g}.")
    return structures


def _importer_of(path: Path, use: str) -> str:
    """The one importer of structures of this domain that recognises a file or the files of a folder; if there is none,
    the one that is for such files at least, and can say what is wrong with this one."""
    known = importers()
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    recognising = {name for name, found in known.items() if any(map(found.recognises, files))}
    named = {name for name, found in known.items() if any(file.suffix.lower() in found.suffixes for file in files)}
    objections: dict[str, None] = {}
    for candidates in (recognising, named):
        fitting = sorted(name for name in candidates if _domain_of(name, files, objections) == use)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ZooError(f"{path}: {' and '.join(fitting)} can read it: say which with --as.")
    if objections:
        raise ZooError(f"{path}: no importer of {use} can read it: {' '.join(objections)}")
    suffixes = sorted({suffix for found in known.values() for suffix in found.suffixes})
    raise ZooError(f"{path}: no importer of {use} can read it; importers there are for {', '.join(suffixes)}.")


def _domain_of(name: str, files: Sequence[Path], objections: dict[str, None]) -> str | None:
    """What domain an importer says that files are of; None, and its objections, if it can say none."""
    for file in files:
        try:
            return str(build(Importer, {"use": name}).domain(file)["use"])
        except ZooError as error:
            objections |= dict.fromkeys(error.problems)
        except OSError as error:
            objections[f"it cannot be read: {error.strerror or error}."] = None
    return None


def _taken(name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of an importer that its domain has too and that are not "as the file is", None, by default."""
    arguments = schema(registry().load(Importer, name))
    return {key: block[key] for key, argument in arguments.items() if key in block and argument.default is not None}


def _check_domain(path: Path, reader: Importer, name: str, block: Mapping[str, Any], reference: str) -> None:
    """ZooError unless the structures of a file are what those of the reference are."""
    found, wanted = complete("domain", domain_block_of(reader, path)), complete("domain", block)
    if found["use"] != wanted["use"]:
        raise ZooError(f"{path}: its structures are {found['use']}, and those of {reference} are {wanted['use']}.")
    takes = schema(type(reader))
    for key, value in wanted.items():
        if found[key] != value:
            remedy = f" --set importer.{key}={value} converts them." if key in takes else ""
            raise ZooError(f"{path}: its {key} is {found[key]}, and that of {reference} is {value}.{remedy}")


def _read(reader: Importer, files: Sequence[Path], domain: Domain, count: int | None) -> np.ndarray:
    total = sum(1 for _ in found_entries(reader, files))
    wanted = min(total, count or total)
    _check_memory(wanted, domain)
    structures = np.empty((wanted, *domain.structure.shape), np.uint8 if domain.binary else np.float32)
    bad: dict[str, list[str]] = {}
    with bar("structures", wanted) as progress:
        for place, found in zip(range(wanted), found_entries(reader, files), strict=False):
            try:
                structures[place] = converted(reader, found, domain).structure
            except ZooError as error:
                bad.setdefault(" ".join(error.problems), []).append(found.where)
            progress.advance(1)
    if bad:
        raise ZooError(*_told(bad))
    return structures


def _told(bad: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong, a line for each kind of problem; `bad` says where each was found."""
    lines = [
        f"{places[0]}: {problem}{f' It is the same with {len(places) - 1:,} others.' if len(places) > 1 else ''}"
        for problem, places in bad.items()
    ]
    shown = lines[:_SHOWN]
    return shown if len(lines) == len(shown) else [*shown, f"and {len(lines) - len(shown):,} more."]


def _check_memory(count: int, domain: Domain) -> None:
    needed = _COPIES * count * math.prod(domain.structure.shape) * (1 if domain.binary else 4)
    what = f"to score {count:,} structures of {_by(domain.structure.shape)}"
    require_memory(needed, what, "--count scores the first so many.")


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))

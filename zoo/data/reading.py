"""Structures read from files of any program, as they are: to be looked at and scored, not learned from."""

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.building.builder import build
from zoo.building.schema import checked_block, schema
from zoo.data.entries import found_entries
from zoo.data.importing import converted, domain_block_of, files_of, importers
from zoo.data.making import is_binary, join_properties
from zoo.data.store import SAMPLES, Store, read_samples
from zoo.data.structures import Structures, lattices
from zoo.errors import ZooError, abridged, shape_words
from zoo.interfaces.domain import Domain
from zoo.interfaces.importer import Importer
from zoo.registry import registry
from zoo.system.arrays import read_array
from zoo.system.files import require_files
from zoo.system.machine import require_memory
from zoo.system.progress import bar

_COPIES = 4
"""Scoring takes so many times the memory of the structures."""
_STORE = ".safetensors"
_ARRAYS = (".npy", ".npz")


@dataclass(frozen=True)
class _Wanted:
    """What is asked of files."""

    block: Mapping[str, Any]
    reference: str
    count: int | None
    soft: bool

    @property
    def whose(self) -> str:
        return self.reference or str(self.block["use"])


def read_structures(
    paths: Path | Sequence[Path],
    domain: Mapping[str, Any],
    *,
    importer: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    count: int | None = None,
    soft: bool = False,
    reference: str = "",
) -> Structures:
    """Structures of files with lattices and names: the first `count` of them, or all.

    `domain` is the recipe block of the domain that they must belong to; an argument that it leaves out, as a
    resolution, is as the file has it. A path is a store of zoo (`.safetensors`), the folder of a run, which has one, or
    a file or folder of files for an importer: the one named, or the one that recognises the first file. What an
    importer has to be told of its domain and the files do not say, as the resolution of a surface, is taken from
    `domain` unless `arguments` say it. `.npy` files, and `.npz` files with an array `structures`, as `Domain.write`
    writes them, need no importer.

    Structures are hard, or may be `soft` where a file has soft ones, as densities. `reference` is the dataset that they
    are to be scored beside, for messages. ZooError lists what is wrong; nothing is left out.
    """
    paths = [paths] if isinstance(paths, Path) else list(paths)
    require_files(paths)
    paths = [path / SAMPLES if (path / SAMPLES).exists() else path for path in paths]
    wanted = _Wanted(domain, reference, count, soft)
    if all(path.suffix == _STORE for path in paths):
        if importer or arguments:
            names = ", ".join(arguments or ())
            raise ZooError(f"{paths[0]}: a store of zoo is read without an importer{names and f' and its {names}'}.")
        return _joined([_own(path, wanted) for path in paths], count)
    try:
        name = importer or _importer_of(paths[0], domain["use"])
    except ZooError:
        if all(path.suffix in _ARRAYS for path in paths):
            with suppress(ZooError):
                return _joined([_own(path, wanted) for path in paths], count)
        raise
    reader = build(Importer, {"use": name, **_taken(name, domain), **(arguments or {})})
    files = list(files_of(paths, reader))
    return _imported(reader, files, _domain_of(files[0], reader, wanted), wanted)


def _own(path: Path, wanted: _Wanted) -> Structures:
    """The structures of a store, or of an array as `Domain.write` writes it."""
    store = Store(path) if path.suffix == _STORE else None
    array: Any = store.rows if store else read_array(path)
    shape = store.shape if store else array.shape[1:]
    domain = _domain_for(path, shape, wanted)
    binary = store.binary if store else domain.binary and is_binary(array)
    if shape != domain.structure.shape or (binary != domain.binary and not (wanted.soft and domain.binary)):
        own, expected = _kind(shape, binary), _kind(domain.structure.shape, domain.binary)
        raise ZooError(f"{path}: its structures are {own}, and those of {wanted.whose} {expected}.")
    count = min(len(array), wanted.count or len(array))
    _require_memory(count, domain, wanted)
    structures: np.ndarray = (
        read_samples(path)[:count] if store else array[:count].astype(np.uint8 if binary else np.float32)
    )
    low, high = domain.structure.low, domain.structure.high
    inside = np.isfinite(structures) & (structures >= low) & (structures <= high)
    if not inside.all():
        place = int(np.argwhere(~inside)[0, 0])
        raise ZooError(f"{path}: structure {place + 1} has values that are not between {low:g} and {high:g}.")
    properties = {name: values.numpy()[:count] for name, values in store.properties.items()} if store else {}
    names = store.names if store and store.names is not None else np.full(count, "")
    called = [str(name) or f"{path}: entry {number}" for number, name in enumerate(names[:count], 1)]
    return Structures(str(path), structures, lattices(properties, domain, count), called, properties)


def _kind(shape: tuple[int, ...], binary: bool) -> str:
    return f"{shape_words(shape)}{', binary' if binary else ''}"


def _domain_for(path: Path, shape: tuple[int, ...], wanted: _Wanted) -> Domain:
    """The domain wanted, with what it leaves open as structures of this shape have it."""
    component = registry().load(Domain, wanted.block["use"])
    try:
        return build(Domain, {**component.arguments_for(shape), **wanted.block})
    except ZooError as error:
        raise ZooError(*(f"{path}: {problem}" for problem in error.problems)) from error


def _joined(parts: Sequence[Structures], count: int | None) -> Structures:
    if len(parts) == 1:
        return parts[0]
    joined = Structures(
        _source([part.source for part in parts]),
        np.concatenate([part.structures for part in parts]),
        np.concatenate([part.lattice for part in parts]),
        [name for part in parts for name in part.names],
        join_properties([part.properties for part in parts], [len(part) for part in parts]),
    )
    return joined.take(range(min(len(joined), count or len(joined))))


def _source(files: Sequence[Path | str]) -> str:
    return str(files[0]) if len(files) == 1 else f"{len(files):,} files"


def _importer_of(path: Path, use: str) -> str:
    """The one importer of structures of this domain that recognises a file or the files of a folder; if there is none,
    the one that is for such files at least, and can say what is wrong with this one."""
    by_name = importers()
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    recognising = {name for name, importer in by_name.items() if any(map(importer.recognises, files))}
    named = {
        name for name, importer in by_name.items() if any(file.suffix.lower() in importer.suffixes for file in files)
    }
    objections: dict[str, None] = {}
    for candidates in (recognising, named):
        fitting = sorted(name for name in candidates if _use_of(name, files, objections) == use)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ZooError(f"{path}: {' and '.join(fitting)} can read it: say which with --as.")
    if objections:
        raise ZooError(f"{path}: no importer of {use} can read it: {' '.join(objections)}")
    suffixes = sorted({suffix for importer in by_name.values() for suffix in importer.suffixes})
    run = f"it is not the folder of a run, which has {SAMPLES}, and " if path.is_dir() else ""
    raise ZooError(f"{path}: {run}no importer of {use} can read it; importers there are for {', '.join(suffixes)}.")


def _use_of(name: str, files: Sequence[Path], objections: dict[str, None]) -> str | None:
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


def _domain_of(path: Path, reader: Importer, wanted: _Wanted) -> Domain:
    """The domain of a file's structures. ZooError unless it is the one wanted."""
    block = domain_block_of(reader, path)
    domain_block = checked_block("domain", block)
    if domain_block["use"] != wanted.block["use"]:
        raise ZooError(
            f"{path}: its structures are {domain_block['use']}, and those of {wanted.whose} {wanted.block['use']}."
        )
    takes = schema(type(reader))
    for key, value in wanted.block.items():
        if domain_block[key] != value:
            remedy = f" --set importer.{key}={value} converts them." if wanted.reference and key in takes else ""
            raise ZooError(f"{path}: its {key} is {domain_block[key]}, and that of {wanted.whose} is {value}.{remedy}")
    return build(Domain, block)


def _imported(reader: Importer, files: Sequence[Path], domain: Domain, wanted: _Wanted) -> Structures:
    total = sum(1 for _ in found_entries(reader, files))
    count = min(total, wanted.count or total)
    _require_memory(count, domain, wanted)
    binary = domain.binary and not wanted.soft
    structures = np.empty((count, *domain.structure.shape), np.uint8 if binary else np.float32)
    stated: list[dict[str, np.ndarray]] = []
    names = []
    bad: dict[str, list[str]] = {}
    with bar("structures", count) as progress:
        for place, raw in zip(range(count), found_entries(reader, files), strict=False):
            try:
                entry = converted(reader, raw, domain, soft=wanted.soft)
                structures[place] = entry.structure
                stated.append({name: np.asarray(value, np.float32)[None] for name, value in entry.properties.items()})
                names.append(entry.name or raw.where)
            except ZooError as error:
                bad.setdefault(" ".join(error.problems), []).append(raw.where)
            progress.advance(1)
    if bad:
        raise ZooError(*abridged(_told(bad)))
    properties = join_properties(stated, [1] * count)
    return Structures(_source(files), structures, lattices(properties, domain, count), names, properties)


def _told(bad: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong, a line for each kind of problem; `bad` says where each was found."""
    return [f"{places[0]}: {problem}{_others(len(places) - 1)}" for problem, places in bad.items()]


def _others(count: int) -> str:
    return f" It is the same with {count:,} other{'s' if count > 1 else ''}." if count else ""


def _require_memory(count: int, domain: Domain, wanted: _Wanted) -> None:
    needed = count * math.prod(domain.structure.shape) * (1 if domain.binary and not wanted.soft else 4)
    what = f"{count:,} structures of {shape_words(domain.structure.shape)}"
    if wanted.reference:
        require_memory(_COPIES * needed, f"to score {what}", "--count scores the first so many.")
    else:
        require_memory(needed, f"to read {what}", "take a part of them.")

"""Importing other people's files as a dataset under `$ZOO_HOME`: entry by entry, checked, in parts that are kept."""

import dataclasses
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import yaml

from zoo.building.builder import build
from zoo.building.schema import complete
from zoo.data.directions import misfit
from zoo.data.entries import Cursor, Found, found_entries
from zoo.data.making import is_binary, join_properties, write_data
from zoo.data.store import Store, as_rows, write_rows
from zoo.data.tables import PropertyTable, read_table
from zoo.discovery import discovery
from zoo.errors import ZooError, abridged, did_you_mean, shape_words
from zoo.interfaces.dataset import Card, Chunk
from zoo.interfaces.domain import Domain
from zoo.interfaces.importer import Entry, Importer
from zoo.interfaces.kind import Kind
from zoo.recipes.catalogue import FORMAT, OURS, read_catalogue
from zoo.registry import registry
from zoo.system import processes
from zoo.system.chunks import clear_parts, make_parts
from zoo.system.files import read_json, require_files, write_json, write_text
from zoo.system.locks import locked
from zoo.system.places import imported_catalogue, imported_folder

OWN = "own"
"""The edition of data that an importer knows nothing of."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}(@[a-z0-9_.-]{1,32})?")
_PART = 250
_REQUEST = "import.json"


@dataclass(frozen=True)
class Imported:
    """Result of an import."""

    folder: Path
    count: int
    left_out: list[str]
    """A line for each entry that is bad."""


def import_data(
    name: str,
    paths: Sequence[Path],
    *,
    importer: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    table: Path | None = None,
    kinds: Mapping[str, str] | None = None,
    skip_bad: bool = False,
    quiet: bool = False,
) -> Imported:
    """Make the dataset `name` of the entries of files; a folder stands for the files in it that the importer
    recognises.

    `importer` is found by the first file if not given; `arguments` are its. `table` is a CSV file with a line of
    properties for each entry, which go before those of the same name that the importer finds. `kinds` says of some
    properties how they turn with their structure (see `Card.kinds`), whatever their name. ZooError names every bad
    entry, unless they are to be left out. What was converted before an import is stopped or fails is kept, and the same
    import goes on from there.
    """
    _check_name(name)
    use = importer or find_importer(_first(paths))
    block = complete("importer", {"use": use, **(arguments or {})})
    reader = build(Importer, {"use": use, **(arguments or {})})
    files = list(files_of(paths, reader))
    domain_block = domain_block_of(reader, files[0])
    domain = build(Domain, domain_block)
    card = _card(name, reader.card())
    properties = read_table(table) if table else PropertyTable({}, {})
    chosen = _checked_kinds(kinds or {}, {**card.units, **properties.units})
    card = dataclasses.replace(card, kinds={**card.kinds, **chosen})
    folder = imported_folder(name)
    with locked(folder):
        _check_name(name)
        _forget_others(folder, [block, [_identity(file) for file in files]])
        counted = sum(1 for _ in found_entries(reader, files))
        _check_table(table, properties, counted)
        make = _maker(reader, files, domain)
        parts = make_parts("import", folder, counted, _PART, make, quiet=quiet)
        # Only the main process looks at the parts, for it removes them at the end.
        bad = processes.agreed(
            [line for part in parts for line in Store(part).metadata["bad"]] if processes.is_main() else []
        )
        good = counted - len(bad)
        if processes.is_main():
            if bad and not (skip_bad and good):
                raise ZooError(*_told(bad, counted))
            description = {"domain": domain_block, "importer": block}
            _put_together(name, [Store(part) for part in parts], properties, domain, card, files, len(bad), description)
        processes.wait_for_all()
    return Imported(folder, good, bad)


def _put_together(
    name: str,
    parts: Sequence[Store],
    table: PropertyTable,
    domain: Domain,
    card: Card,
    files: Sequence[Path],
    left_out: int,
    told: Mapping[str, Any],
) -> None:
    """Write the dataset, and last its entry in the catalogue."""
    folder = imported_folder(name)
    shapes = {key: tuple(values.shape[1:]) for part in parts for key, values in part.properties.items()}
    shapes |= {key: values.shape[1:] for key, values in table.values.items()}
    kinds = {key: kind for key, kind in card.kinds.items() if key in shapes}
    if problems := [flaw for key, kind in kinds.items() if (flaw := misfit(key, kind, shapes[key]))]:
        raise ZooError(*(f"property kind: {problem}." for problem in problems))
    units = {key: unit for key, unit in card.units.items() if key in shapes}
    card = dataclasses.replace(card, units={**units, **table.units}, kinds=kinds)
    card = _described(card, files, sum(map(len, parts)), left_out)
    named = any(part.names is not None for part in parts)
    chunks = (_chunk(part, table, named=named) for part in parts)
    description = {"card": dataclasses.asdict(card), **told}
    checksum = write_data(folder, chunks, domain, block=told["importer"], description=description)
    write_text(imported_catalogue(name), _catalogue(name, card, checksum, domain))
    clear_parts(folder)
    (folder / _REQUEST).unlink(missing_ok=True)


def find_importer(path: Path) -> str:
    """The name of the one importer that recognises a file, or the files of a folder."""
    classes = importers()
    recognising = [name for name, importer in classes.items() if any(True for _ in _recognised(path, importer))]
    if len(recognising) == 1:
        return recognising[0]
    if recognising:
        raise ZooError(f"{path}: {' and '.join(recognising)} can read it: say which with --as.")
    likely = [name for name, importer in classes.items() if path.is_file() and path.suffix.lower() in importer.suffixes]
    if len(likely) == 1:
        return likely[0]  # It says what is wrong.
    if likely:
        raise ZooError(f"{path}: none of {', '.join(likely)} recognises it; with --as, one says what is wrong.")
    suffixes = sorted({suffix for importer in classes.values() for suffix in getattr(importer, "suffixes", ())})
    raise ZooError(f"{path}: no importer recognises it; there are some for {', '.join(suffixes)}.")


def importers() -> dict[str, Any]:
    """The classes of all importers, by name."""
    return {each.name: registry().load(Importer, each.name) for each in registry().components("importer")}


def _first(paths: Sequence[Path]) -> Path:
    require_files(paths)
    return paths[0]


def files_of(paths: Sequence[Path], reader: Importer) -> Iterable[Path]:
    """The files, and for a folder those in it that the importer recognises."""
    require_files(paths)
    for path in paths:
        files = list(_recognised(path, type(reader))) if path.is_dir() else [path]
        if not files:
            raise ZooError(f"{path}: there is no file in it that {type(reader).__name__} recognises.")
        yield from files


def _recognised(path: Path, reader: Any) -> Iterable[Path]:
    candidates = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    return (file for file in candidates if reader.recognises(file))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        rule = "up to 64 small letters, digits, '.', '_', '-', and name@edition"
        raise ZooError(f"{name!r} is not a name for a dataset: {rule}.")
    if name.endswith(OURS):
        raise ZooError(f"{name}: the edition 'zoo' is the one that zoo makes itself.")
    catalogue = read_catalogue(discovery(), Path.cwd())
    if name not in catalogue.names("datasets"):
        return
    if imported_catalogue(name).exists():
        raise ZooError(f"there is a dataset {name!r} already; delete {imported_folder(name)} to import it anew.")
    raise ZooError(f"there is a dataset {name!r} already; choose another name, or an edition of it: {name}@mine.")


def _card(name: str, card: Card) -> Card:
    """The importer's card, under the name that the user gives."""
    _, _, edition = name.partition("@")
    if card.edition == OWN:
        if edition and edition in _published_editions():
            raise ZooError(f"{name}: the edition {edition!r} is that of published files, which these are not.")
        return dataclasses.replace(card, title=name, edition=edition or OWN)
    if edition and edition != card.edition:
        raise ZooError(f"{name}: files of this form hold the edition {card.edition!r}, not {edition!r}.")
    return card


def _published_editions() -> set[str]:
    """The editions that importers know by the form of the files."""
    editions = set()
    for component in registry().components("importer"):
        with suppress(ZooError):  # It lacks an argument, or cannot be loaded.
            editions.add(build(Importer, {"use": component.name}).card().edition)
    return editions - {OWN}


def _identity(path: Path) -> list[Any]:
    status = path.stat()
    return [str(path.resolve()), status.st_size, status.st_mtime_ns]


def _forget_others(folder: Path, request: list[Any]) -> None:
    """Parts of another import under this name, stopped or failed, are of no use."""
    if processes.is_main():
        text = json.dumps(request)
        file = folder / _REQUEST
        if not file.exists() or _read(file) != {"request": text}:
            clear_parts(folder)
            write_json(file, {"request": text})
    processes.wait_for_all()


def _read(file: Path) -> Any:
    with suppress(ZooError):
        return read_json(file)
    return None


def _maker(reader: Importer, files: Sequence[Path], domain: Domain) -> Any:
    cursor = Cursor(found_entries(reader, files))

    def make(items: range, path: Path) -> None:
        numbers, rows, properties, names, bad = [], [], [], [], []
        for number, raw in zip(items, cursor.take(items), strict=True):
            try:
                entry = converted(reader, raw, domain)
                if flaw := domain.unfit(entry.structure):
                    raise ZooError(flaw)
            except ZooError as error:
                bad.append(f"{raw.where}: {' '.join(error.problems)}")
                continue
            numbers.append(number)
            rows.append(as_rows(np.asarray(entry.structure)[None], binary=domain.binary))
            properties.append({name: np.asarray(value)[None] for name, value in entry.properties.items()})
            names.append(entry.name)
        nothing = as_rows(np.zeros((0, *domain.structure.shape)), binary=domain.binary)
        write_rows(
            path,
            np.concatenate([nothing, *rows]),
            domain.structure.shape,
            binary=domain.binary,
            properties=join_properties(properties, [1] * len(properties)),
            metadata={"entries": numbers, "bad": bad},
            names=np.array(names) if any(names) else None,
        )

    return make


def domain_block_of(reader: Importer, path: Path) -> dict[str, Any]:
    """The recipe block of the domain that the structures of a file belong to."""
    try:
        return dict(reader.domain(path))
    except ZooError as error:
        raise ZooError(*(f"{path}: {problem}" for problem in error.problems)) from error
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror or error}.") from error


def converted(reader: Importer, found: Found, domain: Domain, *, soft: bool = False) -> Entry:
    """An entry as a structure of the domain, hard unless it may be soft. ZooError if it is none."""
    if isinstance(found.entry, ZooError):
        raise found.entry
    entry = reader.convert_soft(found.entry) if soft else reader.convert(found.entry)
    structure, shape = np.asarray(entry.structure), domain.structure.shape
    if structure.shape != shape:
        raise ZooError(f"its shape is {shape_words(structure.shape)}, expected {shape_words(shape)}.")
    if not np.isfinite(structure).all():
        raise ZooError("it holds NaN or infinities.")
    low, high = domain.structure.low, domain.structure.high
    if structure.min() < low or structure.max() > high:
        raise ZooError(f"its values reach from {structure.min():g} to {structure.max():g}, beyond {low:g} to {high:g}.")
    if domain.binary and not soft and not is_binary(structure):
        raise ZooError(f"its values are not all {low:g} or {high:g}.")
    for name, value in entry.properties.items():
        if not np.isfinite(np.asarray(value, np.float32)).all():
            raise ZooError(f"its {name} is not finite.")
    return entry


def _checked_kinds(kinds: Mapping[str, str], known: Collection[str]) -> dict[str, Kind]:
    """The kinds. ZooError for what is none, or of a property that is not there."""
    legal = get_args(Kind)
    problems = [
        f"property kind of {name!r}: there is no such property.{did_you_mean(name, known)}"
        for name in kinds
        if name not in known
    ]
    problems += [
        f"property kind of {name!r}: {kind!r} is not one of {', '.join(legal)}.{did_you_mean(kind, legal)}"
        for name, kind in kinds.items()
        if kind not in legal
    ]
    if problems:
        raise ZooError(*problems)
    return cast("dict[str, Kind]", dict(kinds))


def _check_table(path: Path | None, table: PropertyTable, count: int) -> None:
    if path is None:
        return
    lines = len(next(iter(table.values.values())))
    if lines != count:
        raise ZooError(f"{path}: there are {lines:,} lines of numbers, and {count:,} entries.")


def _chunk(part: Store, table: PropertyTable, *, named: bool) -> Chunk:
    entries = np.array(part.metadata["entries"], np.int64)
    properties = {name: values.numpy() for name, values in part.properties.items()}
    properties |= {name: values[entries] for name, values in table.values.items()}
    nameless = np.full(len(part), "")
    return Chunk(part.array(), properties, (nameless if part.names is None else part.names) if named else None)


def _described(card: Card, files: Sequence[Path], good: int, bad: int) -> Card:
    names = files[0].name if len(files) == 1 else f"{len(files):,} files"
    left_out = f"; {bad:,} bad entries were left out" if bad else ""
    description = f"{card.description} Imported from {names}: {good:,} structures{left_out}."
    return dataclasses.replace(card, description=description.strip())


def _catalogue(name: str, card: Card, checksum: str, domain: Domain) -> str:
    entry = {
        "summary": f"{card.title}, imported",
        "use": "imported",
        "name": name,
        "checksum": checksum[:16],
        "evaluators": {key: dict(block) for key, block in domain.evaluators.items()},
    }
    document = {"zoo": FORMAT, "datasets": {name: entry}}
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _told(bad: Sequence[str], count: int) -> list[str]:
    few = [f"{len(bad):,} of {count:,} entries are bad; --skip-bad leaves them out."] if len(bad) < count else []
    return [*abridged(bad), *few]

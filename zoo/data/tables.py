"""Properties as a CSV table: one line per structure, one column per number.

A column is headed `name`, or `name[i][j]` for one component of an array, counted from 0, and may end in `(unit)`.
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zoo.errors import ZooError
from zoo.system.files import whole_file

_HEAD = re.compile(r"(?P<name>[^\[\]()]+?)(?P<index>(\[\d+\])*)(\s*\((?P<unit>.*)\))?")


class PropertyTable(NamedTuple):
    """Values `{name: [n, ...]}` and their units."""

    values: Mapping[str, np.ndarray]
    units: Mapping[str, str]


def read_table(path: Path) -> PropertyTable:
    """A table of numbers. ZooError names every line and column that is not as it should be, up to a dozen."""
    heads, numbers = _columns(path, gaps=False)
    columns: dict[str, dict[tuple[int, ...], np.ndarray]] = {}
    for (name, index, _), column in zip(heads, numbers.T, strict=True):
        if index in columns.setdefault(name, {}):
            raise ZooError(f"{path}: the column {name!r} is there twice.")
        columns[name][index] = column
    values = {name: _array(path, name, parts) for name, parts in columns.items()}
    return PropertyTable(values, {name: unit for name, _, unit in heads})


def read_wanted(path: Path) -> dict[str, np.ndarray]:
    """A table of wanted values: float32 `[n]` by the name at the head of each column, NaN where nothing stands.
    ZooError as for `read_table`."""
    heads, numbers = _columns(path, gaps=True)
    names = [component(name, index) for name, index, _ in heads]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ZooError(*(f"{path}: the column {name!r} is there twice." for name in sorted(twice)))
    return dict(zip(names, numbers.T.astype(np.float32), strict=True))


def write_table(path: Path, table: PropertyTable) -> None:
    """Write a table that `read_table` reads; float32 values come back the same."""
    heads: list[str] = []
    columns: list[np.ndarray] = []
    for name, values in table.values.items():
        unit = f" ({table.units[name]})" if table.units.get(name) else ""
        columns += list(values.reshape(len(values), -1).T)
        for index in np.ndindex(values.shape[1:]):
            heads.append(f"{component(name, index)}{unit}")
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows(zip(*([f"{value:.9g}" for value in column] for column in columns), strict=True))


def component(name: str, index: tuple[int, ...]) -> str:
    """What one component of a property is called: `name[i][j]`."""
    return name + "".join(f"[{place}]" for place in index)


def _columns(path: Path, *, gaps: bool) -> tuple[list[tuple[str, tuple[int, ...], str]], np.ndarray]:
    """Heads (name, index, unit) and numbers `[n, columns]` of a file; NaN where nothing stands, if there may be
    `gaps`."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ZooError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error
    if len(rows) < 2:
        raise ZooError(f"{path}: expected a line of names, then a line of numbers for each structure.")
    heads = [_head(path, text) for text in rows[0]]
    return heads, _numbers(path, rows[0], rows[1:], gaps)


def _head(path: Path, text: str) -> tuple[str, tuple[int, ...], str]:
    match = _HEAD.fullmatch(text.strip())
    if not match:
        raise ZooError(f"{path}: {text!r} is not a name of a column; expected name, name[0][1] or name (unit).")
    index = tuple(int(part) for part in re.findall(r"\d+", match["index"]))
    return match["name"], index, match["unit"] or ""


def _numbers(path: Path, heads: list[str], rows: list[list[str]], gaps: bool) -> np.ndarray:
    problems = []
    numbers = np.full((len(rows), len(heads)), np.nan)
    for i, row in enumerate(rows):
        if len(row) != len(heads):
            problems.append(f"{path}: line {i + 2} has {len(row)} columns, expected {len(heads)}.")
            continue
        for j, text in enumerate(row):
            if gaps and not text.strip():
                continue
            try:
                numbers[i, j] = float(text)
            except ValueError:
                problems.append(f"{path}: line {i + 2}, {heads[j].strip()}: {text!r} is not a number.")
            else:
                if not np.isfinite(np.float32(numbers[i, j])):
                    problems.append(f"{path}: line {i + 2}, {heads[j].strip()}: {text} is not finite.")
        if len(problems) > 12:
            break
    if problems:
        raise ZooError(*problems[:12])
    return numbers


def _array(path: Path, name: str, parts: Mapping[tuple[int, ...], np.ndarray]) -> np.ndarray:
    """The components of a property in one array `[n, ...]`."""
    shape = tuple(size + 1 for size in max(parts))
    expected = set(np.ndindex(*shape))
    if parts.keys() != expected:
        raise ZooError(f"{path}: the columns of {name!r} do not make up a whole array: {sorted(parts)}.")
    flat = np.stack([parts[index] for index in np.ndindex(*shape)], 1)
    return flat.reshape(len(flat), *shape).astype(np.float32)

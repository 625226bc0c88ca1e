"""Files of a stranger's folder: whatever is not a plain file, or not a plain JSON object, is a ZooError."""

import json
import stat
from pathlib import Path
from typing import Any

from zoo.errors import ZooError

MAX_JSON_BYTES = 8 << 20
"""Upper limit on a JSON file. The largest one that zoo writes is the table of a scheduler of 100,000 steps, 2 MiB."""
MAX_JSON_DEPTH = 32
INFINITIES = {"Infinity": float("inf"), "-Infinity": float("-inf")}


def plain_file(folder: Path, name: str) -> Path:
    """The path of a file in the folder. It must be there, and neither it nor a folder on the way may be a link."""
    path = folder
    for part in Path(name).parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (OSError, ValueError) as error:
            raise ZooError(f"{name}: it is missing.") from error
        if stat.S_ISLNK(mode):
            raise ZooError(f"{name}: it is a link; zoo reads plain files only (`hf download --local-dir` makes them).")
    if not stat.S_ISREG(mode):
        raise ZooError(f"{name}: it is not a plain file.")
    return path


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """The JSON object that a file holds: UTF-8, no key twice or unprintable, no NaN, neither huge nor deep."""
    path = plain_file(folder, name)
    try:
        if path.stat().st_size > MAX_JSON_BYTES:
            raise ValueError(f"it is larger than {MAX_JSON_BYTES >> 20} MiB")
        text = path.read_text(encoding="utf-8")
        value = json.loads(text, object_pairs_hook=_sound_keys, parse_constant=_constant)
        _check_values(value)
    except RecursionError as error:
        raise ZooError(f"{name}: not plain JSON (it is too deep).") from error
    except (OSError, ValueError) as error:
        raise ZooError(f"{name}: not plain JSON ({error}).") from error
    if not isinstance(value, dict):
        raise ZooError(f"{name}: not a JSON object.")
    return value


def _sound_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    contents = dict(pairs)
    if len(contents) < len(pairs):
        raise ValueError("it has a key twice")
    if not all(key.isprintable() for key in contents):
        raise ValueError("it has a key that cannot be printed")  # Messages show keys, and terminals obey some.
    return contents


def _constant(name: str) -> float:
    if name not in INFINITIES:
        raise ValueError(f"{name} is not a number")
    return INFINITIES[name]


def _check_values(value: Any, depth: int = 0) -> None:
    if depth > MAX_JSON_DEPTH:
        raise ValueError("it is too deep")
    if isinstance(value, str):
        value.encode()  # Half a surrogate pair cannot be written anywhere.
    elif isinstance(value, dict | list):
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            _check_values(item, depth + 1)

"""Files that appear whole or not at all."""

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zoo.errors import ZooError

_UNFINISHED = ".unfinished-"


def require_files(paths: Iterable[Path]) -> None:
    """ZooError with the names of those that are not there, or if none are given."""
    given = list(paths)
    missing = [f"{path}: no such file." for path in given if not path.exists()]
    if missing or not given:
        raise ZooError(*(missing or ["no files are given."]))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary sibling to write to; it takes the name `path` when the block ends well and vanishes when it does
    not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{_UNFINISHED}{path.name}-", suffix=path.suffix, dir=path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _as_readable_as_others(temporary)
        _sync(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A temporary sibling folder; it replaces the folder `path` when the block ends well and vanishes when it does
    not."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f"{_UNFINISHED}{path.name}-", dir=path.parent))
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        for file in temporary.rglob("*"):
            _sync(file)
        _put_in_place(temporary, path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file, whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file. ZooError if it is none."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ZooError(f"{path}: it cannot be read ({error}).") from error
    if not isinstance(value, dict):
        raise ZooError(f"{path}: it is not a JSON object.")
    return value


def append_line(path: Path, line: str) -> None:
    """Add a line to a text file. A half-written last line, as a killed process leaves it, is ended first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else f"\n{line}"
            file.write(f"{line}\n".encode())
    except OSError as error:
        raise cannot_write(path, error) from error


def clear_unfinished(folder: Path) -> None:
    """Remove what killed processes were writing in `folder`. Only for who has the folder to himself."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> ZooError:
    """What to tell the user when `path` cannot be written."""
    return ZooError(f"cannot write {path}: {error.strerror or error}.")


def _put_in_place(new: Path, path: Path) -> None:
    if not path.exists():
        os.replace(new, path)
    elif not _exchange(new, path):
        # Two steps. Who is killed between them leaves both folders marked as unfinished, and none at `path`.
        aside = new.with_name(f"{new.name}-old")
        os.replace(path, aside)
        os.replace(new, path)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap the names of two folders in one step; False where the system or the file system cannot (Linux mostly
    can)."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _sync(path: Path) -> None:
    """Bring a file to the disk before it gets its name, lest a power cut leave the name with nothing behind it."""
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _as_readable_as_others(path: Path) -> None:
    # mkstemp makes files that only their owner may read; a published file is for everyone the umask allows.
    path.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

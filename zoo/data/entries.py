"""The entries of files, one after the other, each with the words that name it in a message."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from zoo.errors import ZooError
from zoo.interfaces.importer import Importer


class Found(NamedTuple):
    """An entry as the importer has cut it out, or the error that there was none, and where."""

    where: str
    entry: Any


def found_entries(importer: Importer, files: Iterable[Path]) -> Iterator[Found]:
    """Every entry of the files in order; a file that cannot be read ends with one that is a ZooError."""
    for path in files:
        number = 0
        try:
            for number, entry in enumerate(importer.entries(path), 1):
                yield Found(f"{path}: entry {number}", entry)
            if not number:
                yield Found(str(path), ZooError("it has no entries."))
        except ZooError as error:
            yield Found(f"{path}: after entry {number}" if number else str(path), error)
        except OSError as error:
            yield Found(str(path), ZooError(f"cannot be read: {error.strerror or error}."))


class Cursor:
    """Walks once through entries, and takes what is asked for in ascending order."""

    def __init__(self, entries: Iterator[Found]) -> None:
        self._entries = entries
        self._next = 0

    def take(self, items: range) -> Iterator[Found]:
        """The entries of these numbers, from 0, one at a time; those before them are passed over. To be read to the
        end before the next is asked for."""
        before, self._next = self._next, items.stop
        return islice(self._entries, items.start - before, items.stop - before)

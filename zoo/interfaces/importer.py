"""What do files hold that others have written?"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from zoo.interfaces.dataset import Card
from zoo.interfaces.part import Part


class Entry(NamedTuple):
    """One structure of a file: hard, `[*S]`, with what the file knows of it, `{name: number or array}`, and what it
    calls it.

    The property `lattice` is that of the structure's cell: `[3, 3]`, vectors as rows, in units of the cell edge.
    Without it the cell is as its domain has it, a cube by default.
    """

    structure: np.ndarray
    properties: Mapping[str, float | np.ndarray] = {}
    name: str = ""


class Importer(Part):
    """What do files hold that others have written? The arguments say how structures are made from them.

    The core asks for the entries in every process, shares the conversion out, names what is wrong by file and
    number of the entry, keeps what is converted when it is stopped, and holds structures to their domain's shape and
    range. A property that some entries lack is NaN there.
    """

    suffixes: ClassVar[tuple[str, ...]] = ()
    """Suffixes of the files that it reads, in small letters, for messages and for `recognises`."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether a file is likely one for this importer: by its suffix, unless the importer has a closer look. Never
        raises."""
        return path.suffix.lower() in cls.suffixes

    @abstractmethod
    def domain(self, path: Path) -> Mapping[str, Any]:
        """The recipe block of the domain that the structures belong to, `{"use": name, **arguments}`; `path` is the
        first file. ZooError, without the file's name, if it cannot be told."""

    @abstractmethod
    def card(self) -> Card:
        """Whose data these are: `edition` names the published set that files of this form belong to, or is `own` when
        they are anyone's. `units` has every property that `convert` may give."""

    @abstractmethod
    def entries(self, path: Path) -> Iterator[Any]:
        """The entries of a file, in order and one at a time: cut out, and not looked at. ZooError, without the file's
        name, if the file as a whole is not what it should be."""

    @abstractmethod
    def convert(self, entry: Any) -> Entry:
        """The structure of what `entries` has cut out. ZooError, without the file's name, if anything is wrong with
        it."""

    def convert_soft(self, entry: Any) -> Entry:
        """`convert` for those who take soft structures, as densities: by default what `convert` gives."""
        return self.convert(entry)

"""Structures and what is known of them: domain, dataset, property, negatives."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from torch import Tensor

from zoo.errors import ZooError
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part
from zoo.system.arrays import read_array

if TYPE_CHECKING:
    from zoo.interfaces.scores import Reference


class Structure(NamedTuple):
    """Shape S and range of one structure, in the domain's own units. Soft structures lie in the same range."""

    shape: tuple[int, ...]
    low: float
    high: float

    def to_unit(self, values: Tensor) -> Tensor:
        """From [low, high] to [-1, 1], where networks like their data."""
        return (values - self.low) * (2 / (self.high - self.low)) - 1

    def from_unit(self, values: Tensor) -> Tensor:
        """From [-1, 1] back to [low, high]."""
        return (values + 1) * ((self.high - self.low) / 2) + self.low


@dataclass(frozen=True)
class Figure:
    """A picture for a report: `data` is a whole PNG or SVG file; or, among those of `Domain.compare`, a whole HTML page
    that needs no other file. It is shown in a frame of its own, `height` CSS pixels high, and may run scripts there."""

    name: str
    caption: str
    media_type: str
    data: bytes
    height: int = 0


class Domain(Part):
    """What is a structure? Holds everything the core must know about a kind of structure."""

    binary: ClassVar[bool] = False
    """True when values are 0 or 1 only: such structures are stored bit-packed."""

    orientations: ClassVar[int] = 1
    """How many symmetric copies of a structure `orient` makes, the structure itself (0) included."""

    formats: ClassVar[tuple[str, ...]] = (".npz",)
    """Suffixes of the files that `write` writes."""

    refinements: ClassVar[tuple[str, ...]] = ()
    """Names of the repairs that `refine` knows."""

    evaluators: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Recipe blocks, by name, of the evaluators for data that are not in a catalogue, as imported ones."""

    structure: Structure
    """Set by `__init__`."""

    @abstractmethod
    def harden(self, soft: Tensor) -> Tensor:
        """Valid structures `[B, *S]` from soft ones `[B, *S]`: binarise, wrap angles."""

    def refine(self, structures: np.ndarray, refinement: str) -> np.ndarray:
        """Hard structures `[n, *S]` after one of the `refinements`, each on its own."""
        raise NotImplementedError

    def orient(self, structures: Tensor, orientation: Tensor) -> Tensor:
        """Copy number `orientation[b]` (int64 `[B]`) of each structure `[B, *S]`, float32, or uint8 when binary.
        Number 0 is the structure itself."""
        return structures

    def unfit(self, structure: np.ndarray) -> str:
        """Why a hard structure `[*S]` has no place in imported data, as that there is nothing in it: a sentence with
        "it" for the structure; empty, as by default, if it has one. Scores are told of such structures too."""
        return ""

    def lattice(self, count: int) -> Tensor:
        """Lattice vectors as rows, `[count, 3, 3]`, in units of the cell edge: cubes unless the domain says
        otherwise."""
        import torch

        return torch.eye(3).expand(count, 3, 3)

    @abstractmethod
    def figures(self, structures: np.ndarray) -> Sequence[Figure]:
        """Pictures of hard structures `[n, *S]` for a report, a gallery first."""

    def compare(self, structures: np.ndarray, reference: "Reference") -> Sequence[Figure]:
        """Figures of hard structures `[n, *S]` beside the data, for a report: none by default."""
        return ()

    def describe(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """What can be said in numbers of hard structures `[n, *S]`, `{name: [n]}`: a report shows how it spreads over
        samples and over data. Nothing by default."""
        return {}

    def read(self, path: Path) -> np.ndarray:
        """Structures `[n, *S]` from a file of one of the domain's formats: `.npy`, or `.npz` with an array
        `structures`. ZooError if it is no such file, is broken or not there."""
        if not path.exists():
            raise ZooError(f"{path}: no such file.")
        if path.suffix not in {".npy", ".npz"}:
            known = ", ".join(sorted({".npy", ".npz", *self.formats}))
            raise ZooError(f"{path}: unknown format {path.suffix!r}; known: {known}.")
        array = read_array(path)
        if array.shape[1:] != self.structure.shape:
            raise ZooError(f"{path}: structures of shape {array.shape[1:]}, expected {self.structure.shape}.")
        return array

    def write(self, structures: np.ndarray, path: Path) -> None:
        """Write structures `[n, *S]` as compressed `.npz` with one array `structures`."""
        np.savez_compressed(path, structures=structures)


class Chunk(NamedTuple):
    """Some items of a dataset: hard structures `[n, *S]`, properties `{name: [n, ...]}`, and names, text `[n]`, where
    items have names."""

    structures: np.ndarray
    properties: Mapping[str, np.ndarray]
    names: np.ndarray | None = None


@dataclass(frozen=True)
class Card:
    """Where a dataset comes from. `edition` says whose it is: `zoo` for ours, whatever the published one is called."""

    title: str
    description: str
    edition: str
    licence: str
    citation: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    """The unit of each property."""


class Dataset(Part):
    """Which structures do we learn from? Built once into a store; the core splits, augments, packs and opens it.

    A recipe may give any dataset `properties`, the block of a property: its values are then computed of every item and
    kept in the store.
    """

    held_out: ClassVar[float] = 0.2
    """The share of items kept from training, split off before augmentation."""

    chunk_size: ClassVar[int] = 250
    """How many items are made at a time."""

    count: int
    """How many items there are; set by `__init__`."""

    folder: Path | None = None
    """Where a finished store of exactly these items lies already; None where it is to be built."""

    @abstractmethod
    def domain(self) -> Mapping[str, Any]:
        """The recipe block of the domain: `{"use": name, **arguments}`."""

    @abstractmethod
    def card(self) -> Card:
        """Source, edition, licence, citation."""

    @abstractmethod
    def make(self, items: range) -> Chunk:
        """These items, in order. Item i depends on the arguments and on i only: chunks are shared out among processes,
        and those that are there are kept when a build is interrupted."""

    def settle(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """A last look at all chunks, in order, by one process: for what an item cannot know alone, as that it is a copy
        of another. Sizes stay as they are."""
        return chunks

    def chunks(self) -> Iterator[Chunk]:
        """All items, in order, as the store has them. The same arguments give the same bytes."""
        starts = range(0, self.count, self.chunk_size)
        return self.settle(self.make(range(start, min(start + self.chunk_size, self.count))) for start in starts)


class Property(Part):
    """What is a structure worth? Computed, or learned by a network with a stage of its own."""

    units: ClassVar[Mapping[str, str]]
    """Unit of each value, and the base material it holds for."""

    @abstractmethod
    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        """Values `{name: [B, ...]}` of structures `[B, *S]` on lattices `[B, 3, 3]`; trailing axes are tensor order."""


class Negatives(Part):
    """What does an invalid structure look like?"""

    @abstractmethod
    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """An invalid structure `[B, *S]` for each valid one, row b drawing from `noise` row b only."""

"""What is a structure?"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from torch import Tensor

from zoo.interfaces.kind import Kind
from zoo.interfaces.part import Part
from zoo.interfaces.split import Split
from zoo.interfaces.structure import Structure


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

    negatives: Mapping[str, Any] | None = None
    """Recipe block of the negatives that latents are held against where a recipe names none, if there are any."""

    structure: Structure
    """Set by `__init__`."""

    @classmethod
    def arguments_for(cls, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """The arguments that structures of a shape ask for, as a resolution, where files hold nothing but arrays: none
        by default."""
        return {}

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

    def orient_property(self, values: Tensor, kind: Kind, orientation: Tensor) -> Tensor:
        """Values `[B, ...]` of a property of this kind, of the copies that `orient` makes: NaN where they are not
        known, as by default for all but scalars and the structure itself. `zoo.turn_property` knows all kinds for
        orientations that take axes to axes."""
        if kind == "scalar":
            return values
        return values.where((orientation == 0).view(-1, *(1,) * (values.dim() - 1)), float("nan"))

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

    def compare(self, structures: np.ndarray, train: Split) -> Sequence[Figure]:
        """Figures of hard structures `[n, *S]` beside training structures, for a report: none by default."""
        return ()

    def describe(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """What can be said in numbers of hard structures `[n, *S]`, `{name: [n]}`: a report shows how it spreads over
        samples and over data. Nothing by default."""
        return {}

    def own_properties(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """Properties that hard structures `[n, *S]` show without a component that computes them, `{name: [n]}`, by the
        names and in the units that datasets have them. None by default."""
        return {}

    def write(self, structures: np.ndarray, path: Path) -> None:
        """Write structures `[n, *S]` as compressed `.npz` with one array `structures`. `zoo.read_structures` reads that
        and `.npy`; another of the `formats` needs an importer that does."""
        np.savez_compressed(path, structures=structures)

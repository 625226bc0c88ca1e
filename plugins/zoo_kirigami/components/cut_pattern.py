"""The domain of cut patterns."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from zoo import Domain, Figure, Noise, Split, Structure, ZooError
from zoo_kirigami.cuts.exact import repair
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length, crossings, order, wrap_angles
from zoo_kirigami.cuts.tables import write_table
from zoo_kirigami.drawing.drawing import gallery_svg
from zoo_kirigami.drawing.histograms import neighbours_svg, rotations_svg
from zoo_kirigami.drawing.tension import tension_figure
from zoo_kirigami.statistics.pairs import angle_histogram, pair_histogram

GALLERY = 24

ROUNDING = 1e-4
"""Degrees by which float32 may overshoot the range."""


class CutPattern(Domain):
    """Angles `[n, n]` in degrees from the vertical, each within `max_rotation` of the alternating base pattern.

    Base 0 cuts lie in [-max_rotation, max_rotation], base 90 cuts in [90 - max_rotation, 90 + max_rotation]. Cuts are
    `cut_length` units of the lattice long. ZooError unless `max_rotation` is in (0, 90], n is even and `cut_length`
    between 0 and 2.
    """

    evaluators: ClassVar[Mapping[str, Mapping[str, Any]]] = {"crossings": {"use": "cut-crossings"}}

    refinements: ClassVar[tuple[str, ...]] = ("repair",)

    formats: ClassVar[tuple[str, ...]] = (".npz", ".npy", ".csv")

    def __init__(self, max_rotation: float = 60.0, n: int = 6, cut_length: float = CUT_LENGTH) -> None:
        if not 0 < max_rotation <= 90:
            raise ZooError(f"cut-pattern: max_rotation {max_rotation} is not in (0, 90] degrees")
        base_angles(n)
        self.max_rotation = float(max_rotation)
        self.cut_length = checked_length(cut_length)
        self.negatives = {"use": "turned-cuts", "cut_length": cut_length}
        self.structure = Structure((n, n), -self.max_rotation, 90 + self.max_rotation)

    @classmethod
    def arguments_for(cls, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """The number of cuts along a side."""
        return {"n": shape[-1]}

    def harden(self, soft: Tensor) -> Tensor:
        """The nearest patterns in range, see `wrap_angles`.

        The paper counts the crossings of raw angles (its DDPM strays to 25 degrees where 20 are allowed). We clip,
        since a cut beyond the range is not a structure of the domain.
        """
        angles = soft.detach().float().cpu().numpy()
        return torch.from_numpy(wrap_angles(angles, self.max_rotation)).to(soft.device)

    def write(self, structures: np.ndarray, path: Path) -> None:
        """Angles `[B, n, n]` as `.npz`, `.npy` or `.csv`, by the path's suffix."""
        if path.suffix == ".csv":
            write_table(structures, path)
        elif path.suffix == ".npy":
            np.save(path, structures)
        else:
            super().write(structures, path)

    def refine(self, structures: np.ndarray, refinement: str) -> np.ndarray:
        """`repair`: cuts that cross are drawn anew, evenly from the nearest gap that their neighbours leave, until none
        crosses. Cells without crossings keep every bit; what becomes of another depends on that cell alone."""
        angles = torch.from_numpy(structures)
        noise = Noise(0, [zlib.crc32(cell.tobytes()) for cell in np.ascontiguousarray(structures)])
        return repair(angles, noise, self.max_rotation, self.cut_length, nearby=True).numpy()

    def describe(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """How many pairs of cuts cross, whether none does (1 or 0), and how much of the base pattern is left."""
        count = crossings(structures, self.cut_length)
        return {
            "crossings": count.astype(np.float64),
            "admissible": (count == 0).astype(np.float64),
            "order": order(structures),
        }

    def figures(self, structures: np.ndarray) -> Sequence[Figure]:
        """A gallery."""
        shown = structures[:GALLERY]
        crossing = int((crossings(shown, self.cut_length) > 0).sum())
        gallery = f"The first {len(shown)} cells; {crossing} of them have cuts that cross, in orange."
        return [Figure("gallery", gallery, "image/svg+xml", gallery_svg(shown, cut_length=self.cut_length).encode())]

    def compare(self, structures: np.ndarray, train: Split) -> Sequence[Figure]:
        """The histograms of figure 5b, those of figures 6 and 8, and a sheet of each in tension."""
        limit, sets = self.max_rotation, {"training data": train.array(), "samples": structures}
        angles = f"Rotations of all cuts from the base pattern, from -{limit:g} to {limit:g} degrees."
        pairs = (
            "Rotations of a cut that is vertical in the base pattern (downwards) and of its bottom neighbour (to the "
            f"right), from -{limit:g} to {limit:g} degrees; the darker, the more frequent. White zones of the data are "
            "pairs that cross."
        )
        rotations = {name: angle_histogram(cells, limit) for name, cells in sets.items()}
        neighbours = {name: pair_histogram(cells, limit) for name, cells in sets.items()}
        return [
            Figure("rotations", angles, "image/svg+xml", rotations_svg(rotations, limit).encode()),
            Figure("neighbours", pairs, "image/svg+xml", neighbours_svg(neighbours, limit).encode()),
            *tension_figure(sets, self.cut_length),
        ]


def check_angles(angles: np.ndarray, max_rotation: float) -> None:
    """ZooError if any of the angles `[B, n, n]` is not a number or lies out of range."""
    if not np.isfinite(angles).all():
        raise ZooError(f"{int((~np.isfinite(angles)).sum())} angles are not finite numbers.")
    base = base_angles(angles.shape[-1])
    excess = np.abs(angles - base) > max_rotation + ROUNDING
    if excess.any():
        cell, row, column = np.argwhere(excess)[0]
        which = f"cell {cell}, " if len(angles) > 1 else ""
        low, high = base[row, column] - max_rotation, base[row, column] + max_rotation
        raise ZooError(
            f"{int(excess.sum())} angles are turned by more than {max_rotation:g} degrees from the base pattern, the "
            f"first in {which}row {row}, column {column}: {angles[cell, row, column]:g} is not in {low:g} to {high:g}."
        )

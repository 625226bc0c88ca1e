"""How stiff generated cells are, for what they weigh."""

from collections.abc import Mapping

import numpy as np
import torch

from zoo import Evaluator, Facts, Reference, Score, ZooError, bar
from zoo_mechanics.bounds import attainment
from zoo_mechanics.homogenisation import TOLERANCE, checked_tolerance, homogenise
from zoo_mechanics.voigt import isotropic

_CHUNK = 32

Found = dict[str, np.ndarray]


class StiffnessScores(Evaluator):
    """How much of what is possible at their volume fraction cells reach, and how many give way.

    The first `count` cells are solved, which takes some tenths of a second each at 48^3 on one core. The solid has E =
    1 and the Poisson's ratio `poisson`; `tolerance` is the solver's. ZooError if one of them is out of range.
    """

    def __init__(self, count: int = 200, poisson: float = 0.3, tolerance: float = TOLERANCE) -> None:
        if count < 1:
            raise ZooError(f"stiffness: count {count} is less than 1")
        self.count = count
        self.base = isotropic(1.0, poisson)
        self.tolerance = checked_tolerance(tolerance)

    def scores(self, generated: np.ndarray, reference: Reference, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, X, Y, Z]`. ZooError if structures are no cells."""
        if generated.ndim != 4 or not reference.domain.binary:
            raise ZooError(f"stiffness: structures of shape {generated.shape[1:]} are no voxel cells")
        name = f"stiffness-{self.count}-{float(self.base[0, 1])}-{self.tolerance}"
        found: Found = facts.once(name, lambda: self._solve(generated[: self.count], reference))
        solved = len(found["bulk"])
        of = f" Of the first {solved} cells." if solved < len(generated) else ""
        grid = f" On the grid as it is; solver's error at most {found['error'].max():.1e}.{of}"

        def mean(values: np.ndarray, sentence: str, unit: str = "", higher_is_better: bool = True) -> Score:
            per_sample = None if of else values
            return Score(float(values.mean()), sentence + grid, per_sample, unit, higher_is_better)

        bound = "modulus (Voigt average) as a share of the Hashin-Shtrikman bound at the cell's volume fraction."
        return {
            "bulk_to_bound": mean(found["bulk"], f"Mean bulk {bound}"),
            "shear_to_bound": mean(found["shear"], f"Mean shear {bound}"),
            "singular": mean(
                100 * found["singular"], "Share of cells that meet some strain without resistance.", "%", False
            ),
            "hinged": mean(
                100 * found["hinged"],
                "Mean share of a cell's solid that is held only by edges or corners of voxels.",
                "%",
                False,
            ),
        }

    def _solve(self, cells: np.ndarray, reference: Reference) -> Found:
        lattice = reference.domain.lattice(len(cells))
        parts = []
        with bar("stiffness", len(cells)) as progress:
            for start in range(0, len(cells), _CHUNK):
                chunk = torch.from_numpy(cells[start : start + _CHUNK].astype(np.float32))
                found = homogenise(chunk, lattice[start : start + _CHUNK], base=self.base, tolerance=self.tolerance)
                share = attainment(found.stiffness, chunk.double().flatten(1).mean(1), self.base)
                parts.append([*share, found.singular.double(), found.hinged.double(), found.error.double()])
                progress.advance(len(chunk))
        names = ("bulk", "shear", "singular", "hinged", "error")
        return {name: torch.cat(column).numpy() for name, column in zip(names, zip(*parts, strict=True), strict=True)}

"""Stiffness of generated cells as scores: by itself, beside its bounds, and against a target."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from zoo import Data, Evaluator, Facts, Score, ZooError, bar, shared
from zoo_mechanics.elasticity.bounds import attainment, target_problems
from zoo_mechanics.elasticity.moduli import anisotropy, voigt_average
from zoo_mechanics.elasticity.voigt import COMPONENTS, isotropic
from zoo_mechanics.homogenisation.solve import TOLERANCE, checked_tolerance, homogenise

_CHUNK = 32

RANGES = {"C11": (0.0118, 1.3426), "C12": (-0.0924, 0.5749), "C44": (0.0004, 0.3838)}
"""The spread of each component over the 14,396 cells that Yang et al. begin with, E = 1: what their errors are relative
to. They take that of their final set, in a supplement."""

Found = dict[str, np.ndarray]


class StiffnessScores(Evaluator):
    """How much of what is possible at their volume fraction cells reach, and how many give way.

    The first `count` cells are solved, which takes some tenths of a second each at 48^3 on one core. The solid has E =
    1 and the Poisson's ratio `poisson`; `tolerance` is the solver's. A `target` of `C11`, `C12` and `C44` adds the
    error to it (Yang et al. 2024, equation 18), for cells that were made for one. `tensor` adds the 21 components of
    the stiffness, `C11` to `C66` (Voigt). All scores are means over the cells that are solved, with intervals, and
    those of every cell if all are. ZooError if an argument is out of range.
    """

    revision = 2

    def __init__(
        self,
        count: int = 200,
        poisson: float = 0.3,
        tolerance: float = TOLERANCE,
        target: dict[str, float] | None = None,
        tensor: bool = False,
    ) -> None:
        if count < 1:
            raise ZooError(f"stiffness: count {count} is less than 1")
        if target is not None:
            if set(target) != set(RANGES):
                raise ZooError(f"stiffness: a target names {', '.join(RANGES)} and nothing else, not {target}")
            problems = target_problems(target, 1.0, isotropic(1.0, poisson))
            if problems:
                raise ZooError(*(f"stiffness: {problem}" for problem in problems))
        self.target = target
        self.tensor = tensor
        self.count = count
        self.base = isotropic(1.0, poisson)
        self.tolerance = checked_tolerance(tolerance)

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, X, Y, Z]`. ZooError if structures are not cells."""
        if generated.ndim != 4 or not reference.domain.binary:
            raise ZooError(f"stiffness: structures of shape {generated.shape[1:]} are not voxel cells")
        name = f"stiffness-{self.count}-{float(self.base[0, 1])}-{self.tolerance}"
        solution: Found = facts.once(name, lambda: self._solve(generated[: self.count], reference))
        solved = len(solution["bulk"])
        of = f" Of the first {solved} cells." if solved < len(generated) else ""
        grid = f" On the grid as it is; solver's error at most {solution['error'].max():.1e}.{of}"

        def mean(values: np.ndarray, sentence: str, unit: str = "", higher_is_better: bool = True) -> Score:
            score = Score.mean(values, sentence + grid, unit, higher_is_better)
            return replace(score, per_sample=None) if of else score

        bound = "modulus (Voigt average) as a share of the Hashin-Shtrikman bound at the cell's volume fraction."
        unit = "solid's E"
        scores = {
            "bulk_to_bound": mean(solution["bulk"], f"Mean bulk {bound}"),
            "shear_to_bound": mean(solution["shear"], f"Mean shear {bound}"),
            "singular": mean(
                100 * solution["singular"], "Share of cells that meet some strain without resistance.", "%", False
            ),
            "hinged": mean(
                100 * solution["hinged"],
                "Mean share of a cell's solid that is held only by edges or corners of voxels.",
                "%",
                False,
            ),
            "bulk": mean(solution["bulk_modulus"], "Mean bulk modulus (Voigt average).", unit),
            "shear": mean(solution["shear_modulus"], "Mean shear modulus (Voigt average).", unit),
            "poisson": mean(
                solution["ratio"], "Mean Poisson's ratio of the isotropic part; 0 where singular.", "", False
            ),
            "anisotropy": mean(
                solution["anisotropy"],
                "Mean square distance from isotropy, relative to the whole; 0 if isotropic.",
                "",
                False,
            ),
        }
        if self.target is not None:
            error = 100 * target_error(solution["stiffness"], self.target)
            sentence = (
                "Mean gap to the wanted C11, C12 and C44, each relative to its spread over the cells that Yang et al. "
                "begin with (equation 18)."
            )
            scores["target_error"] = mean(error, sentence, "%", False)
        if self.tensor:
            for name in COMPONENTS:
                component = solution["stiffness"][:, int(name[1]) - 1, int(name[2]) - 1]
                scores[name] = mean(component, f"Mean component {name} of the stiffness (Voigt).", unit)
        return scores

    def _solve(self, cells: np.ndarray, reference: Data) -> Found:
        lattice = reference.domain.lattice(len(cells))
        starts = range(0, len(cells), _CHUNK)

        def solve(part: range) -> list[dict[str, torch.Tensor]]:
            rows = []
            with bar("stiffness", len(part) * _CHUNK) as progress:
                for start in starts[part.start : part.stop]:
                    rows.append(self._solve_chunk(cells[start : start + _CHUNK], lattice[start : start + _CHUNK]))
                    progress.advance(_CHUNK)
            return rows

        parts = [row for rows in shared(solve, len(starts)) for row in rows]
        return {name: torch.cat([part[name].double() for part in parts]).numpy() for name in parts[0]}

    def _solve_chunk(self, cells: np.ndarray, lattice: torch.Tensor) -> dict[str, torch.Tensor]:
        chunk = torch.from_numpy(cells.astype(np.float32))
        solution = homogenise(chunk, lattice, base=self.base, tolerance=self.tolerance)
        share = attainment(solution.stiffness, chunk.double().flatten(1).mean(1), self.base)
        bulk, shear = voigt_average(solution.stiffness)
        ratio = (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear)
        return {
            "bulk": share.bulk,
            "shear": share.shear,
            "bulk_modulus": bulk,
            "shear_modulus": shear,
            "ratio": torch.where(solution.singular, 0.0, ratio),
            "anisotropy": anisotropy(solution.stiffness),
            "stiffness": solution.stiffness,
            "singular": solution.singular,
            "hinged": solution.hinged,
            "error": solution.error,
        }


def target_error(stiffness: np.ndarray, target: Mapping[str, float]) -> np.ndarray:
    """The error `[n]` of stiffness tensors `[n, 6, 6]` against a target: the mean over C11, C12 and C44, each the mean
    over the axes, of the gap relative to its range in `RANGES` (Yang et al. 2024, equation 18)."""
    diagonal = np.diagonal(stiffness, axis1=1, axis2=2)
    means = {
        "C11": diagonal[:, :3].mean(1),
        "C12": (stiffness[:, 0, 1] + stiffness[:, 0, 2] + stiffness[:, 1, 2]) / 3,
        "C44": diagonal[:, 3:].mean(1),
    }
    gaps = [abs(means[name] - value) / (RANGES[name][1] - RANGES[name][0]) for name, value in target.items()]
    error: np.ndarray = np.mean(gaps, axis=0)
    return error

"""Cells designed for stiffness: our edition of the set that Yang et al. begin with."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from zoo import Card, Chunk, Dataset, ZooError
from zoo_mechanics.components.stiffness_property import UNIT, Stiffness
from zoo_mechanics.homogenisation.pieces import analyse
from zoo_mechanics.inverse.brief import MIN_ITERATIONS, MIN_RESOLUTION, Brief
from zoo_mechanics.inverse.design import Design
from zoo_mechanics.inverse.goals import Goal
from zoo_mechanics.inverse.start import random_start

GOALS: tuple[Goal, ...] = ("bulk", "shear", "poisson")
SHARES = (0.5, 0.2, 0.3)
"""How often each goal is set. Yang et al. (2024) name all three; their set has 10,000 cells for bulk and 4,396 for the
Poisson's ratio, and does not count those for shear."""

ISOTROPIC = 0.3
"""How often the cell shall be isotropic; the paper says that a part of its cells are."""

VOLUME = (0.05, 1.0)
"""Volume fractions are drawn evenly from this range (Yang et al., section 3.1)."""

MIN_RADIUS = 1.5
"""Of the filter, in voxels."""

MIN_ROBUST_RADIUS = 2.0
"""Under 2, erosion may take no voxel, and hinges stay."""

HINGES = (
    "The property hinged is the share of a cell's solid that hangs only by edges or corners of voxels: of the first 20 "
    "cells of 48^3 voxels (40 steps, seed 0) 0.02 %, and 0.05 % of the six for a Poisson's ratio; of the first 40 of "
    "16^3, where walls are a voxel or two, 3 %, and none of the eleven for a Poisson's ratio."
)
"""What was measured of this revision."""


class Made(NamedTuple):
    """A designed cell, bool `[d, d, d]`, with its properties and its brief."""

    cell: Tensor
    values: dict[str, Tensor]
    brief: Brief


class MetaShellOptimised(Dataset):
    """`count` cells of `resolution`^3 voxels, each designed in so many `iterations` from a random trigonometric start
    for a random goal, volume fraction, and isotropy or none, all with the symmetry of a cube (see `design`). Designs
    for a Poisson's ratio are robust, which Yang et al. (2024) do not do: on coarse grids others hang by edges of
    voxels.

    Properties: `volume_fraction`; `hinged`, the share of the cell's solid that hangs only by edges or corners of
    voxels; `stiffness` `[6, 6]`, `young`, `bulk` and `shear` as the property `stiffness` has them; `goal`, 0 for bulk
    modulus, 1 for shear modulus, 2 for Poisson's ratio; `isotropic`, whether that was asked for. Parts that float are
    taken away; a design that falls apart is drawn anew. ZooError if `resolution` is below 8, `count` below 1,
    `iterations` below 12 or `seed` negative.
    """

    chunk_size = 1
    revision = 4

    def __init__(self, resolution: int = 48, count: int = 1000, iterations: int = 40, seed: int = 0) -> None:
        problems = [
            f"metashell-optimised: {name} {value} is less than {least}"
            for name, value, least in (
                ("resolution", resolution, MIN_RESOLUTION),
                ("count", count, 1),
                ("iterations", iterations, MIN_ITERATIONS),
                ("seed", seed, 0),
            )
            if value < least
        ]
        if problems:
            raise ZooError(*problems)
        self.resolution = resolution
        self.count = count
        self.iterations = iterations
        self.seed = seed

    def domain(self) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def card(self) -> Card:
        return Card(
            title="MetaShell optimised, zoo edition",
            description=(
                f"{self.count:,} unit cells of {self.resolution}^3 voxels with the symmetry of a cube, each designed "
                "by topology optimisation for a large bulk modulus (half of them), a large shear modulus (a fifth) or "
                f"a small Poisson's ratio (then robust), in {self.iterations} steps from a random trigonometric "
                f"field, with at most {VOLUME[0]:g} to {VOLUME[1]:g} of solid, and isotropic in {ISOTROPIC:.0%} of the "
                f"cases; seed {self.seed}. {HINGES} Made as Yang et al. (2024) made the 14,396 cells of 128^3 voxels "
                "that they begin with, who say nothing of robust designs; none of theirs is among these, and nothing "
                "was added by a generative model."
            ),
            edition="zoo",
            licence="CC0-1.0",
            citation=(
                "After Y. Yang et al., Guided diffusion for the fast inverse design of density-based mechanical "
                "metamaterials, arXiv:2401.13570, 2024"
            ),
            units={
                "volume_fraction": "",
                "hinged": "",
                **dict.fromkeys(Stiffness.units, UNIT),
                "goal": "",
                "isotropic": "",
            },
            kinds=Stiffness.kinds,
        )

    def make(self, items: range) -> Chunk:
        designed = [next(designs(item, self.resolution, self.iterations, self.seed)) for item in items]
        values = {name: torch.stack([one.values[name] for one in designed]).numpy() for name in designed[0].values}
        goals = np.array([GOALS.index(one.brief.goal) for one in designed])
        isotropic = np.array([one.brief.isotropic for one in designed])
        cells = torch.stack([one.cell for one in designed]).numpy()
        fractions = cells.mean((1, 2, 3))
        hinged = np.array([analyse(cell).hinged for cell in cells])
        return Chunk(
            cells, {"volume_fraction": fractions, "hinged": hinged, **values, "goal": goals, "isotropic": isotropic}
        )


def designs(item: int, resolution: int, iterations: int, seed: int) -> Iterator[Made]:
    """The endless stream of cells for one place in the set; it depends on (seed, item) only."""
    rng = np.random.default_rng([seed, item])
    while True:
        goal = GOALS[int(rng.choice(len(GOALS), p=SHARES))]
        robust = goal == "poisson"
        brief = Brief(
            goal=goal,
            volume=float(rng.uniform(*VOLUME)),
            resolution=resolution,
            isotropic=bool(rng.random() < ISOTROPIC),
            iterations=iterations,
            radius=max(MIN_ROBUST_RADIUS if robust else MIN_RADIUS, resolution / 24),
            robust=robust,
        )
        design = Design(brief, random_start(brief.volume, resolution, brief.symmetry, int(rng.integers(2**31))))
        while design.iteration < iterations:
            design.step()
        cell = torch.from_numpy(analyse(design.cell().numpy()).bearing)
        values = {name: value[0] for name, value in Stiffness().values(cell[None].float(), torch.eye(3)).items()}
        if float(torch.linalg.eigvalsh(values["stiffness"].double())[0]) > 1e-6:
            yield Made(cell, values, brief)

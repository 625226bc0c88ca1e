"""Where a design begins: random fields, cells of data and cells that a model has drawn, on the same budget.

    python benchmarks/starts.py [--cells FILE] [--resolution 16] [--steps 48] [--starts 8] [--goals bulk-0.3 …]

Each design has as many steps, hence solutions, as any other, and the symmetry of a cube. Starts are the fields of
seeds 0, 1, …; the first cells of `metashell`; and, with `--cells`, the first cells there, such as `zoo sample` draws,
on their own grid or another. What comes out, of solid and void, is solved on a grid twice as fine; a cell that is
singular has failed. For each goal and kind of start: the results, best first, how many failed, and the processor time
of one design.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from zoo_mechanics.densities import read_densities
from zoo_mechanics.elasticity.bounds import attainment
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.refinement import refine
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_mechanics.inverse.brief import Brief
from zoo_mechanics.inverse.design import Design
from zoo_mechanics.inverse.goals import shown_value
from zoo_mechanics.inverse.start import random_start, start_from
from zoo_voxels.generation.shells import candidates

TARGET = {"C11": 0.1, "C12": 0.03, "C44": 0.04}
GOALS = {
    "bulk-0.15": {"goal": "bulk", "volume": 0.15},
    "bulk-0.3": {"goal": "bulk", "volume": 0.3},
    "shear-0.3": {"goal": "shear", "volume": 0.3},
    "poisson-0.3": {"goal": "poisson", "volume": 0.3},
    "target-0.3": {"goal": "target", "volume": 0.3, "target": TARGET},
}


def starts(kind: str, brief: Brief, cells: Tensor | None, count: int) -> Iterator[Tensor]:
    for number in range(count):
        if kind == "random":
            yield random_start(brief.volume, brief.resolution, brief.symmetry, number)
        elif kind == "metashell":
            shell = next(candidates(number, brief.resolution, 0)).cell
            yield start_from(torch.from_numpy(shell), brief.resolution)
        else:
            assert cells is not None
            yield start_from(cells[number], brief.resolution)


def outcome(brief: Brief, start: Tensor) -> float | None:
    """What is shown of the finished cell, moduli as shares of their bounds; None if it is singular."""
    design = Design(brief, start)
    while design.iteration < brief.iterations:
        design.step()
    cell = design.cell()[None]
    found = homogenise(refine(cell, 2))
    if bool(found.singular[0]):
        return None
    if brief.goal in ("bulk", "shear"):
        return float(getattr(attainment(found.stiffness, cell.double().mean()[None], isotropic()), brief.goal))
    return shown_value(found.stiffness[0], brief.goal, brief.target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=Path)
    parser.add_argument("--resolution", type=int, default=16)
    parser.add_argument("--steps", type=int, default=48)
    parser.add_argument("--starts", type=int, default=8)
    parser.add_argument("--goals", nargs="+", choices=GOALS, default=list(GOALS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cells = None if arguments.cells is None else torch.from_numpy(read_densities(arguments.cells).structures)
    kinds = ["random", "metashell", *([] if cells is None else ["generated"])]
    for name in arguments.goals:
        brief = Brief(**GOALS[name], resolution=arguments.resolution, iterations=arguments.steps)
        for kind in kinds:
            before = time.process_time()
            results = [outcome(brief, start) for start in starts(kind, brief, cells, arguments.starts)]
            spent = (time.process_time() - before) / len(results)
            kept = sorted(value for value in results if value is not None)
            shown = " ".join(f"{value:6.3f}" for value in (kept[::-1] if brief.goal in ("bulk", "shear") else kept))
            failed = len(results) - len(kept)
            print(f"{name:<12}{kind:<10}{failed} failed  {spent:5.1f} s  {shown}", flush=True)


if __name__ == "__main__":
    main()

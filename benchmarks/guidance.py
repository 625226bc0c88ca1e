"""What guidance by stiffness does to what a trained model draws: each objective with and without, at equal count.

    python benchmarks/guidance.py MODEL [--count 6] [--steps 10] [--objectives boundary-match …]

MODEL is a published model of cells, as the folder `model` of a run. It draws cells by DDIM from the same noise without
guidance, with the sampler `universal` guided by each objective, and the same with the paper's projection (`steepness`
64). Energies are those of the finished cells of solid and void, so what is seen is no greyness: their mean without and
with guidance, for how many cells it is lower, the volume fraction, and the processor time of a cell. Cells for
`boundary-match` are the first three of another seed: the one before (weight 1), the first and the last (1/2 each).

The model of docs/findings/mechanics.md, also where `benchmarks/starts.py` has its generated cells from (the
run's folder), is of

    zoo run voxploer --dataset metashell --size tiny --set dataset.count=600 --set dataset.resolution=16 \\
        --set encoder.reconstruction=bce --set encoder.width=64 --set encoder.latent_dim=32 \\
        --set train.autoencoder.epochs=12 --set train.denoiser.epochs=60 --set 'sampler={use: ddim, steps: 10}'
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from zoo import Objective, load
from zoo_mechanics.components.boundary_match import BoundaryMatch
from zoo_mechanics.components.bulk_to_bound import BulkToBound
from zoo_mechanics.components.isotropy import Isotropy
from zoo_mechanics.components.poissons_ratio import PoissonsRatio
from zoo_mechanics.components.stiffness_target import StiffnessTarget

STEEPNESS = 64
WEIGHTS = [1.0, 0.5, 0.5]
TENSOR = {
    **dict.fromkeys(("C11", "C22", "C33"), 0.25),
    **dict.fromkeys(("C12", "C13", "C23"), 0.1),
    **dict.fromkeys(("C44", "C55", "C66"), 0.1),
}


class Case(NamedTuple):
    """An objective as it judges, what it is told to reach, and how strongly it guides."""

    objective: Objective
    target: dict[str, float]
    strength: float


def cases(neighbours: Path) -> dict[str, Case]:
    return {
        "boundary-match": Case(BoundaryMatch(str(neighbours), WEIGHTS, tolerance=1e-3), {}, 10.0),
        "bulk-to-bound": Case(BulkToBound(tolerance=1e-3), {}, 100.0),
        "isotropy": Case(Isotropy(tolerance=1e-3), {}, 3e3),
        "poissons-ratio": Case(PoissonsRatio(tolerance=1e-3), {"poisson": 0.15}, 1e4),
        "stiffness-target": Case(StiffnessTarget(tolerance=1e-3), TENSOR, 3e4),
    }


def guided(base: str, name: str, case: Case, neighbours: Path, steepness: float) -> str:
    """The override of `zoo sample --set` that guides."""
    match = f", cells: {neighbours}, weights: {WEIGHTS}" if name == "boundary-match" else ""
    objective = f"{{use: {name}, tolerance: 0.01, steepness: {steepness}{match}}}"
    target = ", ".join(f"{component}: {value}" for component, value in case.target.items())
    return (
        f"sampler={{use: universal, base: {base}, objective: {objective}, target: {{{target}}}, "
        f"strength: {case.strength}}}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--objectives", nargs="+", default=None)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    base = f"{{use: ddim, steps: {arguments.steps}}}"
    plain = load(arguments.model, overrides=[f"sampler={base}"])
    unguided = plain.sample(arguments.count, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        neighbours = Path(folder) / "neighbours.npz"
        np.savez(neighbours, structures=plain.sample(3, seed=2))
        for name, case in cases(neighbours).items():
            if arguments.objectives and name not in arguments.objectives:
                continue
            before = case.objective.energy(torch.from_numpy(unguided).float(), case.target)
            for steepness in (0, STEEPNESS):
                start = time.process_time()
                override = guided(base, name, case, neighbours, steepness)
                cells = load(arguments.model, overrides=[override]).sample(arguments.count, seed=1)
                spent = (time.process_time() - start) / arguments.count
                after = case.objective.energy(torch.from_numpy(cells).float(), case.target)
                print(
                    f"{name:<18}{'projected' if steepness else '':<10}{float(before.mean()):8.4f} -> "
                    f"{float(after.mean()):8.4f}  lower for {int((after < before).sum())} of {len(before)}  "
                    f"volume {unguided.mean():.2f} -> {cells.mean():.2f}  {spent:.1f} s a cell",
                    flush=True,
                )


if __name__ == "__main__":
    main()

"""Our spinodoids beside the published stiffnesses of Kumar et al. (2020): periodic, and held at their faces.

    python benchmarks/spinodoids.py FILE [--rows 10] [--resolutions 48 64] [--seeds 3] [--held 36]

FILE has a row for each structure: `volFrac`, `thetaX` to `thetaZ` in degrees, and the stiffness at its flattened
places `stiffness0`, …, E = 1, nu = 0.3. Of each of the rows, evenly spaced, so many structures are made of the
same parameters, five waves an edge, with other phases and periodic, on each grid, and homogenised. For each component:
the correlation with the published values over the rows, for the seed where it is least; the bias of the sum over
rows and seeds; the spread between seeds (root mean square over the rows, as a share of the mean), if there are several.
Then, on the grid `--held` (0 for none), the first seed's cells cut out and solved by scipy with the
displacements of a uniform strain on all six faces, and periodic ones, as shares of the published values.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import coo_array
from scipy.sparse.linalg import LinearOperator, cg

from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.element import CORNERS, element
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_voxels.generation.spinodoids import spinodoid

WAVES = 5.0
PLACES = (0, 1, 2, 7, 8, 14, 21, 28, 35)
NAMES = [f"C{place // 6 + 1}{place % 6 + 1}" for place in PLACES]
RELATIVE_RESIDUAL = 1e-3
"""Of the held cells: energies are then exact to about 1e-5."""

Row = dict[str, float]


def cell(row: Row, resolution: int, seed: int) -> np.ndarray:
    angles = [row["thetaX"], row["thetaY"], row["thetaZ"]]
    return spinodoid(row["volFrac"], angles, resolution, WAVES, np.random.default_rng(seed))


def periodic(structure: np.ndarray) -> np.ndarray:
    return homogenise(torch.from_numpy(structure)[None]).stiffness[0].numpy().ravel()[list(PLACES)]


def held(structure: np.ndarray) -> np.ndarray:
    """Cut out of the crystal: nodes on opposite faces are different ones, and none on a face leaves its place."""
    size = len(structure)
    voxel = element(torch.eye(3) / size, isotropic())
    stiffness, strained = voxel.stiffness.numpy(), voxel.strained.numpy()
    corners = np.argwhere(structure)[:, None] + np.array(CORNERS)
    inside = ((corners > 0) & (corners < size)).all(2)
    numbers, nodes = np.unique(np.ravel_multi_index(tuple(corners.T), (size + 1,) * 3).T, return_inverse=True)
    nodes = nodes.reshape(-1, 8)
    free = np.zeros(len(numbers), dtype=bool)
    free[nodes] = inside
    dofs = (3 * nodes[..., None] + np.arange(3)).reshape(-1, 24)
    rows, columns = np.broadcast_arrays(dofs[:, :, None], dofs[:, None, :])
    values = np.broadcast_to(stiffness, (len(dofs), 24, 24))
    moving = np.flatnonzero(free.repeat(3))
    matrix = coo_array((values.ravel(), (rows.ravel(), columns.ravel()))).tocsr()[moving][:, moving]
    inverse = 1 / matrix.diagonal()
    jacobi = LinearOperator(matrix.shape, lambda forces: inverse * forces.ravel())
    loads = np.zeros((3 * len(numbers), 6))
    np.add.at(loads, dofs, stiffness @ strained)
    moved = np.zeros_like(loads)
    for case in range(6):
        moved[moving, case] = cg(matrix, -loads[moving, case], rtol=RELATIVE_RESIDUAL, M=jacobi)[0]
    total = moved[dofs] + strained
    return np.einsum("eai,ab,ebj->ij", total, stiffness, total, optimize=True).ravel()[list(PLACES)]


def say(name: str, values: np.ndarray, form: str) -> None:
    print(f"{name:<28}", *(f"{format(value, form):>7}" for value in values), flush=True)


def compare(rows: list[Row], published: np.ndarray, resolution: int, seeds: int) -> None:
    start = time.process_time()
    found = np.array([[periodic(cell(row, resolution, seed)) for row in rows] for seed in range(seeds)])
    spent = (time.process_time() - start) / (seeds * len(rows))
    correlation = [
        min(np.corrcoef(one[:, part], published[:, part])[0, 1] for one in found) for part in range(len(PLACES))
    ]
    print(f"\n{resolution}^3, {seeds} seeds, {spent:.1f} s a cell")
    say("", np.array(NAMES), "")
    say("correlation, worst seed", np.array(correlation), ".2f")
    say("bias of the sum", found.mean(0).sum(0) / published.sum(0) - 1, "+.0%")
    if seeds > 1:
        say("spread between seeds", np.sqrt(found.var(0, ddof=1).mean(0)) / found.mean((0, 1)), ".0%")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--resolutions", type=int, nargs="*", default=[48, 64])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--held", type=int, default=36)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with arguments.file.open() as file:
        table = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    rows = [table[place] for place in np.linspace(0, len(table) - 1, arguments.rows, dtype=int)]
    published = np.array([[row[f"stiffness{place}"] for place in PLACES] for row in rows])
    for resolution in arguments.resolutions:
        compare(rows, published, resolution, arguments.seeds)
    if arguments.held:
        print(f"\n{arguments.held}^3, as shares of the published values")
        say("", np.array(NAMES), "")
        for row, truth in zip(rows, published, strict=True):
            structure = cell(row, arguments.held, 0)
            parameters = ", ".join(f"{row[name]:.3g}" for name in ("volFrac", "thetaX", "thetaY", "thetaZ"))
            for name, solve in (("periodic", periodic), ("held", held)):
                say(f"{parameters} {name}", solve(structure) / truth, ".2f")


if __name__ == "__main__":
    main()

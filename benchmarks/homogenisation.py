"""The stiffness of 48^3 cells by `zoo_mechanics` and by its peers, at equal error, on one thread.

    python benchmarks/homogenisation.py [--resolution 48] [--shells 5] [--error 1e-3]
    python benchmarks/homogenisation.py --trusses 10 --resolution 32 48 64 96 128 [--nets rcsr.arc]

Peers are scipy (assembled, conjugate gradients with Jacobi's preconditioner, one case at a time) and, if they are
installed (`pip install pyamg muGrid`), pyamg (the same matrix, smoothed aggregation with the rigid motions, conjugate
gradients) and muGrid's matrix-free C++ kernels with the discrete Green operator, in double precision and for all six
cases. Peers stop on the residual and do not know their error: each is given, in its favour, the loosest of the
tolerances 3e-1, 1e-1, 3e-2, ... that meets `--error`, and only that is timed, assembly or set-up included. Errors are
the largest |C_ij - D_ij| / sqrt(D_ii D_jj), D being ours in double precision to 1e-8. Times are of the processor, the
shortest of three runs, so that other work on the machine counts less; none is spared what cells of one lattice share.

With `--trusses`, ours alone: medians over so many cells of our MetaTruss, and as many nets, evenly spaced, of a `.arc`
file on their own lattices, and over all; errors up to 48^3, and the memory that the process has had at its peak.
"""

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import torch
from scipy.sparse import coo_array
from scipy.sparse.linalg import LinearOperator, cg

from zoo import ZooError
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.element import CORNERS, element
from zoo_mechanics.homogenisation.green import _cached_inverse
from zoo_mechanics.homogenisation.solve import Homogenised, homogenise
from zoo_voxels.components.importers.crystal_graphs import ArcNets
from zoo_voxels.generation.crystal_nets import candidates as candidates_of_nets
from zoo_voxels.generation.nets import Net
from zoo_voxels.generation.shells import candidates
from zoo_voxels.generation.struts import voxelise

TOLERANCES = (3e-1, 1e-1, 3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4)
RUNS = 3
Found = TypeVar("Found")
EXACT = 48
"""The finest grid on which errors are measured."""
PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))


def by_scipy(cell: np.ndarray, tolerance: float) -> np.ndarray:
    mesh = Assembled(cell)
    inverse = 1 / mesh.matrix.diagonal()
    jacobi = LinearOperator(mesh.matrix.shape, lambda forces: inverse * forces.ravel())
    return mesh.stiffness([cg(mesh.matrix, load, rtol=tolerance, M=jacobi)[0] for load in mesh.loads.T])


def by_pyamg(cell: np.ndarray, tolerance: float) -> np.ndarray:
    import pyamg

    # One node is held: on a matrix that shifts make singular, multigrid cycles do not stay positive.
    mesh = Assembled(cell)
    levels = pyamg.smoothed_aggregation_solver(mesh.matrix[3:, 3:].tobsr((3, 3)), B=mesh.rigid[3:])
    found = [levels.solve(load[3:], tol=tolerance, accel="cg", maxiter=1000) for load in mesh.loads.T]
    return mesh.stiffness([np.pad(moved, (3, 0)) for moved in found])


class Assembled:
    """The sparse matrix of a cell's solid voxels, and the loads of the six unit strains."""

    def __init__(self, cell: np.ndarray) -> None:
        size = cell.shape[0]
        voxel = element(torch.eye(3) / size, isotropic())
        solid = np.argwhere(cell)
        corners = [np.ravel_multi_index(tuple(((solid + np.array(c)) % size).T), cell.shape) for c in CORNERS]
        used, nodes = np.unique(np.stack(corners, 1), return_inverse=True)
        self.dofs = (3 * nodes.reshape(-1, 8)[..., None] + np.arange(3)).reshape(-1, 24)
        rows, columns = np.broadcast_arrays(self.dofs[:, :, None], self.dofs[:, None, :])
        self.voxel, self.strained = voxel.stiffness.numpy(), voxel.strained.numpy()
        values = np.broadcast_to(self.voxel, (len(self.dofs), 24, 24))
        self.matrix = coo_array((values.ravel(), (rows.ravel(), columns.ravel()))).tocsr()
        self.loads = np.zeros((self.matrix.shape[0], 6))
        np.add.at(self.loads, self.dofs, -self.voxel @ self.strained)
        place = np.stack(np.unravel_index(used, cell.shape), 1) / size - 0.5
        turns = np.cross(np.eye(3), place[:, None]).swapaxes(1, 2)
        self.rigid = np.concatenate([np.broadcast_to(np.eye(3), turns.shape), turns], 2).reshape(-1, 6)

    def stiffness(self, displacements: list[np.ndarray]) -> np.ndarray:
        total = np.stack(displacements, 1)[self.dofs] + self.strained
        return np.einsum("eai,ab,ebj->ij", total, self.voxel, total, optimize=True)


def by_mugrid(cell: np.ndarray, tolerance: float) -> np.ndarray:
    import muGrid
    from muGrid.Preconditioners import make_reference_stiffness_preconditioner
    from muGrid.Solvers import conjugate_gradients

    size = cell.shape[0]
    spacing = [1 / size] * 3
    base = isotropic()
    lame, shear = float(base[0, 1]), float(base[3, 3])
    engine = muGrid.FFTEngine(list(cell.shape), nb_ghosts_left=[1] * 3, nb_ghosts_right=[1] * 3)
    kernel = muGrid.IsotropicStiffnessOperator3D(spacing)
    first, second = engine.real_space_field("lambda"), engine.real_space_field("mu")
    for field, value in ((first, lame), (second, shear)):
        field.s[...] = value * cell
        engine.communicate_ghosts(field)
    load, found = engine.real_space_field("load", components=(3,)), engine.real_space_field("u", components=(3,))
    green = make_reference_stiffness_preconditioner(
        engine, element=muGrid.FEMElement.q1, grid_spacing=spacing, lambda_ref=lame, mu_ref=shear
    )

    def apply(displacement: object, force: object) -> None:
        engine.communicate_ghosts(displacement)
        kernel.apply(displacement, first, second, force)

    columns = []
    for i, j in PAIRS:
        strain = np.zeros((3, 3))
        strain[i, j] += 0.5
        strain[j, i] += 0.5
        kernel.apply_macro_rhs(first, second, strain.ravel().tolist(), load)
        load.s[...] *= -1
        found.s[...] = 0
        conjugate_gradients(
            engine.communicator, engine.real_space_collection, load, found, apply, green, rtol=tolerance
        )
        engine.communicate_ghosts(found)
        stress = np.reshape(kernel.average_stress(found, first, second, strain.ravel().tolist()), (3, 3))
        columns.append([stress[a, b] for a, b in PAIRS])
    return np.array(columns)


def ours(cell: np.ndarray, tolerance: float, lattice: torch.Tensor | None = None) -> Homogenised:
    return homogenise(torch.from_numpy(cell)[None], lattice, tolerance=tolerance)


def timed(solve: Callable[[], Found]) -> tuple[float, Found]:
    seconds = []
    for _ in range(RUNS):
        _cached_inverse.cache_clear()
        start = time.process_time()
        found = solve()
        seconds.append(time.process_time() - start)
    return min(seconds), found


def relative_error(stiffness: np.ndarray, truth: np.ndarray) -> float:
    scale = np.sqrt(np.outer(truth.diagonal(), truth.diagonal()))
    return float((np.abs(stiffness - truth) / scale).max())


def cells(resolution: int, shells: int) -> dict[str, np.ndarray]:
    x, y, z = np.meshgrid(*[(np.arange(resolution) + 0.5) / resolution - 0.5] * 3, indexing="ij")
    turns = [2 * np.pi * axis for axis in (x, y, z)]
    gyroid = sum(np.sin(turns[i]) * np.cos(turns[(i + 1) % 3]) for i in range(3))
    points = np.stack([x, y, z], -1)
    axes = [np.array([1, a, b]) / 3**0.5 for a in (-1, 1) for b in (-1, 1)]
    struts = np.min([np.linalg.norm(np.cross(points, axis), axis=-1) for axis in axes], 0)
    named = {"gyroid": abs(gyroid) < 0.5, "body-centred truss": struts < 0.08}
    return named | {f"shell {item}": next(candidates(item, resolution, 7)).cell for item in range(shells)}


def trusses(count: int, nets: Path | None) -> dict[str, list[tuple[Net, Literal["fractional", "real"]]]]:
    found: dict[str, list[tuple[Net, Literal["fractional", "real"]]]]
    found = {"MetaTruss": [(next(candidates_of_nets(item, 0)).net, "fractional") for item in range(count)]}
    if nets is not None:
        importer = ArcNets()
        entries = list(importer.entries(nets))
        found[nets.stem] = []
        for first in (int((item + 0.5) * len(entries) / count) for item in range(count)):
            readable = (net for entry in entries[first:] if (net := read(importer, entry)) is not None)
            found[nets.stem].append((next(readable), "real"))
    return found


def read(importer: ArcNets, entry: tuple[str, str]) -> Net | None:
    """None for nets of layers, and those that have no placement of their own."""
    try:
        return importer.net(entry)[0]
    except ZooError:
        return None


def alone(
    resolution: int, tolerance: float, name: str, nets: list[tuple[Net, Literal["fractional", "real"]]]
) -> list[float]:
    rows = []
    for net, frame in nets:
        cell = voxelise(net, resolution, frame=frame)
        lattice = torch.from_numpy(net.lattice) if frame == "real" else torch.eye(3)
        seconds, found = timed(partial(ours, cell, tolerance, lattice))
        error = np.nan
        if resolution <= EXACT:
            truth = homogenise(torch.from_numpy(cell)[None].double(), lattice, tolerance=1e-6).stiffness[0].numpy()
            error = relative_error(found.stiffness[0].double().numpy(), truth)
        rows.append((seconds, int(found.iterations), error))
    seconds, iterations, errors = np.array(rows).T
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name:<12}{resolution:>4}^3  {np.median(seconds):>7.3f} s, at most {seconds.max():.3f};", end=" ")
    print(f"{np.median(iterations):.1f} iterations, at most {iterations.max():.0f};", end=" ")
    print(f"error at most {errors.max():.1e}; {memory:.2f} GB", flush=True)
    return seconds.tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resolution", type=int, nargs="+", default=[48])
    parser.add_argument("--shells", type=int, default=5)
    parser.add_argument("--error", type=float, default=1e-3)
    parser.add_argument("--trusses", type=int, default=0)
    parser.add_argument("--nets", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.trusses:
        for resolution in arguments.resolution:
            times = []
            for name, nets in trusses(arguments.trusses, arguments.nets).items():
                times += alone(resolution, arguments.error, name, nets)
            print(f"{'all':<12}{resolution:>4}^3  {np.median(times):>7.3f} s", flush=True)
        return
    peers = {"scipy": by_scipy}
    for name, solve in (("pyamg", by_pyamg), ("muGrid", by_mugrid)):
        if importlib.util.find_spec(name):
            peers[name] = solve
        else:
            print(f"{name} is not installed, and left out.")
    print(f"{'cell':<20}{'solid':>7}{'ours s':>9}{'its':>5}{'error':>9}", *(f"{name:>22}" for name in peers))
    mine, ratios = [], {name: [] for name in peers}
    for name, cell in cells(arguments.resolution[0], arguments.shells).items():
        seconds, found = timed(partial(ours, cell, arguments.error))
        truth = homogenise(torch.from_numpy(cell)[None].double(), tolerance=1e-8).stiffness[0].numpy()
        error = relative_error(found.stiffness[0].double().numpy(), truth)
        line = f"{name:<20}{cell.mean():>7.3f}{seconds:>9.3f}{int(found.iterations):>5}{error:>9.1e}"
        for peer, solve in peers.items():
            met = (tol for tol in TOLERANCES if relative_error(solve(cell, tol), truth) <= arguments.error)
            tolerance = next(met, None)
            if tolerance is None:
                line += f"{'not reached':>22}"
                continue
            theirs, _ = timed(partial(solve, cell, tolerance))
            ratios[peer].append(theirs / seconds)
            line += f"{theirs:>9.2f} s {ratios[peer][-1]:>8.1f}x"
        mine.append(seconds)
        print(line, flush=True)
    print(f"median: {np.median(mine):.3f} s a cell;", *(f"{np.median(r):.1f}x {name}" for name, r in ratios.items()))


if __name__ == "__main__":
    main()

"""Trusses as frames of beams and as voxels: what they differ by, and what either costs.

    python benchmarks/beams.py [--finest 96] [--nets 200] [--catalogue FILE]

For each truss, by radius of the struts as a share of the longest edge of the cell: the volume fraction and the
relative density of the beams, which counts joints once for each strut; then, for C11, C44 and the Voigt averages K and
G, the stiffness of voxels on ever finer grids, and extrapolated at first order, over that of beams. As a coarse grid
makes struts thicker or thinner than they should be, beams have the radius that makes the volume of the voxels. Then the
time of a net of our edition of MetaTruss, alone and in batches, beside that of 48^3 voxels of the same. Times are of
the processor, on one thread. With a catalogue of nets, in any format that `zoo beams` reads, it compares those only.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from zoo_mechanics.beams import frames, homogenise_beams
from zoo_mechanics.elasticity.moduli import voigt_average
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_voxels import read_nets
from zoo_voxels.generation.crystal_nets import candidates
from zoo_voxels.generation.nets import Net, net
from zoo_voxels.generation.struts import voxelise

PARTS = ("C11", "C44", "K", "G")
EXACT = 250
"""A grid on which the volume of struts is as good as exact."""


def cubic() -> dict[str, Net]:
    """In their conventional cells, so that voxels are cubes."""
    corner, centre = [0, 0, 0], [0.5, 0.5, 0.5]
    diagonals = [[a - 1, b - 1, c - 1] for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    faces = [corner, [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    bars = {}
    for i, start in enumerate(faces):
        for j, end in enumerate(faces):
            for shift in np.ndindex(3, 3, 3):
                moved = np.array(shift) - 1
                if abs(np.linalg.norm(end + moved - np.array(start)) - 0.5**0.5) < 1e-9:
                    bars[i, j, *moved] = None
    rows = np.array(list(bars))
    return {
        "simple cubic": net("simple cubic", np.eye(3), [corner], [[0, 0]] * 3, np.eye(3)),
        "body-centred": net("body-centred", np.eye(3), [corner, centre], [[0, 1]] * 8, diagonals),
        "octet": net("octet", np.eye(3), faces, rows[:, :2], rows[:, 2:]),
    }


def compare(name: str, one: Net, radius: float, grids: list[int]) -> None:
    lattice = torch.from_numpy(one.lattice)
    longest = float(lattice.norm(dim=1).max())
    bars, fill = frames([one]), voxelise(one, EXACT, radius, "real").mean()
    ratios = []
    for grid in grids:
        cell = voxelise(one, grid, radius, "real")
        voxels = homogenise(torch.from_numpy(cell)[None], lattice).stiffness[0]
        alike = torch.tensor([radius * longest * (cell.mean() / fill) ** 0.5])
        ratios.append(parts(voxels.double()) / parts(homogenise_beams(bars, alike)[0]))
    fine, finest = grids[-2:]
    ratios.append((finest * ratios[-1] - fine * ratios[-2]) / (finest - fine))
    density = float(bars.density(torch.tensor([radius * longest])))
    print(f"{name:<22}{radius:>7.3f}{fill:>8.3f}{density:>8.3f}", end="")
    for part in range(len(PARTS)):
        print("  ", *(f"{float(ratio[part]):>6.3f}" for ratio in ratios), end="")
    print(flush=True)


def parts(stiffness: torch.Tensor) -> torch.Tensor:
    return torch.stack([stiffness[0, 0], stiffness[3, 3], *voigt_average(stiffness)])


def spent(work, *arguments) -> float:
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--finest", type=int, default=128)
    parser.add_argument("--nets", type=int, default=200)
    parser.add_argument("--catalogue", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    grids = [arguments.finest // 2, arguments.finest * 3 // 4, arguments.finest]
    heads = "".join(f"   {part} at {', '.join(map(str, grids))}, extrapolated" for part in PARTS)
    print(f"{'truss':<22}{'radius':>7}{'solid':>8}{'beams':>8}{heads}")
    if arguments.catalogue is not None:
        for one in read_nets(arguments.catalogue):
            for radius in (0.03, 0.06):
                compare(one.name[:21], one, radius, grids)
        return
    for name, one in cubic().items():
        for radius in (0.03, 0.06, 0.09):
            compare(name, one, radius, grids)
    nets = [next(candidates(item, 0)).net for item in range(arguments.nets)]
    for one in nets[:3]:
        for radius in (0.02, 0.04):
            compare(one.name, one, radius, grids)

    def solve(some: list[Net]) -> None:
        bars = frames(some)
        homogenise_beams(bars, bars.radius(0.01))

    solve(nets[:1])
    alone = [spent(solve, [one]) for one in nets]
    nets.sort(key=lambda one: len(one.vertices))
    batched = sum(spent(solve, nets[i : i + 16]) for i in range(0, len(nets), 16)) / len(nets)
    cells = [torch.from_numpy(voxelise(one, 48, 0.06, "real"))[None] for one in nets[::20]]
    voxels = [
        spent(homogenise, cell, torch.from_numpy(one.lattice)) for cell, one in zip(cells, nets[::20], strict=True)
    ]
    print(f"{len(nets)} nets, medians of {np.median([len(one.vertices) for one in nets]):.0f} joints and", end=" ")
    print(
        f"{np.median([len(one.edges) for one in nets]):.0f} bars: median {1e3 * np.median(alone):.1f} ms a net,",
        end=" ",
    )
    print(f"mean {1e3 * np.mean(alone):.1f} ms, {1e3 * batched:.1f} ms in batches of 16;", end=" ")
    print(f"48^3 voxels {np.median(voxels):.2f} s: {np.median(voxels) / np.median(alone):.0f}x")


if __name__ == "__main__":
    main()

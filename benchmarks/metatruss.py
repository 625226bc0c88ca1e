"""Making truss cells: what each step takes, beside the same in plain numpy or Python on the same nets.

    python benchmarks/metatruss.py [--nets 20] [--resolution 48] [--seed 0]

Both ways must give the same. One thread; processor time, so that other work on the machine counts little.
"""

import argparse
import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from zoo_voxels.components.metatruss import MetaTruss
from zoo_voxels.generation.crossings import crowded
from zoo_voxels.generation.crystal_nets import ANGLE, CLEARANCE, candidates
from zoo_voxels.generation.nets import Net
from zoo_voxels.generation.struts import RADIUS, voxelise
from zoo_voxels.generation.topology import SHELLS, coordination_sequences

CELLS = np.array(list(itertools.product((-1, 0, 1), repeat=3)))


def plain_voxelise(net: Net, resolution: int) -> np.ndarray:
    """Every bar of the cells around, if its box reaches into the cell, against every voxel centre."""
    axis = (np.arange(resolution) + 0.5) / resolution
    centres = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)
    cell = np.zeros((resolution,) * 3, dtype=bool)
    for start, end in zip(*net.bars(), strict=True):
        span = end - start
        for image in itertools.product(range(-2, 3), repeat=3):
            low, high = np.minimum(start, end) + image, np.maximum(start, end) + image
            if (high < -RADIUS).any() or (low > 1 + RADIUS).any():
                continue
            gap = centres - (start + image)
            t = np.clip(gap @ span / (span @ span), 0, 1)
            cell |= ((gap - t[..., None] * span) ** 2).sum(-1) < RADIUS**2
    return cell


def plain_crowded(net: Net) -> bool:
    """Every bar against every bar of the cells around: all pairs at once."""
    start, end = net.bars()
    one = ((end - start) @ net.lattice)[:, None, None]
    other = ((end - start) @ net.lattice)[None, :, None]
    gap = (start[None, :, None] + CELLS - start[:, None, None]) @ net.lattice
    a, b, c = (one * one).sum(-1), (one * other).sum(-1), (other * other).sum(-1)
    d, e = (one * gap).sum(-1), (other * gap).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        s, t = (d * c - e * b) / (a * c - b * b), (d * b - e * a) / (a * c - b * b)
    inside = (a * c - b * b > 1e-12 * a * c) & (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
    pairs = [(np.where(inside, s, 0.0), np.where(inside, t, 0.0))]
    pairs += [(np.clip((d + k * b) / a, 0, 1), k) for k in (0.0, 1.0)]
    pairs += [(k, np.clip((k * b - e) / c, 0, 1)) for k in (0.0, 1.0)]
    square = (gap * gap).sum(-1)
    distances = [square + s * (s * a - 2 * d) + t * (t * c + 2 * e) - 2 * s * t * b for s, t in pairs]
    least = np.where(inside, distances[0], np.minimum.reduce(distances[1:]))
    (i, j), (p, q) = net.edges.T[:, :, None, None], net.edges.T[:, None, :, None]
    shift, far = net.shifts[:, None, None], CELLS + net.shifts[None, :, None]
    cells = np.broadcast_to(CELLS, far.shape)
    alike = [(i == p) & (cells == 0).all(-1), (j == q) & (far == shift).all(-1)]
    crosswise = [(j == p) & (cells == shift).all(-1), (i == q) & (far == 0).all(-1)]
    same = (alike[0] & alike[1]) | (crosswise[0] & crosswise[1])
    cosine = b / np.sqrt(a * c)
    sharp = ((alike[0] | alike[1]) & (cosine > np.cos(np.radians(ANGLE)))) | (
        (crosswise[0] | crosswise[1]) & (-cosine > np.cos(np.radians(ANGLE)))
    )
    touching = alike[0] | alike[1] | crosswise[0] | crosswise[1]
    return bool((sharp & ~same).any() or ((least < CLEARANCE**2) & ~touching).any())


def plain_sequences(net: Net) -> list[list[int]]:
    """Breadth first, with sets."""
    around: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in net.vertices]
    for (i, j), shift in zip(net.edges.tolist(), net.shifts.tolist(), strict=True):
        around[i].append((j, tuple(shift)))
        around[j].append((i, tuple(-k for k in shift)))
    found = []
    for vertex in range(len(net.vertices)):
        before, shell = set(), {(vertex, 0, 0, 0)}
        sizes = []
        for _ in range(SHELLS):
            reached = {(j, x + dx, y + dy, z + dz) for i, x, y, z in shell for j, (dx, dy, dz) in around[i]}
            before, shell = shell, reached - shell - before
            sizes.append(len(shell))
        found.append(sizes)
    return found


def seconds(work: Callable[[Net], Any], nets: list[Net]) -> tuple[float, list[Any]]:
    start = time.process_time()
    results = [work(net) for net in nets]
    return (time.process_time() - start) / len(nets), results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nets", type=int, default=20)
    parser.add_argument("--resolution", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    nets = [next(candidates(item, arguments.seed)).net for item in range(arguments.nets)]
    steps: dict[str, tuple[Callable[[Net], Any], Callable[[Net], Any]]] = {
        "voxels": (lambda n: voxelise(n, arguments.resolution), lambda n: plain_voxelise(n, arguments.resolution)),
        "crossings": (lambda n: crowded(n, CLEARANCE, ANGLE), plain_crowded),
        "topology": (lambda n: coordination_sequences(n).tolist(), plain_sequences),
    }
    print(f"{'step':<12}{'ours, ms':>10}{'plain, ms':>12}{'ratio':>8}")
    for name, (ours, plain) in steps.items():
        ours(nets[0])  # compiles what is not compiled yet
        fast, results = seconds(ours, nets)
        slow, expected = seconds(plain, nets)
        for net, result, wanted in zip(nets, results, expected, strict=True):
            assert np.array_equal(result, wanted), f"{name}: the two ways differ on {net.name}"
        print(f"{name:<12}{1e3 * fast:10.3f}{1e3 * slow:12.1f}{slow / fast:8.0f}")
    count = 50 * arguments.nets
    dataset = MetaTruss(arguments.resolution, count, arguments.seed)
    start = time.process_time()
    made = [dataset.make(range(count))]
    between = time.process_time()
    list(dataset.settle(iter(made)))
    print(f"{count:,} cells: {1e3 * (between - start) / count:.2f} ms each to make, shared among processes,")
    print(f"and {1e3 * (time.process_time() - between) / count:.2f} ms to see that no topology comes twice, in one.")


if __name__ == "__main__":
    main()

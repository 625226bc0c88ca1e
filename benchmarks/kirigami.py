"""Crossings of a million cells: compiled code and torch beside a plain numpy way, in the same run.

    python benchmarks/kirigami.py [--cells 1000000] [--beta 60]

The numpy way writes the signed overlap of `cuts.overlap` with whole arrays, 20,000 cells at a time, as fits a
cache best. All ways must count the same.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from zoo_kirigami.cuts.geometry import CUT_LENGTH, OFFSETS, base_angles, crossings
from zoo_kirigami.cuts.overlap import crossing_flags

AT_ONCE = 20_000


def with_numpy(angles: np.ndarray) -> np.ndarray:
    """Crossings [B] of angles [B, n, n]."""
    counts = []
    for part in np.array_split(angles, max(1, len(angles) // AT_ONCE)):
        radians = np.deg2rad(part.astype(np.float64))
        x, y = np.sin(radians), np.cos(radians)
        count = np.zeros(len(part), np.int64)
        for down, right in OFFSETS:
            p, q = (np.roll(component, (-down, -right), (1, 2)) for component in (x, y))
            reach = CUT_LENGTH / 2 * np.abs(x * q - y * p)
            count += (reach > np.maximum(np.abs(right * y + down * x), np.abs(right * q + down * p))).sum((1, 2))
        counts.append(count)
    return np.concatenate(counts)


def with_torch(angles: np.ndarray, device: str) -> np.ndarray:
    """The same on a device, copies included."""
    parts = torch.from_numpy(angles).split(AT_ONCE)
    return torch.cat([crossing_flags(part.to(device)).sum((1, 2, 3)) for part in parts]).cpu().numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--beta", type=float, default=60.0)
    wanted = parser.parse_args()
    rng = np.random.default_rng(0)
    angles = (base_angles(6) + rng.uniform(-wanted.beta, wanted.beta, (wanted.cells, 6, 6))).astype(np.float32)
    ways: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "numpy": with_numpy,
        "zoo, compiled": crossings,
        "zoo, torch on cpu": lambda cells: with_torch(cells, "cpu"),
    }
    if torch.cuda.is_available():
        ways["zoo, torch on cuda"] = lambda cells: with_torch(cells, "cuda")
    counted, seconds = {}, {}
    for name, way in ways.items():
        way(angles[:1000])
        start = time.perf_counter()
        counted[name] = way(angles)
        seconds[name] = time.perf_counter() - start
    print(f"{wanted.cells:,} cells at {wanted.beta:g} degrees, {torch.get_num_threads()} threads for torch")
    for name in ways:
        same = "same counts" if np.array_equal(counted[name], counted["numpy"]) else "OTHER COUNTS"
        print(f"{name:<20} {seconds[name]:7.2f} s  {seconds['numpy'] / seconds[name]:6.1f} x numpy  {same}")


if __name__ == "__main__":
    main()

"""Signed distances of periodic cells: all at once and up to a bound, beside SciPy's exact transform, cell by cell.

    python benchmarks/distances.py [--resolution 24] [--cells 256]

SciPy's transform knows no period, so that its cells are wrapped by as many voxels as the bound needs, the least that
gives the same distances. Then what a cell costs to encode and to decode with 11 modes. Times are of the processor, on
one thread; cells are those where a smooth random field is positive.
"""

import argparse
import math
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt, gaussian_filter

from zoo import Structure
from zoo_spectral.components.spectral_distance import SpectralDistance
from zoo_spectral.fields.distances import signed_distances

CLIP = 0.125
T = TypeVar("T")


def by_scipy(solid: np.ndarray, bound: float) -> np.ndarray:
    wrap = math.ceil(bound + 0.5)
    inner = (slice(wrap, -wrap),) * 3
    distances = []
    for cell in solid:
        wrapped = np.pad(cell, wrap, mode="wrap")
        signed = distance_transform_edt(wrapped) - distance_transform_edt(~wrapped)
        distances.append(np.clip(signed - 0.5 * np.sign(signed), -bound, bound)[inner])
    return np.stack(distances)


def timed(work: Callable[[], T], repeats: int = 3) -> tuple[T, float]:
    spent = []
    for _ in range(repeats):
        started = time.process_time()
        result = work()
        spent.append(time.process_time() - started)
    return result, min(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--resolution", type=int, default=24)
    parser.add_argument("--cells", type=int, default=256)
    given = parser.parse_args()
    torch.set_num_threads(1)
    rng, shape = np.random.default_rng(0), (given.resolution,) * 3
    width = given.resolution / 12
    fields = [gaussian_filter(rng.normal(size=shape), width, mode="wrap") for _ in range(given.cells)]
    solid = np.stack(fields) > 0
    cells, bound = torch.from_numpy(solid), CLIP * given.resolution
    ours, seconds = timed(lambda: signed_distances(cells, bound))
    theirs, scipy_seconds = timed(lambda: by_scipy(solid, bound), 1)
    encoder = SpectralDistance(Structure(shape, 0.0, 1.0), clip=CLIP)
    latents, encoding = timed(lambda: encoder.encode(cells.float()).mean)
    _, decoding = timed(lambda: encoder.decode(latents))
    print(f"{given.cells} cells of {given.resolution}^3, bound {bound:g} voxels; milliseconds a cell")
    print(f"largest difference from SciPy  {np.abs(ours.numpy() - theirs).max():.1e} voxels")
    for name, spent in (("ours", seconds), ("SciPy", scipy_seconds), ("encode", encoding), ("decode", decoding)):
        print(f"{name:8} {1e3 * spent / given.cells:8.3f}  {spent / seconds:6.1f} x")


if __name__ == "__main__":
    main()

"""How many planted copies the search modulo shifts and symmetries finds, beside the search for plain overlap.

    python benchmarks/recall.py [--dataset metashell] [--resolution 48] [--count 2000] [--copies 60] [--flipped 0.02]

Copies of training cells are shifted, turned and reflected at random, as they are and with a share of their voxels
flipped. Printed are how many have the cell they were made from as the likest, the lowest IoU found, how many have it
first by plain IoU, and how many among the first 50.
"""

import argparse
import time

import numpy as np
import torch

from zoo.data.opening import open_data
from zoo_voxels.likeness.likest import likest, packed_descriptors, unpacked
from zoo_voxels.likeness.neighbours import nearest, overlaps, pack
from zoo_voxels.likeness.symmetries import SYMMETRIES, moved


def disguised(cells: np.ndarray, flipped: float, rng: np.random.Generator) -> np.ndarray:
    """Each cell under a random symmetry and shift, with a share of its voxels flipped."""
    turned = [moved(cell, SYMMETRIES[rng.integers(48)]) for cell in cells]
    shifted = [np.roll(cell, rng.integers(0, cell.shape[0], 3), (0, 1, 2)) for cell in turned]
    return np.stack(shifted) ^ (rng.random(cells.shape) < flipped)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="metashell")
    parser.add_argument("--resolution", type=int, default=48)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--copies", type=int, default=60)
    parser.add_argument("--flipped", type=float, default=0.02)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = open_data({"use": arguments.dataset, "resolution": arguments.resolution, "count": arguments.count})
    rotated = data.train.packed()
    originals = data.train.originals
    upright, shape = rotated[originals], data.domain.structure.shape
    described = packed_descriptors(upright, shape)
    rng = np.random.default_rng(0)
    sources = rng.choice(len(upright), arguments.copies, replace=False)
    for flipped in (0.0, arguments.flipped):
        copies = disguised(unpacked(upright[sources], shape), flipped, rng)
        packed = pack(copies)
        leader = np.searchsorted(originals, nearest(packed, rotated)[0], side="right") - 1
        started = time.process_time()
        index, overlap = likest(copies, upright, described, [leader])
        each = (time.process_time() - started) / len(copies)
        plain = np.argsort(-overlaps(packed, upright), axis=1, kind="stable")
        print(
            f"{len(upright):,} of {arguments.dataset}, {arguments.resolution}^3, {flipped:.0%} flipped: "
            f"{np.count_nonzero(index == sources)} of {len(copies)} found, IoU {overlap.min():.3f} at least; by plain "
            f"IoU {np.count_nonzero(plain[:, 0] == sources)} first, "
            f"{np.count_nonzero((plain[:, :50] == sources[:, None]).any(1))} in 50; {1000 * each:.1f} ms of a core each"
        )


if __name__ == "__main__":
    main()

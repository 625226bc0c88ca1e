"""How long all scores of a set of voxel cells take, but for finite elements.

    python benchmarks/evaluation.py [--dataset metashell] [--count 12500] [--cells 1000] [--profile]

The training set has all rotations: 60,000 cells of `--count 12500`. Scored are as many cells of four kinds: held-out
ones, training cells of which 2 % of the voxels are flipped, mirrored ones and unions of two. Printed are seconds of
the processor, of all threads together, and seconds by the clock; those that shifts and symmetries take stand apart.
What belongs to the data alone is computed once, for the first set; a run scores held-out cells as a second.
"""

import argparse
import cProfile
import os
import pstats
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

threads = int(os.environ.setdefault("OMP_NUM_THREADS", "1"))

import numpy as np  # noqa: E402
import torch  # noqa: E402

from zoo import Noise  # noqa: E402
from zoo.data.opening import Data, open_data  # noqa: E402
from zoo.interfaces.data import Facts  # noqa: E402
from zoo_voxels.components import valid_unique_novel as validity  # noqa: E402
from zoo_voxels.components.trivial import Row, Trivial  # noqa: E402
from zoo_voxels.components.valid_unique_novel import ValidUniqueNovel  # noqa: E402
from zoo_voxels.components.voxel_distribution import VoxelDistribution  # noqa: E402
from zoo_voxels.components.voxel_scores import VoxelScores  # noqa: E402
from zoo_voxels.measures.connectivity import analyse  # noqa: E402

EVALUATORS = {
    "voxel-scores, paper": lambda: VoxelScores("paper"),
    "voxel-scores, released": lambda: VoxelScores("released"),
    "valid-unique-novel": ValidUniqueNovel,
    "voxel-distribution": VoxelDistribution,
}


class Watch:
    """Seconds of the processor and by the clock."""

    def __init__(self) -> None:
        self.processor = self.clock = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        before = time.process_time(), time.perf_counter()
        yield
        self.processor += time.process_time() - before[0]
        self.clock += time.perf_counter() - before[1]

    def line(self, name: str) -> str:
        return f"{name:32} {self.processor:8.2f} s {self.clock:8.2f} s"


def scored(data: Data, count: int) -> np.ndarray:
    """Cells of four kinds, as many of each."""
    rng = np.random.default_rng(0)
    share = count // 4
    flipped = data.train.array(rng.integers(0, len(data.train), share)).astype(bool)
    flipped ^= rng.random(flipped.shape) < 0.02
    kinds = [data.held_out.array(np.arange(count - 3 * share) % len(data.held_out)).astype(bool), flipped]
    rows: tuple[Row, ...] = ("mirrored", "union")
    for row in rows:
        model = Trivial(data.domain.structure, row=row)
        list(model.stages(data))
        kinds.append(model.draw(Noise(0, list(range(share)), torch.device("cpu")), {}).numpy().astype(bool))
    return np.concatenate(kinds).astype(np.uint8)


def watched(watch: Watch, function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        with watch.running():
            return function(*arguments, **named)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="metashell")
    parser.add_argument("--resolution", type=int, default=48)
    parser.add_argument("--count", type=int, default=12_500)
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--profile", action="store_true", help="also name the functions that take longest")
    arguments = parser.parse_args()
    torch.set_num_threads(threads)
    data = open_data({"use": arguments.dataset, "resolution": arguments.resolution, "count": arguments.count})
    data.train.packed(), data.held_out.packed()
    cells = scored(data, arguments.cells)
    for make in EVALUATORS.values():  # Compiled before it is timed.
        make().scores(cells[::100], data, Facts())
    data = open_data({"use": arguments.dataset, "resolution": arguments.resolution, "count": arguments.count})
    symmetric = Watch()
    validity.likest = watched(symmetric, validity.likest)
    validity.repeats = watched(symmetric, validity.repeats)
    print(f"{len(cells):,} cells of {arguments.resolution}^3, {len(data.train):,} to train on, {threads} thread(s)")
    print(f"{'':32} {'processor':>10} {'clock':>10}")
    profile = cProfile.Profile()
    sets = {"first set": cells, "held-out, as a second": data.held_out.array()[: len(cells)]}
    for label, members in sets.items():
        whole, facts = Watch(), Facts()
        symmetric.__init__()  # type: ignore[misc]
        for name, make in EVALUATORS.items():
            watch = Watch()
            if arguments.profile:
                profile.enable()
            with watch.running(), whole.running():
                make().scores(members, data, facts)
            profile.disable()
            print(watch.line(f"  {name}"), flush=True)
        print(symmetric.line("  of which shifts and symmetries"))
        print(whole.line(label), flush=True)
    watch = Watch()
    with watch.running():
        for cell in cells.astype(bool):
            analyse(cell)
    print(watch.line(f"connectivity and rank, {len(cells):,}"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MiB, the part of the mapped data that was read among it")
    if arguments.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()

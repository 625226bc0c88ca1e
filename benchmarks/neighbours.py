"""The search for nearest neighbours against others who compare bits exactly, in the same run.

    python benchmarks/neighbours.py [--dataset metashell] [--count 2000] [--queries 300] [--noise 0.02] [--whole]

Queries are held-out cells, training cells of which a share `--noise` of the voxels is flipped, and their mirror
images, a third each; the database is `--rows` training cells, in all rotations. Every method's neighbours are compared
with those of the first, bit for bit. `pip install usearch numkong` for all rows. Seconds are the processor's, of all
threads together, so that other work on the machine changes them little; pairs are per second of them, so per core. One
thread unless OMP_NUM_THREADS says otherwise; `--whole` then times our search alone with 10,000 queries among all
training cells (60,000 of `--count 12500`).
"""

import argparse
import os
import time
from collections.abc import Callable

threads = int(os.environ.setdefault("OMP_NUM_THREADS", "1"))

import numpy as np  # noqa: E402
import torch  # noqa: E402

from zoo.data.opening import Data, open_data  # noqa: E402
from zoo_voxels.likeness import popcount  # noqa: E402
from zoo_voxels.likeness.neighbours import nearest, pack  # noqa: E402

AT_ONCE = 64

Found = tuple[np.ndarray, np.ndarray]
Method = Callable[[np.ndarray, np.ndarray], Found]


def counted(queries: np.ndarray, database: np.ndarray) -> Found:
    """Our kernel for every pair, as few queries at a time as `nearest` takes."""
    mine, rows = popcount.words(queries), popcount.words(database)
    sizes, row_sizes = popcount.sizes(mine), popcount.sizes(rows)
    index, intersection = np.zeros(len(mine), np.int64), np.full(len(mine), -1)
    union = np.ones(len(mine), np.int64)
    for start in range(0, len(mine), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        best = index[part], intersection[part], union[part]
        popcount.search(mine[part], sizes[part], rows, row_sizes, 0, *best)
    return index, intersection / union


def int8(queries: np.ndarray, database: np.ndarray) -> Found:
    return nearest(queries, database, device=torch.device("cpu"))


def float32(queries: np.ndarray, database: np.ndarray) -> Found:
    mine = torch.from_numpy(np.unpackbits(queries, axis=1)).float()
    index, overlap = np.zeros(len(mine), np.int64), np.full(len(mine), -1.0)
    for start in range(0, len(database), 1024):
        rows = torch.from_numpy(np.unpackbits(database[start : start + 1024], axis=1)).float()
        common = (mine @ rows.T).double()
        ratio = (common / (mine.sum(1)[:, None].double() + rows.sum(1).double() - common)).numpy()
        best = ratio.argmax(1)
        found = ratio[np.arange(len(best)), best]
        nearer = found > overlap
        index[nearer], overlap[nearer] = best[nearer] + start, found[nearer]
    return index, overlap


def usearch(queries: np.ndarray, database: np.ndarray) -> Found:
    from usearch.index import MetricKind, search

    found = search(database, queries, 1, MetricKind.Tanimoto, exact=True, threads=threads)
    return _with_overlap(queries, database, found.keys.ravel().astype(np.int64))


def numkong(queries: np.ndarray, database: np.ndarray) -> Found:
    import numkong as nk

    rows = nk.hammings_pack(database, dtype="uint1")
    index = np.asarray(nk.jaccards_packed(queries, rows)).argmin(1)
    return _with_overlap(queries, database, index)


def _with_overlap(queries: np.ndarray, database: np.ndarray, index: np.ndarray) -> Found:
    near = database[index]
    common, joint = (np.bitwise_count(both).sum(1, dtype=np.int64) for both in (queries & near, queries | near))
    return index, np.where(joint > 0, common / np.maximum(joint, 1), 1.0)


METHODS: dict[str, Method] = {
    "zoo, every pair": counted,
    "zoo, with bounds": nearest,
    "NumKong jaccard": numkong,
    "USearch exact Tanimoto": usearch,
    "torch int8": int8,
    "torch float32": float32,
}


def asked(data: Data, count: int, noise: float) -> np.ndarray:
    """Packed queries, a third of each kind."""
    rng = np.random.default_rng(0)
    some = data.train.array(rng.integers(0, len(data.train), count // 3)).astype(bool)
    flipped = some ^ (rng.random(some.shape) < noise)
    new = data.held_out.array(np.arange(count - 2 * len(some)) % len(data.held_out)).astype(bool)
    return pack(np.concatenate([new, flipped, some[:, ::-1]]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="metashell")
    parser.add_argument("--resolution", type=int, default=48)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--noise", type=float, default=0.02)
    parser.add_argument("--whole", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(threads)
    block = {"use": arguments.dataset, "resolution": arguments.resolution, "count": arguments.count}
    data = open_data(block)
    everything = data.train.packed()
    database = np.asarray(everything[: arguments.rows])
    queries = asked(data, arguments.queries, arguments.noise)
    print(f"{len(queries)} queries, {len(database):,} cells of {arguments.resolution}^3, {threads} thread(s)")
    first: tuple[Found, float] | None = None
    for name, method in METHODS.items():
        try:
            method(queries, database[:256])
        except ImportError:
            print(f"{name:26} not installed")
            continue
        started = time.process_time()
        found = method(queries, database)
        seconds = time.process_time() - started
        first = first or (found, seconds)
        differing = sum(np.count_nonzero(one != other) for one, other in zip(first[0], found, strict=True))
        pairs = len(queries) * len(database) / seconds / 1e6
        verdict = f"differs in {differing} numbers" if differing else "same"
        print(f"{name:26} {seconds:8.3f} s {pairs:8.2f} Mpair/s {seconds / first[1]:8.2f} x  {verdict}")
    if arguments.whole:
        queries = asked(data, 10_000, arguments.noise)
        started = time.process_time(), time.perf_counter()
        nearest(queries, everything)
        seconds, clock = time.process_time() - started[0], time.perf_counter() - started[1]
        pairs = len(queries) * len(everything)
        rate = pairs / seconds / 1e6
        print(f"whole: {pairs:,} pairs in {seconds:.1f} s ({clock:.1f} s by the clock), {rate:.1f} Mpair/s")


if __name__ == "__main__":
    main()

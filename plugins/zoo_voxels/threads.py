"""Work on many cells at once."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

from zoo import shared

S = TypeVar("S")
T = TypeVar("T")


def each(work: Callable[[S], T], items: Iterable[S]) -> list[T]:
    """What `work` returns for each item, in their order, by as many threads as torch uses. It pays where the work is
    numpy's or compiled, which lets other threads run."""
    with ThreadPoolExecutor(torch.get_num_threads()) as threads:
        return list(threads.map(work, items))


def each_together(work: Callable[[S], T], items: Sequence[S]) -> list[T]:
    """`each`, with the items shared out among the processes of a run; each must call it."""
    parts = shared(lambda part: each(work, items[part.start : part.stop]), len(items))
    return [result for part in parts for result in part]

"""The processes that share a run, started by `zoo run --processes`, torchrun or Accelerate's launcher.

They find each other through the launcher's environment variables. Every function works in a lone process too.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds that a failing process waits before it speaks and ends, unless it is the main one and knows the reason."""


def launched() -> bool:
    """Whether a launcher has started this process. Accelerate asks the same question."""
    return "LOCAL_RANK" in os.environ


def index() -> int:
    """The number of this process; the main one is 0."""
    return int(os.environ["RANK"]) if launched() else 0


def count() -> int:
    """How many processes share the run."""
    return int(os.environ["WORLD_SIZE"]) if launched() else 1


def is_main() -> bool:
    """Whether this process is the one that writes and speaks."""
    return index() == 0


def connect(*, cpu: bool = True) -> None:
    """Find the others, where no Accelerator has done so. One may long wait for another at work."""
    if count() > 1:
        from accelerate import PartialState

        PartialState(cpu=cpu, timeout=timedelta(days=7))


def disconnect() -> None:
    """Part from the others, when all is done."""
    if count() > 1:
        from accelerate import PartialState

        PartialState().destroy_process_group()


def agreed(value: T) -> T:
    """The main process's `value`, in every process; each must call it."""
    if count() == 1:
        return value
    import torch.distributed

    box = [value]
    torch.distributed.broadcast_object_list(box, src=0)
    return box[0]


def gathered(value: T) -> list[T]:
    """The `value` of every process, in order, in every process; each must call it."""
    if count() == 1:
        return [value]
    import torch.distributed

    values: list[T] = [value] * count()
    torch.distributed.all_gather_object(values, value)
    return values


def shared(work: Callable[[range], T], length: int) -> list[T]:
    """What `work` returns for the parts of `range(length)`, in order: one part for each process, unless it is empty.

    Every process of a run must call it, as those do in which evaluators are called; each has all results.
    """
    own = range(length * index() // count(), length * (index() + 1) // count())
    return [result for part in gathered([work(own)] if own else []) for result in part]


def wait_for_all() -> None:
    """Go on when every process has come here."""
    if count() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()


def let_others_speak() -> None:
    """Called by a process that is about to fail for a reason that may be another's to tell.

    When one process ends badly its launcher ends the others. Those who merely lost their connection to it, or have the
    same to say, are ended while they wait here.
    """
    if count() > 1:
        time.sleep(PATIENCE / 2 if is_main() else PATIENCE)

"""Locks between runs that want the same work done: one does it, the others wait."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from zoo.errors import ZooError
from zoo.system import processes
from zoo.system.files import cannot_write, clear_unfinished
from zoo.system.progress import console


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Have `folder` to oneself, after waiting until others have left it. What killed runs left half-written goes.

    The main process locks for all processes of its run. The system frees the lock of a process that is killed.
    """
    if not processes.is_main():
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _acquired(folder)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        clear_unfinished(folder)
        yield
    finally:
        lock.release()


@contextmanager
def unless(done: Callable[[], bool], folder: Path) -> Iterator[bool]:
    """Whether the work in `folder` is still to be done, the same answer in all processes of a run. If it is, no other
    run is at it until the block ends."""
    # Only the main process looks: on a network file system others may see what is there at different times.
    needed = processes.agreed(processes.is_main() and not done())
    with ExitStack() as stack:
        if needed:
            stack.enter_context(locked(folder))
            needed = processes.agreed(processes.is_main() and not done())
        yield needed
        processes.wait_for_all()
    if not folder.exists():
        raise ZooError(f"{folder} is not seen by all processes: machines that work together must share a file system.")


def _acquired(folder: Path) -> FileLock:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        console.print(f"waiting for another run, which is at work in {folder}", highlight=False)
        lock.acquire()
    return lock

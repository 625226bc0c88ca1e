"""Shares of work, made by all processes, each kept in a file of its own once made."""

from collections.abc import Callable
from pathlib import Path

from zoo.system import processes
from zoo.system.progress import bar


def make_parts(
    name: str, folder: Path, count: int, size: int, make: Callable[[range, Path], None], *, quiet: bool = False
) -> list[Path]:
    """The files of all parts of `count` items, `size` at a time, in order. `make(items, path)` writes those that are
    not there yet, whole or not at all; whole parts go to processes in turn, so their number changes no part. Returns
    when every process is done."""
    parts = [range(start, min(start + size, count)) for start in range(0, count, size)]
    paths = [folder / f"part-{items.start:09d}.safetensors" for items in parts]
    own = slice(processes.index(), None, processes.count())
    total = sum(len(items) for items in parts[own])
    with bar(name, total, quiet=quiet) as progress:
        for items, path in zip(parts[own], paths[own], strict=True):
            if not path.exists():
                make(items, path)
            progress.advance(len(items))
    processes.wait_for_all()
    return paths


def clear_parts(folder: Path) -> None:
    """Remove the files of parts that have been put together."""
    for path in folder.glob("part-*.safetensors"):
        path.unlink(missing_ok=True)

"""Angle tables as text: one cell a line, its angles row by row, in degrees, between commas."""

import math
from pathlib import Path

import numpy as np

from zoo import ZooError

_SHOWN = 20
"""How many bad lines a message names."""


def read_table(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Angles float32 `[B, *shape]`. ZooError, with the numbers of the lines, for what is no such table."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ZooError(f"{path}: it is no text.") from error
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror or error}.") from error
    cells, problems = [], []
    for number, line in enumerate(lines, 1):
        try:
            cells.append(_cell(line, shape))
        except ZooError as error:
            problems.append(f"{path}: line {number} {error}")
    if len(problems) > _SHOWN:
        problems = [*problems[:_SHOWN], f"and {len(problems) - _SHOWN:,} more."]
    if problems:
        raise ZooError(*problems)
    if not cells:
        raise ZooError(f"{path}: no cells.")
    return np.stack(cells)


def _cell(line: str, shape: tuple[int, ...]) -> np.ndarray:
    try:
        angles = np.array(line.split(","), dtype=np.float32)
    except ValueError:
        raise ZooError("does not hold numbers between commas.") from None
    if angles.size != math.prod(shape):
        wanted = f"a cell of {' x '.join(map(str, shape))} cuts has {math.prod(shape)}"
        raise ZooError(f"holds {angles.size} numbers, and {wanted}.")
    return angles.reshape(shape)


def write_table(cells: np.ndarray, path: Path) -> None:
    """Write angles [B, n, n] with the fewest digits that read back as the same float32."""
    lines = [",".join(str(angle) for angle in cell.ravel()) for cell in cells.astype(np.float32)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

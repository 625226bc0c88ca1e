"""Angle tables as text: one cell a line, its angles row by row, in degrees, between commas."""

import math
from pathlib import Path

import numpy as np

from zoo import ZooError


def read_table(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Angles float32 `[B, *shape]`. ZooError, with the number of the line, for what is no such table."""
    cells = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ZooError(f"{path}: it is no text.") from error
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror or error}.") from error
    for number, line in enumerate(lines, 1):
        try:
            angles = np.array(line.split(","), dtype=np.float32)
        except ValueError as error:
            raise ZooError(f"{path}: line {number} does not hold numbers between commas.") from error
        if angles.size != math.prod(shape):
            wanted = f"a cell of {' x '.join(map(str, shape))} cuts has {math.prod(shape)}"
            raise ZooError(f"{path}: line {number} holds {angles.size} numbers, and {wanted}.")
        cells.append(angles.reshape(shape))
    if not cells:
        raise ZooError(f"{path}: no cells.")
    return np.stack(cells)


def write_table(cells: np.ndarray, path: Path) -> None:
    """Write angles [B, n, n] with the fewest digits that read back as the same float32."""
    lines = [",".join(str(angle) for angle in cell.ravel()) for cell in cells.astype(np.float32)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

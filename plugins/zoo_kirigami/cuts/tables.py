"""Angle tables as text: one cell a line, its angles row by row, in degrees, between commas."""

from pathlib import Path

import numpy as np


def write_table(cells: np.ndarray, path: Path) -> None:
    """Write angles `[B, n, n]` with the fewest digits that read back as the same float32."""
    lines = [",".join(str(angle) for angle in cell.ravel()) for cell in cells.astype(np.float32)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

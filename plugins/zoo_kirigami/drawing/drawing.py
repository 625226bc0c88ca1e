"""Pictures of cut patterns as SVG, for light and dark pages, without scripts, styles or ids that could collide."""

from collections.abc import Sequence
from itertools import product
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoo_kirigami.cuts.geometry import CUT_LENGTH, OFFSETS, crossing_pairs

SHEET, CUT, CROSSING = "#868e96", "#4c8bf5", "#e8590c"
GAP = 0.6
"""Between the cells of a gallery, in units of the lattice."""


def gallery_svg(patterns: ArrayLike, columns: int = 6, pixels: int = 120, cut_length: float = CUT_LENGTH) -> str:
    """Patterns `[B, n, n]` (degrees), row by row, each `pixels` wide, as one SVG."""
    patterns = np.asarray(patterns, dtype=np.float64)
    columns = min(columns, len(patterns))
    rows = -(-len(patterns) // columns)
    step = patterns.shape[-1] + GAP
    width, height = columns * step - GAP, rows * step - GAP
    scale = pixels / patterns.shape[-1]
    cells = [
        _cell(pattern, flags, step * (index % columns), step * (index // columns), cut_length)
        for index, (pattern, flags) in enumerate(zip(patterns, crossing_pairs(patterns, cut_length), strict=True))
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale:.0f}" height="{height * scale:.0f}"'
        f' viewBox="0 0 {width:g} {height:g}" fill="none">{"".join(cells)}</svg>\n'
    )


def svg(width: float, height: float, parts: Sequence[str]) -> str:
    """A whole SVG of lines and text."""
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} fill="none" font-family="sans-serif" font-size="11">'
    return f"{head}{''.join(parts)}</svg>\n"


def label(x: float, y: float, text: str, anchor: str = "start", colour: str = CUT) -> str:
    """Text at a place; `anchor` is "start", "middle" or "end"."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _cell(angles: NDArray[np.float64], flags: NDArray[np.bool_], left: float, top: float, cut_length: float) -> str:
    """A nested SVG, which clips what leaves its box."""
    n = len(angles)
    crossing = _crossing_cuts(flags)
    return (
        f'<svg x="{left:.4g}" y="{top:.4g}" width="{n}" height="{n}" viewBox="0 0 {n} {n}">'
        f'<rect width="{n}" height="{n}" stroke="{SHEET}" stroke-width=".06" fill="{SHEET}" fill-opacity=".1"/>'
        f"{_path(angles, ~crossing, CUT, cut_length)}{_path(angles, crossing, CROSSING, cut_length)}</svg>"
    )


def _crossing_cuts(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cuts `[n, n]` that cross any neighbour, from the flags `[4, n, n]` of the pairs."""
    partners = [np.roll(pair, offset, (0, 1)) for pair, offset in zip(flags, OFFSETS, strict=True)]
    crossing: NDArray[np.bool_] = flags.any(0) | np.any(partners, axis=0)
    return crossing


def _path(angles: NDArray[np.float64], chosen: NDArray[np.bool_], colour: str, cut_length: float) -> str:
    if not chosen.any():
        return ""
    segments = (_segments(angles[i, j], i, j, len(angles), cut_length) for i, j in np.argwhere(chosen))
    lines = "".join(segment for cut in segments for segment in cut)
    return f'<path d="{lines}" stroke="{colour}" stroke-width=".08"/>'


def _segments(angle: float, row: int, column: int, n: int, cut_length: float) -> Sequence[str]:
    """The cut and its periodic images that reach into the cell, as path data; y points down in an SVG."""
    half = 0.5 * cut_length
    dx, dy = half * np.sin(np.deg2rad(angle)), -half * np.cos(np.deg2rad(angle))
    lines = []
    for down, right in product((-n, 0, n), repeat=2):
        x, y = column + 0.5 + right, row + 0.5 + down
        if -abs(dx) < x < n + abs(dx) and -abs(dy) < y < n + abs(dy):
            lines.append(f"M{x - dx:.2f} {y - dy:.2f}l{2 * dx:.2f} {2 * dy:.2f}")
    return lines

"""Figures 5b, 6 and 8: how rotations spread, and those of neighbours together, of samples beside the data."""

import base64
import io
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zoo_kirigami.drawing.drawing import CROSSING, CUT, SHEET, label, svg

Counts = NDArray[np.int64]

COLOURS = (SHEET, CUT, CROSSING, "#2f9e44", "#9c36b5", "#e0a800", "#0c8599", "#c2255c")
"""Colours of the data, and of those that are compared with it."""


def rotations_svg(histograms: Mapping[str, Counts], limit: float) -> str:
    """Shares of rotations from -`limit` to `limit` degrees: the first histogram as bars, the others as outlines in
    turn. All have the same scale."""
    width, height, left = 300.0, 120.0, 8.0
    shares = {name: counts / max(counts.sum(), 1) for name, counts in histograms.items()}
    most = max(float(share.max()) for share in shares.values()) or 1.0
    parts = []
    for number, (name, share) in enumerate(shares.items()):
        colour = COLOURS[number % len(COLOURS)]
        step = width / len(share)
        heights = height * share / most
        if number == 0:
            bars = [f"M{left + i * step:.2f} {height:g}v{-h:.2f}h{step:.2f}v{h:.2f}" for i, h in enumerate(heights)]
            parts.append(f'<path d="{"".join(bars)}" fill="{colour}" fill-opacity=".5"/>')
        else:
            outline = [
                f"{left + (i + end) * step:.2f},{height - h:.2f}" for i, h in enumerate(heights) for end in (0, 1)
            ]
            parts.append(f'<polyline points="{" ".join(outline)}" stroke="{colour}" stroke-width="1.4"/>')
        parts.append(label(left + width + 10, 12 + 15 * number, name, colour=colour))
    for x, degrees in ((0, -limit), (width / 2, 0), (width, limit)):
        parts.append(label(left + x, height + 14, f"{degrees:g}", "middle", SHEET))
    return svg(left + width + 200, height + 20, parts)


def neighbours_svg(histograms: Mapping[str, Counts], limit: float) -> str:
    """Heat maps `[bins, bins]` side by side, rotations from -`limit` (top left) to `limit` degrees, each white for 0
    and dark for its share that is the largest among all."""
    size, gap, top = 150.0, 14.0, 18.0
    shares = {name: counts / max(counts.sum(), 1) for name, counts in histograms.items()}
    most = max(float(share.max()) for share in shares.values()) or 1.0
    parts = []
    for number, (name, share) in enumerate(shares.items()):
        x = number * (size + gap)
        image = base64.b64encode(_png(share / most)).decode()
        parts.append(label(x, top - 5, name, colour=SHEET))
        parts.append(
            f'<image x="{x:g}" y="{top:g}" width="{size:g}" height="{size:g}" style="image-rendering: pixelated" '
            f'href="data:image/png;base64,{image}"/>'
        )
        parts.append(f'<rect x="{x:g}" y="{top:g}" width="{size:g}" height="{size:g}" stroke="{SHEET}"/>')
        parts += [label(x + at, top + size + 14, f"{d:g}", a, SHEET) for at, d, a in _ends(size, limit)]
    return svg(len(shares) * (size + gap) - gap, top + size + 20, parts)


def _ends(size: float, limit: float) -> tuple[tuple[float, float, str], ...]:
    return (0.0, -limit, "start"), (size, limit, "end")


def _png(shares: NDArray[np.float64]) -> bytes:
    """One pixel a bin, white for 0, dark for 1."""
    file = io.BytesIO()
    Image.fromarray(np.uint8(255 - 215 * shares)).save(file, "PNG", optimize=True)
    return file.getvalue()

"""Pictures of a row's latents, which travel with results (the VOXPLOER paper's Table 2)."""

import numpy as np

from zoo.runs.projection import Projection

_WIDTH, _HEIGHT, _EDGE, _TEXT = 360, 260, 6, 18
_COLOURS = ("#2a8f88", "#c4673b", "#6a7fd0")
"""Readable on light and on dark pages: a picture within a page knows nothing of the page's own."""


def latent_picture(projection: Projection) -> str:
    """An SVG of the points; below, what the colours stand for and how much of the variance the plane holds. Both axes
    have one scale."""
    everything = np.concatenate(list(projection.points.values()))
    low, high = everything.min(0), everything.max(0)
    room = np.array([_WIDTH, _HEIGHT]) - 2 * _EDGE
    scale = float((room / np.maximum(high - low, 1e-12)).min())
    parts, kinds = [], []
    for (kind, points), colour in zip(projection.points.items(), _COLOURS, strict=False):
        places = np.rint(np.array([_WIDTH, _HEIGHT]) / 2 + scale * (points - (low + high) / 2) * [1, -1]).astype(int)
        dots = "".join(f"M{x} {y}h0" for x, y in np.unique(places, axis=0).tolist())
        parts.append(
            f'<path d="{dots}" stroke="{colour}" stroke-opacity=".6" stroke-width="4" stroke-linecap="round"/>'
        )
        kinds.append(f'<tspan fill="{colour}">{kind}</tspan>')
    caption = f"{', '.join(kinds)}: {projection.share:.0%} of the variance"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT + _TEXT}" '
        f'font-family="sans-serif" font-size="12" fill="#808286">{"".join(parts)}'
        f'<text x="{_EDGE}" y="{_HEIGHT + 12}">{caption}</text></svg>\n'
    )

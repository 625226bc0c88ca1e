"""Figures 5a and 7: crossings of the cuts of drawn cells in the course of training."""

from collections.abc import Mapping, Sequence

from zoo_kirigami.drawing.drawing import SHEET, label, svg
from zoo_kirigami.drawing.histograms import COLOURS

Curve = Sequence[tuple[float, float]]
"""(epoch, value), in order."""

DASHES = ("5 4", "1.5 4")
"""Of the first level, and of the second."""


def curves_svg(curves: Mapping[str, Curve], levels: Mapping[str, float], what: str) -> str:
    """Curves over epochs, each from 0 to its own last one, and lines at up to two levels: dashed, dotted."""
    left, top, width, height = 44.0, 10.0, 340.0, 200.0
    values = [value for curve in curves.values() for _, value in curve]
    most = max([*values, *levels.values()]) or 1.0
    last = max(epoch for curve in curves.values() for epoch, _ in curve) or 1.0
    parts = [f'<path d="M{left:g} {top:g}v{height:g}h{width:g}" stroke="{SHEET}"/>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(label(left - 5, top + height * (1 - share) + 4, f"{share * most:.3g}", "end", SHEET))
        parts.append(label(left + share * width, top + height + 14, f"{share * last:.4g}", "middle", SHEET))
    parts.append(label(left + width / 2, top + height + 30, f"{what} over epochs", "middle", SHEET))
    for dashes, (name, level) in zip(DASHES, levels.items(), strict=False):
        y = top + height * (1 - level / most)
        parts.append(f'<path d="M{left:g} {y:.1f}h{width:g}" stroke="{SHEET}" stroke-dasharray="{dashes}"/>')
        parts.append(label(left + width + 8, y + 4, name, colour=SHEET))
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[1 + number % (len(COLOURS) - 1)]
        points = [
            f"{left + width * epoch / last:.1f},{top + height * (1 - value / most):.1f}" for epoch, value in curve
        ]
        parts.append(f'<polyline points="{" ".join(points)}" stroke="{colour}" stroke-width="1.6"/>')
        parts.append(label(left, top + height + 48 + 15 * number, name, colour=colour))
    return svg(left + width + 150, top + height + 40 + 15 * len(curves), parts)

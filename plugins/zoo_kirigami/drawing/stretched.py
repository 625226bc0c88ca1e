"""A picture of sheets under tension: their cuts opened, and lines that were straight."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from zoo_kirigami.drawing.drawing import CUT, SHEET
from zoo_kirigami.sheets.displacement import Stretch

_LINES = 2
"""Lines a unit of the lattice."""

_GAP = 0.2
"""Between cells, in units of the lattice."""

_STEPS = 6
"""Points from one line to the next."""


def stretched_svg(stretches: Sequence[Stretch], pixels: int = 480) -> str:
    """Cells side by side as an SVG, each `pixels` wide before it is stretched: holes are left out, lines every half
    unit follow the sheet."""
    cells, left, bottom = [], 0.0, 0.0
    for stretch in stretches:
        side = stretch.cuts.side
        width, height = (pixels * (1 + float(part)) for part in stretch.strain[:2])
        place = f'x="{left:.1f}" width="{width:.1f}" height="{height:.1f}"'
        cells.append(f'<svg {place} viewBox="{_view(stretch)}">{_sheet(stretch)}</svg>')
        left, bottom = left + width + _GAP * pixels / side, max(bottom, height)
    right = left - _GAP * pixels / stretches[-1].cuts.side
    size = f'width="{right:.0f}" height="{bottom:.0f}" viewBox="0 0 {right:.1f} {bottom:.1f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} fill="none">{"".join(cells)}</svg>\n'


def _view(stretch: Stretch) -> str:
    """What of the plane is shown, y downwards: where the sheet's cell comes to lie."""
    left, top, width, height = _box(stretch)
    return f"{left:.4g} {top:.4g} {width:.4g} {height:.4g}"


def _box(stretch: Stretch) -> tuple[float, float, float, float]:
    """Left, top, width, height of the cell once stretched, y downwards."""
    along, across, _ = (1 + float(part) for part in stretch.strain)
    return -along / 2, -across / 2, stretch.cuts.side * along, stretch.cuts.side * across


def _sheet(stretch: Stretch) -> str:
    side, (left, top, width, height) = stretch.cuts.side, _box(stretch)
    border = f"M{left - 1:.3f} {top - 1:.3f}h{width + 2:.3f}v{height + 2:.3f}h{-width - 2:.3f}z"
    period = side * torch.tensor([1.0, 1.0j], dtype=torch.complex128)
    periods = period + stretch.at(torch.zeros(1) + period) - stretch.at(torch.zeros(1, dtype=torch.complex128))
    images = [right * periods[0] + up * periods[1] for right in (-1, 0, 1) for up in (-1, 0, 1)]
    holes = [hole + image for hole in stretch.faces() for image in images]
    shown = [hole for hole in holes if _in_view(hole, left, top, width, height)]
    sheet = border + "".join(f"M{_points(hole)}z" for hole in shown)
    lines = "".join(f"M{_points(line)}" for line in _lines(stretch))
    return (
        f'<path d="{sheet}" fill="{SHEET}" fill-opacity=".35" fill-rule="evenodd" stroke="{CUT}" stroke-width=".02"/>'
        f'<path d="{lines}" stroke="{SHEET}" stroke-width=".015"/>'
    )


def _in_view(hole: Tensor, left: float, top: float, width: float, height: float) -> bool:
    x, y = hole.real, -hole.imag
    return bool(x.max() > left and x.min() < left + width and y.max() > top and y.min() < top + height)


def _points(line: Tensor) -> str:
    return "L".join(f"{float(z.real):.3f} {-float(z.imag):.3f}" for z in line)


def _lines(stretch: Stretch) -> list[Tensor]:
    """Where the lines of a square grid come to lie, interrupted by cuts."""
    side = stretch.cuts.side
    # Between the rows and columns of centres, along which the cuts of the base pattern lie.
    grid = (torch.arange(_LINES * side).double() + 0.5) / _LINES - 0.5
    fine = torch.arange(_LINES * _STEPS * side + 1).double() / (_LINES * _STEPS) - 0.5
    pieces = []
    for fixed in grid:
        across = fixed.expand_as(fine)
        for line in (torch.complex(fine, -across), torch.complex(across, -fine)):
            moved = line + stretch.at(line)
            broken = np.flatnonzero(_crossed(stretch, line)) + 1
            pieces += [part for part in torch.tensor_split(moved, broken.tolist()) if len(part) > 1]
    return pieces


def _crossed(stretch: Stretch, line: Tensor) -> NDArray[np.bool_]:
    """Whether a cut lies between a point of the line `[P]` and the next, `[P - 1]`."""
    cuts = stretch.cuts
    away = line[:, None] - cuts.centres
    away = away - cuts.side * torch.complex(torch.round(away.real / cuts.side), torch.round(away.imag / cuts.side))
    along = away / cuts.tangents[0]
    one, other = along[:-1], along[1:]
    meet = one.real + (other.real - one.real) * one.imag / (one.imag - other.imag)
    near = (other - one).abs() < 1
    through: NDArray[np.bool_] = ((one.imag * other.imag < 0) & (meet.abs() < cuts.half) & near).any(1).numpy()
    return through

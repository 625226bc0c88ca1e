"""The report's figure of sheets in tension."""

from collections.abc import Mapping

import numpy as np
import torch

from zoo import Figure
from zoo_kirigami.cuts.geometry import crossings
from zoo_kirigami.drawing.stretched import stretched_svg
from zoo_kirigami.sheets.displacement import Stretch

STRAIN = 0.08

MAX_SIDE = 8
"""Upper limit on the cuts along the side of a cell: 6 take a second, 12 would take half a minute."""


def tension_figure(sets: Mapping[str, np.ndarray], cut_length: float) -> list[Figure]:
    """The first cell without crossings of each named set `[B, n, n]`, pulled to the right, side by side.

    The caption says which they are, and which set has none. No figure if none has, or if n exceeds `MAX_SIDE`.
    """
    shown, remarks = [], []
    for name, cells in sets.items():
        if cells.shape[-1] > MAX_SIDE:
            return []
        free = np.flatnonzero(crossings(cells, cut_length) == 0)
        if not len(free):
            remarks.append(f"None of the {name} is without crossings: there is no sheet to pull.")
            continue
        shown.append(Stretch.of(torch.from_numpy(cells[free[0]]), 0, STRAIN, length=cut_length))
        along, across, _ = shown[-1].strain.tolist()
        ratio = -across / along
        place = "Left" if len(shown) == 1 else "Next"
        remarks.append(
            f"{place}: number {free[0]} of the {name}, the first without crossings, Poisson's ratio {ratio:.2f}."
        )
    if not shown:
        return []
    what = (
        f"Pulled to the right, by {100 * STRAIN:g} %: cuts open, and lines that were straight move with the sheet. All "
        "as for small strain, in plane stress; nothing buckles."
    )
    picture = stretched_svg(shown, pixels=360)
    return [Figure("tension", " ".join([what, *remarks]), "image/svg+xml", picture.encode())]

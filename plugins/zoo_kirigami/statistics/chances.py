"""Figure 4a: mean crossings of random cells, and the chance of none, for any largest rotation."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, crossings
from zoo_kirigami.cuts.rows import fill
from zoo_kirigami.drawing.drawing import CROSSING, CUT, SHEET, label, svg

AT_ONCE = 5000


class Chances(NamedTuple):
    """Mean crossings of cells whose rotations are drawn evenly, and the chance of none with its standard error."""

    mean_crossings: float
    chance: float
    error: float


def chances(
    max_rotation: float, n: int = 6, count: int = 20_000, seed: int = 0, cut_length: float = CUT_LENGTH
) -> Chances:
    """Both estimates from `count` cells each.

    Crossings are counted in cells drawn evenly. The chance is far too small to be counted: a million cells hold about
    four at 60 degrees. It is estimated by importance sampling instead: cells are filled cut by cut, each even over what
    those before it leave free, and the chance is the mean of the product of the free shares of the range. Where half
    of the range is free for each of 36 cuts, the estimate is as sharp for 1e-6 as for 0.1. It has no bias: a cell that
    comes to a dead end counts as 0.
    """
    rng = np.random.default_rng([seed, 4])
    crossed, shares = [], []
    for start in range(0, count, AT_ONCE):
        shape = (min(AT_ONCE, count - start), n, n)
        uniform = base_angles(n) + max_rotation * rng.uniform(-1, 1, shape)
        crossed.append(crossings(uniform, cut_length))
        filled = fill(torch.from_numpy(rng.random(shape)), max_rotation, cut_length=cut_length)
        log_share = -filled.log_density - n * n * np.log(2 * max_rotation)
        shares.append(torch.where(filled.log_density > -torch.inf, log_share.exp(), 0.0).numpy())
    share = np.concatenate(shares)
    return Chances(float(np.concatenate(crossed).mean()), float(share.mean()), float(share.std() / count**0.5))


def figure_svg(rotations: Sequence[float], found: Sequence[Chances]) -> str:
    """Figure 4a as SVG: mean crossings (blue, left axis) and the chance of none (orange, logarithmic, right axis)."""
    left, top, width, height = 46, 12, 340, 200
    most = max(2.0, 2 * np.ceil(max(c.mean_crossings for c in found) / 2))
    decades = int(np.ceil(-np.log10(min(c.chance for c in found if c.chance > 0)))) or 1
    x = [left + width * rotation / 90 for rotation in rotations]
    means = [top + height * (1 - c.mean_crossings / most) for c in found]
    logs = [top + height * -np.log10(c.chance) / decades if c.chance > 0 else top + height for c in found]
    parts = [f'<path d="M{left} {top}v{height}h{width}v-{height}" stroke="{SHEET}"/>']
    for values, colour in ((means, CUT), (logs, CROSSING)):
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, values, strict=True))
        parts.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="1.6"/>')
    for degrees in range(0, 91, 15):
        parts.append(label(left + width * degrees / 90, top + height + 14, f"{degrees}", "middle", SHEET))
    for tick in np.linspace(0, most, 5):
        parts.append(label(left - 6, top + height * (1 - tick / most) + 3, f"{tick:g}", "end", CUT))
    for power in range(decades + 1):
        y = top + height * power / decades + 3
        parts.append(label(left + width + 6, y, f"1e-{power}" if power else "1", "start", CROSSING))
    middle = left + width / 2
    parts.append(label(middle, top + height + 32, "largest rotation in degrees", "middle", SHEET))
    parts.append(label(left + 8, top + 12, "mean crossings", "start", CUT))
    parts.append(label(left + width - 8, top + 12, "chance of none", "end", CROSSING))
    return svg(430, 252, parts)

"""The method of moving asymptotes (Svanberg 1987), for many variables between 0 and 1 and a handful of constraints.

Each step replaces objective and constraints by sums of p / (u - x) + q / (x - l), which are convex and separable and
have the slopes of the real ones at x. The asymptotes l and u come closer where a variable swings, and move off where it
does not. The replaced problem is solved in its dual, which has a variable for each constraint.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize

Array = NDArray[np.float64]

FIRST_REACH = 0.5
CLOSER, FURTHER = 0.7, 1.2
NEAREST, FURTHEST = 0.01, 10.0
"""How the asymptotes move, and how far off they may be, in units of the range of the variables."""

GAP = 0.1
"""Share of the way to an asymptote that a step leaves."""

PENALTY = 1000.0
"""What a violated constraint costs at most, so that there is always a solution."""


class Terms(NamedTuple):
    """Values `[1 + m]` and slopes `[1 + m, n]` of the objective and of m constraints, which want to be 0 or less."""

    values: Array
    slopes: Array


class MovingAsymptotes:
    """The state of an optimisation of `n` variables; `move` is the most that a variable changes in a step."""

    def __init__(self, n: int, move: float) -> None:
        self.move = move
        self.before = np.full((2, n), np.nan)
        """The variables one and two steps ago."""
        self.reach = np.full((2, n), FIRST_REACH)
        """Distances from the variables down to the lower, and up to the upper asymptote."""

    def step(self, x: Array, terms: Terms) -> Array:
        """The next variables `[n]` after `x`, where the objective and the constraints are as in `terms`."""
        self._move_asymptotes(x)
        low, high = x - self.reach[0], x + self.reach[1]
        least = np.maximum.reduce([np.zeros_like(x), low + GAP * self.reach[0], x - self.move])
        most = np.minimum.reduce([np.ones_like(x), high - GAP * self.reach[1], x + self.move])
        rising, falling = np.maximum(terms.slopes, 0), np.maximum(-terms.slopes, 0)
        p = (1.001 * rising + 0.001 * falling + 1e-5) * self.reach[1] ** 2
        q = (0.001 * rising + 1.001 * falling + 1e-5) * self.reach[0] ** 2
        rest = terms.values - (p / self.reach[1] + q / self.reach[0]).sum(1)
        self.before = np.stack([x, self.before[0]])
        return _solve(p, q, rest, low, high, least, most)

    def _move_asymptotes(self, x: Array) -> None:
        last, earlier = self.before
        swing = np.nan_to_num((x - last) * (last - earlier))
        factor = np.where(swing < 0, CLOSER, np.where(swing > 0, FURTHER, 1.0))
        self.reach = np.clip(factor * self.reach, NEAREST, FURTHEST)


def _solve(p: Array, q: Array, rest: Array, low: Array, high: Array, least: Array, most: Array) -> Array:
    """Minimise term 0 of p / (high - x) + q / (x - low) + rest where all others are 0 or less, at a penalty if need
    be."""

    def best(multipliers: Array) -> tuple[Array, Array, Array]:
        weights = np.concatenate([[1.0], multipliers])
        above, below = np.sqrt(weights @ p), np.sqrt(weights @ q)
        x = np.clip((above * low + below * high) / (above + below), least, most)
        return x, weights, (p / (high - x) + q / (x - low)).sum(1) + rest

    def negative_dual(multipliers: Array) -> tuple[float, Array]:
        _, weights, values = best(multipliers)
        excess = np.maximum(multipliers - PENALTY, 0)
        return float(excess @ excess / 2 - weights @ values), excess - values[1:]

    start = np.ones(len(p) - 1)
    optimum = minimize(
        negative_dual,
        start,
        jac=True,
        bounds=Bounds(0, np.inf),
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-7, "maxiter": 200},
    )
    return best(optimum.x)[0]

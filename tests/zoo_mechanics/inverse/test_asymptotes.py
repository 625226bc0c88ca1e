"""The method of moving asymptotes on problems whose solutions are known."""

import numpy as np
import pytest
from scipy.optimize import minimize

from zoo_mechanics.inverse.asymptotes import Array, MovingAsymptotes, Terms


def test_the_cantilever_of_svanberg() -> None:
    """Svanberg 1987, section 5: weight 1.340 with x = (6.016, 5.309, 4.494, 3.502, 2.153), here from 1 to 10."""
    loads = np.array([61.0, 37.0, 19.0, 7.0, 1.0])
    method, y = MovingAsymptotes(5, move=1.0), np.full(5, 4 / 9)
    for _ in range(20):
        x = 1 + 9 * y
        values = np.array([0.0624 * x.sum(), (loads / x**3).sum() - 1])
        slopes = 9 * np.stack([np.full(5, 0.0624), -3 * loads / x**4])
        y = method.step(y, Terms(values, slopes))
    assert 1 + 9 * y == pytest.approx([6.016, 5.309, 4.494, 3.502, 2.153], abs=2e-3)
    assert 0.0624 * (1 + 9 * y).sum() == pytest.approx(1.340, abs=1e-3)


def test_several_constraints_as_an_independent_method_has_them() -> None:
    rng = np.random.default_rng(0)
    centre, planes = rng.uniform(-0.2, 1.2, 30), rng.normal(size=(3, 30))

    def terms(x: Array) -> Terms:
        values = np.concatenate([[((x - centre) ** 2).sum()], planes @ x + (x**2).sum() / 10 - 1])
        return Terms(values, np.concatenate([2 * (x - centre)[None], planes + x / 5]))

    method, x = MovingAsymptotes(30, move=0.2), np.full(30, 0.5)
    for _ in range(80):
        x = method.step(x, terms(x))
    constraint = {"type": "ineq", "fun": lambda x: -terms(x).values[1:]}
    other = minimize(lambda x: terms(x).values[0], np.full(30, 0.5), bounds=[(0, 1)] * 30, constraints=constraint)
    assert (terms(other.x).values[1:] > -1e-4).sum() >= 2
    assert x == pytest.approx(other.x, abs=2e-3)


def test_what_cannot_be_met_is_missed_by_as_little_as_may_be() -> None:
    method, x = MovingAsymptotes(2, move=0.5), np.array([0.5, 0.5])
    for _ in range(20):
        x = method.step(x, Terms(np.array([x.sum(), 3 - x.sum()]), np.array([[1.0, 1.0], [-1.0, -1.0]])))
    assert x == pytest.approx([1, 1], abs=1e-6)

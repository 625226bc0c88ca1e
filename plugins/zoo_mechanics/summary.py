"""Summaries of a cell: numbers for machines, a row of a table, remarks."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from zoo_mechanics.elasticity.bounds import attainment
from zoo_mechanics.elasticity.moduli import (
    poisson,
    reuss_average,
    shear,
    universal_anisotropy,
    voigt_average,
    young,
    zener,
)
from zoo_mechanics.homogenisation.refinement import Refined, refined
from zoo_mechanics.homogenisation.solve import Homogenised, homogenise

AXES = torch.eye(3)
SHEARS = ((1, 2), (0, 2), (0, 1))
"""The order of shear moduli and Poisson's ratios: yz, xz, xy."""

MODULI = ("E_x", "E_y", "E_z", "K", "G", "nu", "Zener", "A_U", "K/HS", "G/HS")
HEADERS = ("cell", "solid", *MODULI, "solver", "bias", "order")


def examine(cell: Tensor, lattice: Tensor, base: Tensor, tolerance: float, refine: int = 1) -> dict[str, Any]:
    """Everything about one cell `[X, Y, Z]`, JSON-able; numbers that are infinite or meaningless are None.

    Moduli are of the cell on its own grid; from `refine` 2 on, `refinement` tells what finer ones say.
    """
    if refine > 1:
        finer = refined(cell[None], refine, lattice, base=base, tolerance=tolerance)
        return summary(cell, finer.found, base) | {"refinement": _refinement(finer)}
    return summary(cell, homogenise(cell[None], lattice, base=base, tolerance=tolerance), base)


def summary(cell: Tensor, found: Homogenised, base: Tensor) -> dict[str, Any]:
    """Moduli, bounds and what the solver says of one cell."""
    sharp = bool(((cell == 0) | (cell == 1)).all())
    solver = {
        "solver_error": found.error[0],
        "iterations": found.iterations[0],
        "floating": found.floating[0],
        "hinged": found.hinged[0],
    }
    moduli = constants(found.stiffness[0], float(cell.double().mean()), base, bool(found.singular[0]))
    unbound = {} if sharp else {"bulk_to_bound": None, "shear_to_bound": None}
    return moduli | unbound | {name: value.item() for name, value in solver.items()}


def constants(stiffness: Tensor, fraction: float, base: Tensor, singular: bool) -> dict[str, Any]:
    """What follows from a stiffness `[6, 6]` and a volume fraction."""
    stiffness = stiffness.double()
    upper, lower = voigt_average(stiffness), reuss_average(stiffness)
    share = attainment(stiffness, torch.tensor(fraction, dtype=torch.float64), base)
    one, two = AXES[[i for i, _ in SHEARS]], AXES[[j for _, j in SHEARS]]
    values = {
        "volume_fraction": fraction,
        "stiffness": stiffness,
        "young": young(stiffness, AXES),
        "shear": shear(stiffness, one, two),
        "poisson": None if singular else poisson(stiffness, one, two),
        "bulk_voigt": upper.bulk,
        "shear_voigt": upper.shear,
        "bulk_reuss": lower.bulk,
        "shear_reuss": lower.shear,
        "isotropic_poisson": (3 * upper.bulk - 2 * upper.shear) / (6 * upper.bulk + 2 * upper.shear),
        "zener": zener(stiffness),
        "universal_anisotropy": None if singular else universal_anisotropy(stiffness),
        "bulk_to_bound": share.bulk,
        "shear_to_bound": share.shear,
        "singular": singular,
    }
    return {name: _plain(value.tolist() if isinstance(value, Tensor) else value) for name, value in values.items()}


def table_row(number: int, record: Mapping[str, Any]) -> list[str]:
    """Four digits of everything, a dash where there is no number."""
    finer = record.get("refinement", {"bias": None, "order": None})
    return [
        str(number),
        f"{record['volume_fraction']:.4f}",
        *columns(record),
        f"{record['solver_error']:.1e}",
        "-" if finer["bias"] is None else f"{finer['bias']:+.1%}",
        "-" if finer["order"] is None else f"{finer['order']:.2f}",
    ]


def columns(record: Mapping[str, Any]) -> list[str]:
    """The moduli of a record under the headers `MODULI`."""
    names = ("bulk_voigt", "shear_voigt", "isotropic_poisson", "zener", "universal_anisotropy")
    values = [*record["young"], *(record[name] for name in (*names, "bulk_to_bound", "shear_to_bound"))]
    return ["-" if value is None else f"{value:.4g}" for value in values]


def remarks(number: int, record: Mapping[str, Any]) -> list[str]:
    """What must not be overlooked, a sentence each."""
    remarks = []
    if record["floating"]:
        remarks.append(f"cell {number}: {record['floating']:.2%} of the solid floats, and does not count.")
    if record["hinged"]:
        remarks.append(f"cell {number}: {record['hinged']:.2%} of the solid hangs on edges or corners of voxels.")
    if record["singular"]:
        remarks.append(f"cell {number}: some strain meets no resistance; the stiffness is singular.")
    order = record.get("refinement", {}).get("order", 1.0)
    if order is None or not 0.7 <= order <= 1.4:
        remarks.append(f"cell {number}: grids do not converge at order 1, so the bias is a guess; refine more.")
    return remarks


def _refinement(finer: Refined) -> dict[str, Any]:
    return {
        "levels": list(finer.levels),
        "stiffness": finer.stiffness[:, 0].tolist(),
        "extrapolated": finer.extrapolated[0].tolist(),
        "bias": float(finer.bias[0]),
        "order": _plain(float(finer.order[0])),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

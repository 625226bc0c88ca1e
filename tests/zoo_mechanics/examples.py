"""Examples of the components for stiffness, for the kit."""

from pathlib import Path

CELLS = {"use": "metashell", "resolution": 8, "count": 12}
PATTERN = str(Path(__file__).parent / "files/cells.npz")

EXAMPLES = {
    ("dataset", "metashell-optimised"): {"block": {"resolution": 8, "count": 4, "iterations": 12}},
    ("property", "stiffness"): {"dataset": CELLS},
    ("objective", "stiffness-target"): {"dataset": CELLS, "target": {"C11": 0.5, "C44": 0.1}},
    ("objective", "bulk-to-bound"): {"dataset": CELLS},
    ("objective", "isotropy"): {"dataset": CELLS},
    ("objective", "poissons-ratio"): {"dataset": CELLS, "target": {"poisson": -0.5}},
    ("objective", "boundary-match"): {"block": {"cells": PATTERN}, "dataset": CELLS},
    ("evaluator", "stiffness"): {"dataset": CELLS},
}

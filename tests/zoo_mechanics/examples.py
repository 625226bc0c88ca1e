"""Examples of the components of mechanics for the conformance kit, by kind and name."""

from pathlib import Path
from typing import Any

VOXELS = {"use": "metashell", "resolution": 8, "count": 12}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("dataset", "metashell-optimised"): {"block": {"resolution": 8, "count": 4, "iterations": 12}},
    ("objective", "stiffness-target"): {"dataset": VOXELS, "target": {"C11": 0.5, "C44": 0.1}},
    ("objective", "bulk-to-bound"): {"dataset": VOXELS},
    ("objective", "isotropy"): {"dataset": VOXELS},
    ("objective", "poissons-ratio"): {"dataset": VOXELS, "target": {"poisson": -0.5}},
    ("objective", "boundary-match"): {
        "block": {"cells": str(Path(__file__).parent / "files/cells.npz")},
        "dataset": VOXELS,
    },
    ("property", "stiffness"): {"dataset": VOXELS},
    ("evaluator", "stiffness"): {"dataset": VOXELS},
}

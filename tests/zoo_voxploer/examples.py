"""Examples of the components of VOXPLOER for the conformance kit, by kind and name."""

from typing import Any

VOXELS = {"use": "metashell", "resolution": 8, "count": 12}
PATCHES = {"use": "patch-transformer", "patch": 4, "depth": 1, "width": 16, "heads": 2, "feedforward": 32, "hidden": 32}
PATCHES |= {"latent_dim": 8}
MLP = {"use": "residual-mlp", "depth": 2, "width": 32, "conditions": ["volume_fraction"]}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("encoder", "patch-transformer"): {"block": PATCHES, "dataset": VOXELS},
    ("negatives", "block-replacement"): {"dataset": VOXELS},
    ("denoiser", "residual-mlp"): {"block": MLP},
}

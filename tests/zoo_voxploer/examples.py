"""Examples of VOXPLOER's components for the kit."""

CELLS = {"use": "metashell", "resolution": 8, "count": 12}
PATCHES = {"patch": 4, "depth": 1, "width": 16, "heads": 2, "feedforward": 32, "hidden": 32, "latent_dim": 8}

EXAMPLES = {
    ("encoder", "patch-transformer"): {"block": PATCHES, "dataset": CELLS},
    ("negatives", "block-replacement"): {"dataset": CELLS},
    ("denoiser", "residual-mlp"): {"block": {"depth": 2, "width": 32, "conditions": ["volume_fraction"]}},
}

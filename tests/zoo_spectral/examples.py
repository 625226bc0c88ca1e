"""Examples of the spectral components for the kit."""

CELLS = {"use": "metashell-mixed", "resolution": 8, "count": 12}

EXAMPLES = {
    ("encoder", "spectral-distance"): {"block": {"modes": 5, "components": 8}, "dataset": CELLS},
    ("denoiser", "modulated-mlp"): {"block": {"depth": 2, "width": 32, "conditions": ["volume_fraction"]}},
}

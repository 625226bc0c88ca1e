"""Examples of the components for cut patterns, for the kit."""

from pathlib import Path

CUTS = {"use": "kirigami", "n": 4, "count": 20}
UNET = {"width": 16, "blocks": 1}
TORUS = {"encoder": {"use": "double-angle"}, "denoiser": {"use": "circular-unet", **UNET}, "steps": 10}

EXAMPLES = {
    ("domain", "cut-pattern"): {"block": {"n": 4}},
    ("dataset", "kirigami"): {"block": CUTS},
    ("importer", "angle-tables"): {"file": Path(__file__).parent / "files/cells.csv"},
    ("property", "slit-sheet-moduli"): {"block": {"nodes": 8}, "dataset": CUTS},
    ("encoder", "circular-conv"): {"block": {"latent_dim": 8, "width": 8}, "dataset": CUTS},
    ("encoder", "double-angle"): {"dataset": CUTS},
    ("negatives", "turned-cuts"): {"dataset": CUTS},
    ("denoiser", "circular-unet"): {"block": UNET, "dataset": CUTS, "latent_shape": (4, 4)},
    ("generator", "circular-generator"): {"block": {"latent_dim": 8, "width": 8}, "dataset": CUTS},
    ("critic", "circular-critic"): {"block": {"width": 8}, "dataset": CUTS},
    ("objective", "signed-overlap"): {"dataset": CUTS},
    ("evaluator", "cut-crossings"): {"dataset": CUTS},
    ("model", "cut-control"): {"block": {"law": "marginals"}, "dataset": CUTS},
    ("model", "cut-autoregression"): {"block": {"width": 16, "depth": 1, "bins": 12}, "dataset": CUTS},
    ("model", "torus-diffusion"): {"block": TORUS, "dataset": CUTS},
}

"""Examples of the core's components for the kit. What works on structures is tried on those of the plugins."""

import json
from pathlib import Path
from typing import Any

from zoo.data.importing import import_data
from zoo.system.places import imported_folder

VOXELS = {"use": "metashell", "resolution": 8, "count": 12}
CUTS = {"use": "kirigami", "n": 4, "count": 20}
PATCHES = {"use": "patch-transformer", "patch": 4, "depth": 1, "width": 16, "heads": 2, "feedforward": 32, "hidden": 32}
DDIM = {"use": "ddim", "steps": 20}
SRR = {"use": "srr", "base": DDIM, "clusters": 2}
DIFFUSION = {
    "encoder": PATCHES | {"latent_dim": 8},
    "negatives": {"use": "block-replacement"},
    "regulariser": {"use": "ras"},
    "schedule": {"use": "linear"},
    "denoiser": {"use": "residual-mlp", "depth": 2, "width": 32, "conditions": ["volume_fraction"]},
    "sampler": SRR,
}
# Guidance leads away from the data: a little of it must not lead far.
GUIDED = {"base": DDIM, "objective": {"use": "volume-fraction"}, "target": {"volume_fraction": 1.0}, "strength": 0.01}
PAIR = {
    "generator": {"use": "circular-generator", "width": 8},
    "critic": {"use": "circular-critic", "width": 8},
    "loss": "wgan",
}


def imported() -> dict[str, Any]:
    """An example that has to be made first."""
    cells = Path(__file__).parents[1] / "zoo_voxels/components/importers/files/cells.npz"
    import_data("conformance", [cells], quiet=True)
    card = json.loads((imported_folder("conformance") / "card.json").read_text())
    return {"block": {"name": "conformance", "checksum": card["checksum"]}}


EXAMPLES = {
    ("dataset", "imported"): imported,
    ("evaluator", "condition-met"): {"dataset": VOXELS},
    ("encoder", "identity"): {"dataset": CUTS},
    ("evaluator", "latent-separation"): {"dataset": CUTS},
    ("regulariser", "none"): {},
    ("regulariser", "contrastive"): {},
    ("regulariser", "ras"): {},
    ("schedule", "linear"): {},
    ("schedule", "cosine"): {},
    ("schedule", "vp-sde"): {},
    ("schedule", "rectified-flow"): {},
    ("sampler", "ddpm"): {"block": {"steps": 200}},
    ("sampler", "ddim"): {},
    ("sampler", "dpm-solver"): {},
    ("sampler", "euler"): {},
    ("sampler", "srr"): {"block": SRR},
    ("sampler", "srr-as-printed"): {"block": SRR | {"use": "srr-as-printed", "strength": 1e-4, "radius": 0.5}},
    ("sampler", "srr-as-released"): {"block": SRR | {"use": "srr-as-released", "strength": 1e-4}},
    ("sampler", "perturbed-latents"): {},
    ("sampler", "random-latents"): {},
    ("sampler", "gaussian-latents"): {},
    ("sampler", "universal"): {"block": GUIDED},
    ("model", "latent-diffusion"): {"block": DIFFUSION, "dataset": VOXELS},
    ("model", "prior-decoder"): {
        "block": {"encoder": {"use": "circular-conv", "latent_dim": 8, "width": 8}},
        "dataset": CUTS,
    },
    ("model", "adversarial-pair"): {"block": PAIR, "dataset": CUTS},
}

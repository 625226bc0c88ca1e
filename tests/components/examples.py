"""Examples of the components of the core for the conformance kit, by kind and name."""

from typing import Any

VOXELS = {"use": "metashell", "resolution": 8, "count": 12}
CUTS = {"use": "kirigami", "n": 4, "count": 20}
PATCHES = {"use": "patch-transformer", "patch": 4, "depth": 1, "width": 16, "heads": 2, "feedforward": 32, "hidden": 32}
PATCHES |= {"latent_dim": 8}
MLP = {"use": "residual-mlp", "depth": 2, "width": 32, "conditions": ["volume_fraction"]}
SRR = {"use": "srr", "base": {"use": "ddim", "steps": 20}, "clusters": 2}
GUIDED = {"use": "universal", "base": {"use": "ddim", "steps": 20}, "objective": {"use": "volume-fraction"}}
DIFFUSION = {
    "use": "latent-diffusion",
    "encoder": PATCHES,
    "negatives": {"use": "block-replacement"},
    "regulariser": {"use": "ras"},
    "schedule": {"use": "linear"},
    "denoiser": MLP,
    "sampler": SRR,
}
PAIR = {"use": "adversarial-pair", "generator": {"use": "circular-generator", "width": 8}}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("dataset", "imported"): {"block": {"name": "conformance"}},
    ("encoder", "identity"): {"dataset": CUTS},
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
    ("sampler", "perturbed-latents"): {},
    # Guidance leads away from the data: a little of it must not lead far.
    ("sampler", "universal"): {"block": {**GUIDED, "target": {"volume_fraction": 1.0}, "strength": 0.01}},
    ("model", "latent-diffusion"): {"block": DIFFUSION, "dataset": VOXELS},
    ("model", "prior-decoder"): {
        "block": {"encoder": {"use": "circular-conv", "latent_dim": 8, "width": 8}},
        "dataset": CUTS,
    },
    ("model", "adversarial-pair"): {
        "block": {**PAIR, "critic": {"use": "circular-critic", "width": 8}, "loss": "wgan"},
        "dataset": CUTS,
    },
}

"""Examples of the baselines' components for the kit."""

# The kit's walk leads to N(1.5, 0.5^2): far from -1 and 1, so nothing is cut off or replaced there.
UNTOUCHED = {"base": {"use": "ddim"}, "below": 0.0, "limit": 10.0}

CUBIC = {"use": "metashell-optimised", "resolution": 8, "count": 4, "iterations": 12}

EXAMPLES = {
    ("encoder", "octant"): {"dataset": CUBIC},
    ("denoiser", "guided-unet"): {
        "block": {
            "width": 8,
            "multipliers": [1, 2],
            "attention": 1,
            "permutation_averaging": False,
            "conditions": ["stiffness[0][0]", "volume_fraction"],
            "volume": "volume_fraction",
        },
        "latent_shape": (4, 4, 4),
    },
    ("denoiser", "linear-attention-unet"): {
        "block": {"width": 8, "multipliers": [1, 2], "conditions": ["volume_fraction", "bulk"]},
        "latent_shape": (4, 4, 4),
    },
    ("denoiser", "diffusion-transformer"): {
        "block": {"patch": 2, "depth": 2, "width": 12, "heads": 2, "window": 2, "windowed": [0]},
        "latent_shape": (8, 8, 8),
    },
    ("sampler", "sign-truncation"): {"block": UNTOUCHED},
}

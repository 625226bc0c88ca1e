"""Everything registered keeps the contract of its kind, by the kit that plugin authors use.

A new component needs an example here: small arguments, and a small dataset if it works on structures.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from zoo.data.importing import import_data
from zoo.registry import registry
from zoo.system.places import imported_folder
from zoo.testing import check

VOXELS = {"use": "metashell", "resolution": 8, "count": 12}
CUTS = {"use": "kirigami", "n": 4, "count": 20}

FILES = Path(__file__).parent / "zoo_voxels" / "components" / "importers" / "files"
NETS = {"resolution": 12, "radius": 0.1}

PATCHES = {"use": "patch-transformer", "patch": 4, "depth": 1, "width": 16, "heads": 2, "feedforward": 32, "hidden": 32}
PATCHES |= {"latent_dim": 8}
MLP = {"use": "residual-mlp", "depth": 2, "width": 32, "conditions": ["volume_fraction"]}
UNET = {"use": "circular-unet", "width": 16, "blocks": 1}
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
    ("domain", "voxels"): {"block": {"resolution": 6}},
    ("domain", "cut-pattern"): {"block": {"n": 4}},
    ("dataset", "metashell"): {"block": VOXELS},
    ("dataset", "metashell-optimised"): {"block": {"resolution": 8, "count": 4, "iterations": 12}},
    ("dataset", "metatruss"): {"block": {"resolution": 8, "count": 12}},
    ("dataset", "spinodoid"): {"block": {"resolution": 12, "count": 12}},
    ("dataset", "kirigami"): {"block": CUTS},
    ("dataset", "imported"): {"block": {"name": "conformance"}},
    ("importer", "voxel-arrays"): {"file": FILES / "cells.npz"},
    ("importer", "voxel-images"): {"file": FILES / "cell.vti"},
    ("importer", "voxel-surfaces"): {"file": FILES / "tetrahedron.stl", "block": {"resolution": 8}},
    ("importer", "metatruss-published"): {"file": FILES / "metatruss.npz"},
    ("importer", "metashell-yang"): {"file": FILES / "7binary_voxel", "block": {"resolution": 16}},
    ("importer", "lumpe-catalogue"): {"file": FILES / "catalogue.txt", "block": NETS},
    ("importer", "lattices"): {"file": FILES / "cells.lat", "block": NETS},
    ("importer", "crystal-nets"): {"file": FILES / "nets.cgd", "block": NETS},
    ("importer", "angle-tables"): {"file": Path(__file__).parent / "zoo_kirigami" / "files" / "cells.csv"},
    ("importer", "crystal-graphs"): {"file": FILES / "nets.arc", "block": NETS},
    ("encoder", "identity"): {"dataset": CUTS},
    ("encoder", "patch-transformer"): {"block": PATCHES, "dataset": VOXELS},
    ("encoder", "circular-conv"): {"block": {"latent_dim": 8, "width": 8}, "dataset": CUTS},
    ("encoder", "double-angle"): {"dataset": CUTS},
    ("negatives", "block-replacement"): {"dataset": VOXELS},
    ("negatives", "turned-cuts"): {"dataset": CUTS},
    ("regulariser", "none"): {},
    ("regulariser", "contrastive"): {},
    ("regulariser", "ras"): {},
    ("schedule", "linear"): {},
    ("schedule", "cosine"): {},
    ("schedule", "vp-sde"): {},
    ("schedule", "rectified-flow"): {},
    ("denoiser", "residual-mlp"): {"block": MLP},
    ("denoiser", "circular-unet"): {"block": UNET, "dataset": CUTS, "latent_shape": (4, 4)},
    ("generator", "circular-generator"): {"block": {"latent_dim": 8, "width": 8}, "dataset": CUTS},
    ("critic", "circular-critic"): {"block": {"width": 8}, "dataset": CUTS},
    ("sampler", "ddpm"): {"block": {"steps": 200}},
    ("sampler", "ddim"): {},
    ("sampler", "dpm-solver"): {},
    ("sampler", "euler"): {},
    ("sampler", "srr"): {"block": SRR},
    ("sampler", "perturbed-latents"): {},
    # Guidance leads away from the data: a little of it must not lead far.
    ("sampler", "universal"): {"block": {**GUIDED, "target": {"volume_fraction": 1.0}, "strength": 0.01}},
    ("objective", "volume-fraction"): {"dataset": VOXELS, "target": {"volume_fraction": 0.9}},
    ("property", "slit-sheet-moduli"): {"block": {"nodes": 8}, "dataset": CUTS},
    ("objective", "signed-overlap"): {"dataset": CUTS},
    ("objective", "stiffness-target"): {"dataset": VOXELS, "target": {"C11": 0.5, "C44": 0.1}},
    ("objective", "bulk-to-bound"): {"dataset": VOXELS},
    ("objective", "isotropy"): {"dataset": VOXELS},
    ("objective", "poissons-ratio"): {"dataset": VOXELS, "target": {"poisson": -0.5}},
    ("objective", "boundary-match"): {
        "block": {"cells": str(Path(__file__).parent / "zoo_mechanics/files/cells.npz")},
        "dataset": VOXELS,
    },
    ("property", "stiffness"): {"dataset": VOXELS},
    ("evaluator", "stiffness"): {"dataset": VOXELS},
    ("evaluator", "voxel-scores"): {"dataset": VOXELS},
    ("evaluator", "valid-unique-novel"): {"dataset": VOXELS},
    ("evaluator", "local-novelty"): {"dataset": VOXELS},
    ("evaluator", "shape-similarity"): {"dataset": VOXELS},
    ("evaluator", "voxel-distribution"): {"dataset": VOXELS},
    ("evaluator", "cut-crossings"): {"dataset": CUTS},
    ("model", "latent-diffusion"): {"block": DIFFUSION, "dataset": VOXELS},
    ("model", "trivial"): {"block": {"row": "shifted"}, "dataset": VOXELS},
    ("model", "prior-decoder"): {
        "block": {"encoder": {"use": "circular-conv", "latent_dim": 8, "width": 8}},
        "dataset": CUTS,
    },
    ("model", "cut-control"): {"block": {"law": "marginals"}, "dataset": CUTS},
    ("model", "cut-autoregression"): {"block": {"width": 16, "depth": 1, "bins": 12}, "dataset": CUTS},
    ("model", "torus-diffusion"): {
        "block": {"encoder": {"use": "double-angle"}, "denoiser": UNET, "steps": 10},
        "dataset": CUTS,
    },
    ("model", "adversarial-pair"): {
        "block": {**PAIR, "critic": {"use": "circular-critic", "width": 8}, "loss": "wgan"},
        "dataset": CUTS,
    },
}


COMPONENTS = [(component.kind, component.name) for component in registry().components()]


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_keeps_its_contract(kind: str, name: str) -> None:
    example = dict(EXAMPLES[kind, name])
    block = {"use": name, **example.pop("block", {})}
    if name == "imported":
        import_data(block["name"], [FILES / "cells.npz"], quiet=True)
        block |= {"checksum": json.loads((imported_folder(block["name"]) / "card.json").read_text())["checksum"]}
    check(kind, block, **example)


def test_no_example_is_left_over() -> None:
    assert EXAMPLES.keys() == set(COMPONENTS)

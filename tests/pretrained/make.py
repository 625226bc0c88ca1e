"""Makes the published models beside this file, and what they draw: `python tests/pretrained/make.py FOLDER`.

Every later version of zoo must read the ones that are here, so they are never made again: a new format gets new ones.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np

import zoo
from zoo.publishing.publish import publish
from zoo.recipes import resolve
from zoo.runs.run import Options, run

SAMPLES = 4
"""As many as fit one batch of the recipes below."""
SEED = 7
RECIPES = {
    "voxploer": (
        "metashell",
        "encoder={width: 16, heads: 2, feedforward: 32, hidden: 32, latent_dim: 8}",
        "denoiser={depth: 2, width: 32, conditions: [volume_fraction]}",
        "generate={count: 2, batch: 4, condition: {volume_fraction: 0.3}}",
        "train.autoencoder.epochs=10",
        "train.denoiser.epochs=10",
        "guidance=1.5",
    ),
    "kirigami-vae": ("kirigami-60", "encoder={width: 8, latent_dim: 8}", "generate={count: 4, batch: 4}"),
}


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        os.environ["ZOO_HOME"] = name
        for model, (dataset, *overrides) in RECIPES.items():
            recipe = resolve(model, dataset, size="tiny", overrides=overrides, folder=Path(name))
            finished = run(recipe, Options(runs=Path(name)), ["zoo", "run", model])
            publish(finished.path, folder / model)
            pretrained = zoo.load(folder / model, device="cpu")
            condition = pretrained.generate.condition
            soft = pretrained.model.sample(range(SAMPLES), SEED, condition, pretrained.generate.batch)
            np.savez_compressed(folder / f"{model}.npz", soft=soft.numpy(), hard=pretrained.sample(SAMPLES, SEED))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""VOXPLOER: latent diffusion over a regulated space of voxel cells, explored by short-range repulsion."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The parts that VOXPLOER adds to the core's: its autoencoder, its invalid structures and its denoiser."""
    return [
        Component(
            "encoder",
            "patch-transformer",
            "zoo_voxploer.components.patch_transformer:PatchTransformer",
            "Transformer autoencoder over cubic patches of a voxel cell, with a flat latent",
        ),
        Component(
            "negatives",
            "block-replacement",
            "zoo_voxploer.components.block_replacement:BlockReplacement",
            "Cells with an eighth replaced by void, noise or another cell, or noisy all over",
        ),
        Component(
            "denoiser",
            "residual-mlp",
            "zoo_voxploer.components.residual_mlp:ResidualMLP",
            "Residual MLP over flat latents that reads the time at every layer",
        ),
    ]

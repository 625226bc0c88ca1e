"""The baselines that VOXPLOER is compared with: Guided Diffusion, 3D-CDM, DiT-3D, TRELLIS and XCube."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The parts that these models add to the core's."""
    return [
        Component(
            "encoder",
            "octant",
            "zoo_baselines.components.octant:Octant",
            "Latents are octants of mirrored cells; nothing to train",
        ),
        Component(
            "denoiser",
            "guided-unet",
            "zoo_baselines.components.guided_unet:GuidedUNet",
            "Guided Diffusion's 3-D U-Net, which sees its own previous answer",
        ),
        Component(
            "denoiser",
            "linear-attention-unet",
            "zoo_baselines.components.linear_attention_unet:LinearAttentionUNet",
            "3D-CDM's 3-D U-Net, with a stem of 7^3 and linear attention at every level",
        ),
        Component(
            "denoiser",
            "diffusion-transformer",
            "zoo_baselines.components.diffusion_transformer:DiffusionTransformer",
            "DiT-3D's transformer over patches of voxels, with attention in windows",
        ),
        Component(
            "sampler",
            "sign-truncation",
            "zoo_baselines.components.sign_truncation:SignTruncation",
            "Another sampler, which late in the walk is given the signs of what is predicted",
        ),
    ]

"""The denoiser of the paper's DDPM: a U-Net with circular padding."""

from typing import Literal

from diffusers.models.unets.unet_2d import UNet2DModel
from torch import Tensor, nn

from zoo import Condition, Denoiser, Level, Structure, ZooError, register_to_config

STEPS = 1000
"""Diffusers' sinusoids of time expect timesteps up to about a thousand."""


class CircularUNet(Denoiser):
    """Latents `[n, n]` or `[C, n, n]`, n even, through `width` channels at n and twice as many at n / 2.

    The network is that of Ho et al. (2020): `blocks` residual blocks at each level, with group normalisation, fed with
    the time, and self-attention at the coarsest level; only its padding is circular. A group is of 8 channels at least:
    with one or two, which is instance normalisation, networks this narrow forget how large their input is and learn
    little (Wu & He 2018 find the same of images). The paper says "a convolutional U-Net architecture, with filter
    numbers similar to the other generative network" and no more. `prediction` is what it learns to return.
    ZooError unless structures are two-dimensional, the latents square and of even side, and `width` is a multiple of
    16.
    """

    @register_to_config
    def __init__(
        self,
        structure: Structure,
        latent_shape: tuple[int, ...],
        width: int = 64,
        blocks: int = 2,
        prediction: Literal["noise", "clean", "velocity"] = "noise",
    ) -> None:
        super().__init__()
        cells, shape = Structure(*structure).shape, tuple(latent_shape)
        if len(cells) != 2:
            raise ZooError(f"circular-unet: structures of shape {tuple(cells)} are not two-dimensional")
        if len(shape) not in (2, 3) or shape[-1] != shape[-2] or shape[-1] % 2:
            raise ZooError(f"circular-unet: latents of shape {shape} are not square of even side")
        if width < 16 or width % 16:
            raise ZooError(f"circular-unet: width {width} is not a positive multiple of 16")
        self.prediction = prediction
        channels = 1 if len(shape) == 2 else shape[0]
        self.unet = UNet2DModel(
            sample_size=shape[-1],
            in_channels=channels,
            out_channels=channels,
            block_out_channels=(width, 2 * width),
            layers_per_block=blocks,
            down_block_types=("DownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "UpBlock2D"),
            norm_num_groups=width // 8,
        )
        for layer in self.unet.modules():
            if isinstance(layer, nn.Conv2d):
                layer.padding_mode = "circular"

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        images = noisy if noisy.dim() == 4 else noisy.unsqueeze(1)
        prediction: Tensor = self.unet(images, STEPS * level.time).sample.view_as(noisy)
        return prediction

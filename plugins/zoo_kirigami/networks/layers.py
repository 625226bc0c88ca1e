"""The two convolutional stacks that VAE, GAN and WGAN share (Felsch & Slesarenko 2024, section 4.1).

The paper asks for circular padding, for networks after DCGAN (Radford et al. 2016) that are alike across models, and
for batch normalisation in the VAE's encoder and "sparingly" in generators. It gives no sizes. Ours halve n once, which
keeps the alternation of the base pattern in sight, and upsample by nearest neighbours before a convolution where DCGAN
has a transposed one, since PyTorch has none with circular padding.
"""

from torch import nn

from zoo import Structure, ZooError


def upward(structure: Structure, latent_dim: int, width: int) -> nn.Sequential:
    """Codes `[B, latent_dim]` -> `[B, n, n]` in (-1, 1); 4, 2 and 1 times `width` channels."""
    n = even_side(structure)
    half = n // 2
    return nn.Sequential(
        nn.Linear(latent_dim, 4 * width * half * half),
        nn.Unflatten(1, (4 * width, half, half)),
        nn.ReLU(),
        nn.Upsample(scale_factor=2),
        _conv(4 * width, 2 * width),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        _conv(2 * width, width),
        nn.ReLU(),
        _conv(width, 1),
        nn.Tanh(),
        nn.Flatten(1, 2),
    )


def downward(structure: Structure, outputs: int, width: int, *, batch_norm: bool) -> nn.Sequential:
    """Patterns `[B, n, n]` in [-1, 1] -> `[B, outputs]`; 1, 2 and 4 times `width` channels."""
    n = even_side(structure)

    def normalisation(channels: int) -> nn.Module:
        return nn.BatchNorm2d(channels) if batch_norm else nn.Identity()

    return nn.Sequential(
        nn.Unflatten(1, (1, n)),
        _conv(1, width),
        nn.LeakyReLU(0.2),
        _conv(width, 2 * width),
        normalisation(2 * width),
        nn.LeakyReLU(0.2),
        _conv(2 * width, 4 * width, stride=2),
        normalisation(4 * width),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(4 * width * (n // 2) ** 2, outputs),
    )


def even_side(structure: Structure) -> int:
    """n of a structure `[n, n]`; ZooError unless it is a square of even side."""
    shape = tuple(structure.shape)
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] % 2:
        raise ZooError(f"circular convolutions here need square structures of even side, not {shape}")
    return shape[0]


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, padding_mode="circular")

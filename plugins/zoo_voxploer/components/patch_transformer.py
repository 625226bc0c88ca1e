"""VOXPLOER's autoencoder: a transformer over cubic patches of a voxel cell, with a flat latent (appendix B.1).

The paper gives patches of 8^3, 4 layers and width 128 for either half, a latent of 128 numbers, and "a 2-layer MLP"
between transformer and latent. The rest follows the authors' released code: where each linear layer stands, a
one-dimensional sinusoid over the tokens in the encoder alone, scaled by 0.1, and torch's stock transformer layers
(post-norm, ReLU).
"""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zoo import Encoder, Noise, Posterior, Structure, ZooError, register_to_config


class PatchTransformer(Encoder):
    """Autoencoder of cubic cells `[d, d, d]` with densities in [0, 1].

    `patch` is the edge of a patch in voxels, `depth`, `width`, `heads` and `feedforward` shape either transformer,
    `dropout` is the share that training drops in them, `hidden` is the middle of the MLP to and from the latent of
    `latent_dim` numbers.

    `reconstruction` is the loss: the mean square error of a linear output ("mse": the released choice; equation 1 names
    no norm, and a sum over the data set could not be trained) or the binary cross-entropy of a logistic one ("bce").

    Raises ZooError unless the structure is a cube of densities, cut evenly into patches, and `heads` divides `width`.
    """

    @register_to_config
    def __init__(
        self,
        structure: Structure,
        patch: int = 8,
        depth: int = 4,
        width: int = 128,
        heads: int = 8,
        feedforward: int = 2048,
        hidden: int = 1024,
        latent_dim: int = 128,
        dropout: float = 0.1,
        reconstruction: Literal["mse", "bce"] = "mse",
    ) -> None:
        super().__init__()
        resolution = _resolution(structure)
        if resolution % patch:
            raise ZooError(f"patch-transformer: resolution {resolution} is not a multiple of patch {patch}")
        if width % heads:
            raise ZooError(f"patch-transformer: width {width} is not a multiple of heads {heads}")
        if width % 2:
            raise ZooError(f"patch-transformer: width {width} is odd, the position code needs pairs")
        self.latent_shape = (latent_dim,)
        self.resolution, self.patch, self.reconstruction = resolution, patch, reconstruction
        tokens, volume = (resolution // patch) ** 3, patch**3

        def transformer() -> nn.Sequential:
            layers = [
                nn.TransformerEncoderLayer(width, heads, feedforward, dropout, batch_first=True) for _ in range(depth)
            ]
            return nn.Sequential(nn.Linear(width, width), *layers, nn.Linear(width, width))

        self.embed = nn.Sequential(nn.Linear(volume, volume), nn.Linear(volume, width), nn.ReLU())
        self.register_buffer("position", 0.1 * _sinusoid(tokens, width), persistent=False)
        self.encoder = transformer()
        self.to_latent = nn.Sequential(
            nn.Flatten(), nn.Linear(tokens * width, hidden), nn.ReLU(), nn.Linear(hidden, latent_dim)
        )
        self.from_latent = nn.Sequential(
            nn.Linear(latent_dim, hidden),
            nn.ReLU(),
            nn.Linear(hidden, tokens * width),
            nn.Unflatten(1, (tokens, width)),
        )
        self.decoder = transformer()
        self.unembed = nn.Sequential(nn.Linear(width, volume), nn.ReLU(), nn.Linear(volume, volume))

    def encode(self, structures: Tensor) -> Posterior:
        """Cells `[B, d, d, d]` -> the points `[B, latent_dim]`."""
        tokens = self.embed(_to_patches(structures, self.patch)) + self.position
        return Posterior(self.to_latent(self.encoder(tokens)))

    def decode(self, latents: Tensor) -> Tensor:
        """Latents `[B, latent_dim]` -> soft cells `[B, d, d, d]`: in (0, 1) for "bce", about [0, 1] for "mse"."""
        output = self._output(latents)
        return output.sigmoid() if self.reconstruction == "bce" else output

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        """`reconstruction`: the mean over voxels."""
        output = self._output(posterior.mean)
        compare = F.binary_cross_entropy_with_logits if self.reconstruction == "bce" else F.mse_loss
        return {"reconstruction": compare(output, structures)}

    def _output(self, latents: Tensor) -> Tensor:
        patches = self.unembed(self.decoder(self.from_latent(latents)))
        return _from_patches(patches, self.resolution, self.patch)


def _resolution(structure: Structure) -> int:
    shape, low, high = structure
    if len(shape) != 3 or len(set(shape)) != 1:
        raise ZooError(f"patch-transformer: structures of shape {tuple(shape)}, expected a cube")
    if (low, high) != (0, 1):
        raise ZooError(f"patch-transformer: values in [{low}, {high}], expected densities in [0, 1]")
    return shape[0]


def _to_patches(cells: Tensor, patch: int) -> Tensor:
    """Cells `[B, d, d, d]` -> flat patches `[B, (d/p)^3, p^3]`, both in x, y, z order."""
    n = cells.shape[1] // patch
    split = cells.reshape(-1, n, patch, n, patch, n, patch)
    return split.permute(0, 1, 3, 5, 2, 4, 6).reshape(-1, n**3, patch**3)


def _from_patches(patches: Tensor, resolution: int, patch: int) -> Tensor:
    """The inverse of `_to_patches`."""
    n = resolution // patch
    split = patches.reshape(-1, n, n, n, patch, patch, patch)
    return split.permute(0, 1, 4, 2, 5, 3, 6).reshape(-1, resolution, resolution, resolution)


def _sinusoid(tokens: int, width: int) -> Tensor:
    """The position code `[tokens, width]` of Vaswani et al. (2017): sines in even, cosines in odd columns."""
    frequency = 10000 ** (-torch.arange(0, width, 2) / width)
    angle = torch.arange(tokens)[:, None] * frequency
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)

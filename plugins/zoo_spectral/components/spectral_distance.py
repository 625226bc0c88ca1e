"""Voxel cells as low-passed signed distances: an encoder that is fitted, not trained."""

import numpy as np
import torch
from torch import Tensor

from zoo import Encoder, Noise, Posterior, Split, Structure, ZooError, register_to_config
from zoo_spectral.fields.distances import signed_distances
from zoo_spectral.fields.levels import at_volume, soft_cells
from zoo_spectral.fields.modes import analyse, synthesise

MAX_CLIP = 0.25
ROWS_AT_ONCE = 256
VOLUMES = (0.01, 0.99)
"""Volumes outside of these are taken for the nearer of them: a cell is neither empty nor full."""


class SpectralDistance(Encoder):
    """Latents are Fourier coefficients of the periodic signed distance to the surface, and the cell's volume.

    The distance, positive in solid, is cut off at `clip`, in edges of the cell, and divided by it. Of its Fourier
    series the `modes` lowest waves along each axis are kept, as real coefficients by an orthonormal basis; `modes` is
    odd and at most the resolution. Below the coefficients stands 2 v - 1, with v the volume fraction. A cell is decoded
    at the level at which it has that volume: a field that has lost its sharp ends, or is a model's, has another volume
    at level 0, and thin struts break first. Signed distances are Osher and Sethian's (1988); writing cells as their low
    waves, and the level, are ours.

    With `components` a number, latents are that many principal components of the coefficients, found from the training
    structures with all their copies, and 2 v - 1 less its mean there; before `fit`, they are the first coefficients.
    Shifts and the symmetries of the cube act on the coefficients as orthogonal maps. The field does not know the grid:
    the same latents are decoded at any resolution. Soft cells are a smooth step of the field, tanh, about a voxel wide
    on both sides of the surface, that reaches 0 and 1 in each cell.

    ZooError unless structures are cubes `[d, d, d]`.
    """

    any_resolution = True

    @register_to_config
    def __init__(
        self, structure: Structure, modes: int = 11, clip: float = 0.125, components: int | None = None
    ) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        shape = tuple(self.structure.shape)
        size = modes**3
        problems = []
        if len(shape) != 3 or len(set(shape)) != 1:
            problems.append(f"spectral-distance: structures of shape {shape} are not cubes.")
        if modes % 2 == 0 or not 1 <= modes <= shape[0]:
            problems.append(f"spectral-distance: modes {modes} is not an odd number up to the resolution, {shape[0]}.")
        if not 0 < clip <= MAX_CLIP:
            problems.append(f"spectral-distance: clip {clip:g} is not above 0 and at most {MAX_CLIP:g}.")
        if components is not None and not 1 <= components <= size:
            problems.append(f"spectral-distance: components {components} is not a number from 1 to modes^3, {size}.")
        if problems:
            raise ZooError(*problems)
        self.modes = modes
        self.clip = clip
        self.fitted = components is not None
        self.latent_shape = ((components or size) + 1,)
        if components is not None:
            self.register_buffer("mean", torch.zeros(size + 1))
            self.register_buffer("axes", torch.eye(components, size))
            self.mean: Tensor
            self.axes: Tensor

    def fit(self, structures: Split) -> None:
        """Principal components of the training structures."""
        total, products = torch.zeros((), dtype=torch.float64), torch.zeros((), dtype=torch.float64)
        for start in range(0, len(structures), ROWS_AT_ONCE):
            rows = np.arange(start, min(start + ROWS_AT_ONCE, len(structures)))
            written = self._written(structures.batch(rows, self.mean.device)["structure"])
            total = total + written.sum(0, dtype=torch.float64)
            products = products + (written[:, :-1].T @ written[:, :-1]).double()
        mean = total / len(structures)
        covariance = products / len(structures) - torch.outer(mean[:-1], mean[:-1])
        vectors = torch.linalg.eigh(covariance).eigenvectors.T.flip(0)[: len(self.axes)]
        self.mean.copy_(mean)
        self.axes.copy_(vectors)

    def encode(self, structures: Tensor) -> Posterior:
        written = self._written(structures)
        if self.fitted:
            written = written - self.mean
            written = torch.cat([written[:, :-1] @ self.axes.T, written[:, -1:]], 1)
        return Posterior(written)

    def decode(self, latents: Tensor) -> Tensor:
        resolution = self.structure.shape[0]
        voxel = 1 / (resolution * self.clip)
        return self._in_range(soft_cells(self.field(latents, resolution), voxel))

    def field(self, latents: Tensor, resolution: int) -> Tensor:
        """The field `[B, r, r, r]` of latents `[B, *Z]` at the centres of r^3 voxels: signed distances from the surface
        in units of `clip`, positive in solid."""
        full = latents
        if self.fitted:
            full = torch.cat([latents[:, :-1] @ self.axes, latents[:, -1:]], 1) + self.mean
        fields = synthesise(full[:, :-1].reshape(-1, *(self.modes,) * 3), resolution)
        half_voxel = 0.5 / (resolution * self.clip)
        return at_volume(fields, ((full[:, -1] + 1) / 2).clamp(*VOLUMES), half_voxel)

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {}

    def _written(self, structures: Tensor) -> Tensor:
        """All coefficients, then 2 v - 1: `[B, m^3 + 1]`."""
        solid = self.structure.to_unit(structures) > 0
        bound = self.clip * self.structure.shape[0]
        fields = signed_distances(solid, bound) / bound
        volumes = solid.flatten(1).float().mean(1, keepdim=True)
        return torch.cat([analyse(fields, self.modes).flatten(1), 2 * volumes - 1], 1)

    def _in_range(self, densities: Tensor) -> Tensor:
        return self.structure.from_unit(2 * densities - 1)

"""Short-range repulsion as the VOXPLOER paper prints it (section 4.3, equation 10)."""

from torch import Tensor

from zoo import Sampler, Walk, ZooError
from zoo.components.samplers.repelled import Repelled
from zoo.components.samplers.repulsion import Repulsion


class PrintedRepulsion(Repelled):
    """Adds to each step of `base` lambda_SRR, `strength`, times the forces of all training latents within tau,
    `radius`: to the letter, without a cap. Both are in the latents' own coordinates, and the paper gives neither.

    The force has a pole at each latent, so distances count as at least a thousandth of the radius. `clusters` bears on
    speed only: those beyond reach are skipped. On a GPU, 1 is faster.
    """

    def __init__(self, base: Sampler, strength: float, radius: float, clusters: int = 40) -> None:
        if strength < 0 or radius <= 0 or clusters < 1:
            raise ZooError(
                f"srr-as-printed: strength {strength:g} must not be negative, radius {radius:g} and "
                f"{clusters} clusters must be positive."
            )
        super().__init__(base)
        self.strength = strength
        self.radius = radius
        self.clusters = clusters
        self._field: tuple[Tensor, Repulsion] | None = None

    def displacement(self, walk: Walk, noisy: Tensor, spread: float, number: int) -> Tensor:
        if self._field is None or self._field[0] is not walk.latents:
            self._field = walk.latents, Repulsion(walk.latents.flatten(1), self.radius, self.clusters)
        return self.strength * self._field[1].force(noisy)

"""Stacks that cannot be made."""

from torch import Tensor

from zoo import Negatives, Noise


class OddLayer(Negatives):
    """Exchanges the material of one layer inside a run, so that it differs from both its neighbours.

    A stack without such a layer has its layers exchanged at random instead.
    """

    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """Hard stacks `[B, layers]` -> hard stacks `[B, layers]`."""
        inside = (structures == structures.roll(1, 1)) & (structures == structures.roll(-1, 1))
        lot = noise.uniform(structures.shape[1]) + inside
        return (structures - (lot == lot.amax(1, keepdim=True)).to(structures)).abs()

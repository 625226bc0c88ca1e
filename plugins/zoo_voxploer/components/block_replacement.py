"""Invalid voxel cells, made by damaging valid ones (VOXPLOER, appendix B.2)."""

from torch import Tensor, arange, where, zeros_like

from zoo import Negatives, Noise

ADDED_NOISE, VOID_BLOCK, DONOR_BLOCK = 0, 1, 2
"""Kinds of damage, a fifth of the cells each; the other two fifths, kinds 3 and 4, get a block of noise."""
KINDS = 5


class BlockReplacement(Negatives):
    """Replaces an eighth of each cell, or adds noise to all of it, and binarises the result at 0.5.

    The paper names the four kinds of damage; proportions and spreads are those of the authors' released code. Of a cell
    of resolution d, by chance,

    - 1/5 get N(0, s) added everywhere, s ~ U(0.1, 0.3), where sums above 1.2 count as void and below -0.4 as solid;
    - 1/5 lose a block of (d/2)^3 voxels;
    - 1/5 get that block from another cell of the batch, at the same place (the released code always takes it from one
      of the first 48 cells of the data set, which we read as a slip); alone in its batch, a cell loses the block;
    - 2/5 get N(0, s) there instead, s ~ U(0.3, 0.6).

    The block's first corner is uniform in {0 .. d - d/2 - 1} along each axis, so it never touches the far faces. A
    block may change nothing, as void does in an empty corner: models draw such cells again (`Negatives.differing`), and
    the authors' code keeps them.
    """

    revision = 2

    def __call__(self, structures: Tensor, noise: Noise) -> Tensor:
        """Binary cells `[B, d, d, d]` -> damaged binary cells `[B, d, d, d]`."""
        resolution = structures.shape[1]
        kind = noise.integers(KINDS).view(-1, 1, 1, 1)
        corner = noise.integers(resolution - resolution // 2, 3)
        spread = noise.uniform().view(-1, 1, 1, 1)
        normal = noise.normal(*structures.shape[1:])

        void = zeros_like(structures)
        donor = structures.roll(1, 0) if len(structures) > 1 else void
        noisy_block = normal * (0.3 + 0.3 * spread)
        content = where(kind == VOID_BLOCK, void, where(kind == DONOR_BLOCK, donor, noisy_block))
        replaced = where(_block(corner, resolution), content, structures)

        noisy = structures + normal * (0.1 + 0.2 * spread)
        wrapped = noisy.masked_fill(noisy > 1.2, 0.0).masked_fill(noisy < -0.4, 1.0)
        return (where(kind == ADDED_NOISE, wrapped, replaced) > 0.5).to(structures.dtype)


def _block(corner: Tensor, resolution: int) -> Tensor:
    """Masks `[B, d, d, d]` of the blocks of half the resolution whose first corners `[B, 3]` are given."""
    offset = arange(resolution, device=corner.device) - corner[:, :, None]
    inside = (offset >= 0) & (offset < resolution // 2)
    x, y, z = inside.unbind(1)
    return x[:, :, None, None] & y[:, None, :, None] & z[:, None, None, :]

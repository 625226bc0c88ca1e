"""Shell cells of several symmetries."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from zoo import Card
from zoo_voxels.generation.shell_dataset import ShellDataset
from zoo_voxels.generation.shells import VOLUME_FRACTION, candidates


class MetaShellMixed(ShellDataset):
    """`count` shell cells of `resolution`^3 voxels (see `shells`), less than half of them cubic-symmetric, with their
    `volume_fraction` as property; all follow from `seed`.

    The data that zoo called `metashell` at first, to the bit. ZooError if `resolution` is below 8, `count` below 1 or
    `seed` negative.
    """

    name = "metashell-mixed"

    def card(self) -> Card:
        low, high = VOLUME_FRACTION
        return self.described(
            title="Shells of mixed symmetry, zoo edition",
            description=(
                f"{self.count:,} shell unit cells of {self.resolution}^3 voxels: walls |f - offset| < thickness around "
                "level sets of random trigonometric fields, cubic-symmetric and not, gyroid, Schwarz P and D, I-WP, "
                "Neovius and other minimal surfaces among them. Each is one periodic piece that percolates along all "
                f"three axes, with a volume fraction from {low:g} to {high:g}, and no two are equal in any of the six "
                f"rotations; seed {self.seed}. Measured at 48^3: 1,000 cells of seed 0 have 36 % of solid in the mean, "
                "10 % to 60 %, and the stiffness of 80, in units of the solid's modulus (Poisson's ratio 0.3), reaches "
                "from 0.016 to 0.39 (C11, C22, C33), 0.001 to 0.13 (C12, C13, C23) and 0.0002 to 0.13 (C44, C55, C66). "
                "Until its second revision this was zoo's edition of MetaShell, whose published cells are cubic."
            ),
        )

    def cells(self, item: int) -> Iterator[NDArray[np.bool_]]:
        return (shell.cell for shell in candidates(item, self.resolution, self.seed))

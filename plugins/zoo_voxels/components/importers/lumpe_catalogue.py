"""The truss catalogue of Lumpe & Stankovic, as published."""

import re
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from zoo_voxels.components.importers.lattices import ASSIGNED, MODULI, RATIOS, SCALING, Catalogue, as_named


class LumpeCatalogue(Catalogue):
    """`Unit_Cell_Catalog.txt`: nodes counted from 1, entries separated by a line of dashes.

    What an entry lists as `name = number` are properties under those names: Young's moduli `Ex`, …, shear moduli `Gyz`,
    … and Poisson's ratios `nuxy`, … at 1 percent of solid, base material E = 1; constants `Cx`, … and exponents `nx`, …
    of their law of scaling with the density.
    """

    revision: ClassVar[int] = 3
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    first: ClassVar[int] = 1
    separator: ClassVar[re.Pattern[str]] = re.compile("-{60,}")
    units: ClassVar[Mapping[str, str]] = {**dict.fromkeys(MODULI, "E"), **dict.fromkeys((*RATIOS, *SCALING), "")}

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the labels at its beginning are the catalogue's."""
        if path.suffix.lower() not in cls.suffixes:
            return False
        try:
            with path.open("rb") as file:
                return b"Normalized unit cell parameters" in file.read(10_000)
        except OSError:
            return False

    def _properties(self, entry: list[str]) -> Mapping[str, float | NDArray[np.float64]]:
        head = takewhile(lambda line: not line.startswith("Nodal positions"), entry)
        assigned = ((as_named(name), float(value)) for line in head for name, value in ASSIGNED.findall(line))
        return {name: value for name, value in assigned if name in self.units}

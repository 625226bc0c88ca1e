"""Moduli and Poisson's ratios of a slit sheet in tension, along and across."""

from torch import Tensor

from zoo import Property
from zoo_kirigami.cuts.geometry import CUT_LENGTH, checked_length
from zoo_kirigami.sheets.slit_sheet import slit_sheet


class SlitSheetModuli(Property):
    """Effective moduli of patterns, in units of the sheet's Young's modulus, and Poisson's ratios.

    Random cuts leave no rigid units, so the sheet itself is solved, in plane stress and for small strain; it does not
    buckle, which a thin one does early. `poissons_ratio` is the sheet's; `nodes` sets how finely each cut is resolved:
    `error` says what they leave open, with 8 about 1e-4 for most random cells, and percent where a strip
    between two cuts is very thin. `closing` is the share of cut length
    whose faces overlap in the worse of the two directions of pull, which a real sheet resists: where it is not small,
    the numbers are those of a sheet that is too soft. `cut_length` is in units of the lattice.
    """

    units = {  # noqa: RUF012
        "youngs_modulus_x": "Young's modulus of the sheet",
        "youngs_modulus_y": "Young's modulus of the sheet",
        "shear_modulus": "Young's modulus of the sheet",
        "poissons_ratio_xy": "",
        "poissons_ratio_yx": "",
        "error": "relative",
        "closing": "share of the length of cuts",
    }

    def __init__(self, poissons_ratio: float = 0.3, nodes: int = 8, cut_length: float = CUT_LENGTH) -> None:
        self.poissons_ratio = poissons_ratio
        self.nodes = nodes
        self.cut_length = checked_length(cut_length)

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        """Moduli of angles `[B, n, n]` in degrees, solved in float64, returned in the precision of the angles."""
        sheet = slit_sheet(structures, poissons_ratio=self.poissons_ratio, nodes=self.nodes, length=self.cut_length)
        along, across = sheet.youngs_modulus.unbind(1)
        pulled_along, pulled_across = sheet.poissons_ratio.unbind(1)
        values = {
            "youngs_modulus_x": along,
            "youngs_modulus_y": across,
            "shear_modulus": sheet.shear_modulus,
            "poissons_ratio_xy": pulled_along,
            "poissons_ratio_yx": pulled_across,
            "error": sheet.error,
            "closing": sheet.closing.amax(1),
        }
        return {name: value.to(structures.dtype) for name, value in values.items()}

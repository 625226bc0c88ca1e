"""The brief of a design: its goal, its limits, its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from zoo import ZooError
from zoo_mechanics.elasticity.bounds import target_problems
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.inverse.goals import Goal, bound
from zoo_mechanics.inverse.orbits import Symmetry

MIN_RESOLUTION = 8
MIN_ITERATIONS = 12


@dataclass(frozen=True)
class Brief:
    """A goal, what it may cost, and how it is sought.

    `target` names components of the stiffness (`C11` to `C66`, in units of the solid's Young's modulus) if that is the
    goal; `volume` is the most solid there may be, as a fraction; `radius` of the filter is in voxels, and struts and
    walls come out about as thick; a `robust` design serves even where it comes out thinner than meant (see `design`);
    the solid has E = 1 and the Poisson's ratio `poisson`. ZooError for what is out of range, and for a target that no
    cell can reach.
    """

    goal: Goal = "bulk"
    target: Mapping[str, float] = field(default_factory=dict)
    volume: float = 0.3
    resolution: int = 32
    symmetry: Symmetry = "cubic"
    isotropic: bool = False
    iterations: int = 60
    radius: float = 2.0
    poisson: float = 0.3
    robust: bool = False

    def __post_init__(self) -> None:
        isotropic(1.0, self.poisson)
        problems = []
        if not 0 < self.volume < 1:
            problems.append(f"volume {self.volume:g} must lie between 0 and 1, both left out")
        if self.resolution < MIN_RESOLUTION:
            problems.append(f"resolution {self.resolution} is less than {MIN_RESOLUTION}")
        if self.iterations < MIN_ITERATIONS:
            problems.append(f"iterations {self.iterations} are less than {MIN_ITERATIONS}")
        if not 1 <= self.radius <= self.resolution / 4:
            problems.append(f"radius {self.radius:g} must lie between 1 and a quarter of the resolution")
        if self.robust and self.goal == "target":
            problems.append("a robust design has no target: what comes out thinner has another stiffness")
        if not problems and self.goal == "target":
            problems = _target_problems(self.target, self.volume, self.poisson, self.symmetry == "cubic")
        if problems:
            raise ZooError(*problems)


def _target_problems(target: Mapping[str, float], volume: float, poisson: float, cubic: bool) -> list[str]:
    """What is not a component, not a number, or out of reach: beyond the bound of Voigt by itself, or beyond those of
    Hashin and Shtrikman taken together."""
    base = isotropic(1.0, poisson)
    problems = target_problems(target, volume, base)
    if not problems and not any(target.values()):
        problems = ["a target of zeros is met by an empty cell"]
    return problems or _average_problems(target, volume, base, cubic)


def _average_problems(target: Mapping[str, float], volume: float, base: Tensor, cubic: bool) -> list[str]:
    """What Hashin and Shtrikman say of a target that tells all of C11, C12 and C44, or their like."""
    groups = (("C11", "C22", "C33"), ("C12", "C13", "C23"), ("C44", "C55", "C66"))
    given = [[target[name] for name in group if name in target] for group in groups]
    if not all(len(values) == 3 or (cubic and values) for values in given):
        return []
    along, across, sheared = (sum(values) / len(values) for values in given)
    bulk, shear = (along + 2 * across) / 3, (along - across + 3 * sheared) / 5
    problems = []
    for name, value, most in (
        ("bulk", bulk, bound("bulk", volume, base)),
        ("shear", shear, bound("shear", volume, base)),
    ):
        if not 0 <= value <= most:
            problems.append(
                f"the target's {name} modulus {value:.4g} is out of reach: at volume {volume:g} the Hashin-Shtrikman "
                f"bound is {most:.4g}"
            )
    if cubic and along < across:
        problems.append(f"the target is not stable: C11 = {along:g} is less than C12 = {across:g}")
    return problems

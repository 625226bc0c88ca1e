"""`zoo kirigami-design`."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zoo import ZooError, bar, check_suffix, named_values, print_table, whole_file
from zoo_kirigami.commands.options import CUT_LENGTH, Cells, Length, Range, Side, read_patterns

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from zoo_kirigami.components.cut_pattern import CutPattern

NAMES = ("poissons_ratio_xy", "poissons_ratio_yx", "youngs_modulus_x", "youngs_modulus_y", "shear_modulus")


class Design(NamedTuple):
    """A designed cell, and the properties of its start and of itself."""

    number: int
    cell: "np.ndarray"
    before: dict[str, float]
    after: dict[str, float]
    calls: int


def kirigami_design(
    cells: Cells,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write what they become.")],
    wanted: Annotated[
        list[str], typer.Option("--target", metavar="NAME=VALUE", help="A property of the slit sheet. Repeatable.")
    ],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many of the cells to start from.")] = 4,
    calls: Annotated[int, typer.Option(min=3, help="Solutions of the sheet for each.")] = 40,
    near: Annotated[float, typer.Option(help="How near is near enough; for moduli, as a share.")] = 0.002,
    max_rotation: Range = 90,
    side: Side = 6,
    cut_length: Length = CUT_LENGTH,
) -> None:
    """Turn the cuts of cells until the sheet has wanted Poisson's ratios or moduli. Cells whose cuts cross are passed
    over."""
    target = named_values("--target", wanted, "poissons_ratio_xy=-0.6", _objection)
    import numpy as np

    from zoo_kirigami.components.cut_pattern import CutPattern
    from zoo_kirigami.cuts.geometry import crossings

    domain = CutPattern(max_rotation, side, cut_length)
    check_suffix("--output", output, domain.formats)
    patterns = read_patterns(cells, side, max_rotation, cut_length).structures
    numbers = np.flatnonzero(crossings(patterns, cut_length) == 0)[:count]
    if not len(numbers):
        raise ZooError(f"{cells}: the cuts of all {len(patterns)} cells cross, so there is no sheet to start from.")
    designs = _designs(patterns, numbers.tolist(), target, calls, near, domain)
    with whole_file(output) as temporary:
        domain.write(np.stack([design.cell for design in designs]), temporary)
    _tell(designs, target)
    typer.echo(f"cells  {output}")


def _objection(name: str, value: float) -> str:
    """What is wrong with a wanted value."""
    if name not in NAMES:
        return f"there is no property {name!r}; known: {', '.join(NAMES)}."
    if not math.isfinite(value) or (_is_modulus(name) and value <= 0):
        return "moduli are positive numbers, and Poisson's ratios finite ones."
    return ""


def _designs(
    cells: "np.ndarray", numbers: Sequence[int], target: dict[str, float], calls: int, near: float, domain: "CutPattern"
) -> list[Design]:
    import torch

    from zoo_kirigami.components.slit_sheet_moduli import SlitSheetModuli
    from zoo_kirigami.sheets.descent import Descent, distance

    sheet = SlitSheetModuli(cut_length=domain.cut_length)

    def told(cell: "Tensor") -> dict[str, float]:
        return {name: float(value) for name, value in sheet.values(cell[None], domain.lattice(1)).items()}

    def worth(cells: "Tensor") -> "Tensor":
        values = sheet.values(cells, domain.lattice(len(cells)))
        return torch.stack([values[name].log() if _is_modulus(name) else values[name] for name in target], 1)

    wanted = torch.tensor([math.log(value) if _is_modulus(name) else value for name, value in target.items()]).double()
    descent = Descent(worth, domain.max_rotation, domain.cut_length, near)
    designs = []
    with bar("designs", len(numbers)) as progress:
        for number in numbers:
            start = torch.from_numpy(cells[number]).double()
            best, nearest, used = start, worth(start[None])[0], 1
            for cell, value, cost in descent.search(start, nearest, wanted):
                if used + cost > calls:
                    break
                used += cost
                if distance(value, wanted) < distance(nearest, wanted):
                    best, nearest = cell, value
            written = best.float()
            designs.append(Design(number, written.numpy(), told(start), told(written.double()), used))
            progress.advance()
    return designs


def _tell(designs: Sequence[Design], target: dict[str, float]) -> None:
    headers = ["start", *(f"{name} {value:g}" for name, value in target.items()), "calls", "closing"]
    rows = [
        [
            str(design.number),
            *(f"{design.before[name]:.4f} -> {design.after[name]:.4f}" for name in target),
            str(design.calls),
            f"{design.after['closing']:.1%}",
        ]
        for design in designs
    ]
    print_table(headers, rows)


def _is_modulus(name: str) -> bool:
    """Which are compared by their ratio, and not by their difference."""
    return "modulus" in name

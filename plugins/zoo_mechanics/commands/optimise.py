"""`zoo optimise`."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from zoo import ZooError, named_values, pick, require_cubes

if TYPE_CHECKING:
    from torch import Tensor

    from zoo_mechanics.inverse.brief import Brief
    from zoo_mechanics.inverse.goals import Goal
    from zoo_mechanics.inverse.record import Record

_NAMES = {
    "bulk": "bulk modulus",
    "shear": "shear modulus",
    "young": "Young's modulus",
    "poisson": "Poisson's ratio",
    "target": "gap to the target",
}


def optimise(
    volume: Annotated[float, typer.Option(help="The most solid that there may be, as a fraction.")],
    maximise: Annotated[Literal["bulk", "shear", "young"] | None, typer.Option(help="A modulus.")] = None,
    minimise: Annotated[Literal["poisson"] | None, typer.Option(help="The Poisson's ratio along the axes.")] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="A component of the stiffness, C11=0.1: Voigt, the solid's E = 1. Repeatable."
        ),
    ] = None,
    resolution: Annotated[int, typer.Option(help="Voxels along each edge.")] = 32,
    symmetry: Annotated[Literal["cubic", "orthotropic", "none"], typer.Option(help="What the design keeps.")] = "cubic",
    isotropic: Annotated[bool, typer.Option("--isotropic", help="Make the stiffness isotropic, to 2 %.")] = False,
    iterations: Annotated[int, typer.Option(help="How many steps.")] = 60,
    radius: Annotated[float, typer.Option(help="Of the filter, in voxels: how thick struts and walls are.")] = 2.0,
    thick: Annotated[
        bool, typer.Option("--thick", help="Take away, in the end, what is thinner than two voxels.")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robust", help="Judge the design also eroded, so that nothing hangs by a hinge.")
    ] = False,
    start: Annotated[Path | None, typer.Option(help="Cells to start from: a run's folder, or a file, as .npz.")] = None,
    which: Annotated[int, typer.Option("--cell", help="Which of these cells, from 0.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the random start.")] = 0,
    poisson: Annotated[float, typer.Option(help="Poisson's ratio of the solid.")] = 0.3,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The folder to write to.")] = None,
) -> None:
    """Design a cell for a stiffness. Stopped, the same command goes on from there."""
    from zoo import locked
    from zoo_mechanics.inverse.brief import Brief
    from zoo_mechanics.inverse.record import CELL, PICTURE, Record, wish
    from zoo_mechanics.summary import remarks

    goal = _goal(maximise, minimise, "target" if target else None)
    components = named_values("--target", target or (), "C11=0.1")
    brief = Brief(goal, components, volume, resolution, symmetry, isotropic, iterations, radius, poisson, robust)
    variables = _start(brief, start, which, seed)
    wanted = wish(brief, f"cell {_digest(variables)}" if start else "random", seed)
    folder = output or Path("optimised") / f"{goal}-{volume:g}-{resolution}"
    try:
        with locked(folder):
            record = Record(folder, wanted, brief, variables)
            _go_on(record, _NAMES[goal])
            result = record.finish(thick=thick)
    except KeyboardInterrupt:
        typer.echo("Stopped. What was finished is kept; the same command goes on from here.", err=True)
        raise typer.Exit(130) from None
    cell = result["cell"]
    typer.echo(f"{_NAMES[goal]} {result['value']:.4g} at volume {cell['volume_fraction']:.4f}, {_shares(cell)}")
    if result["thinner_than_two_voxels"]:
        typer.echo(f"{result['thinner_than_two_voxels']:.2%} of the solid is thinner than two voxels.", err=True)
    for remark in remarks(0, cell):
        typer.echo(remark, err=True)
    typer.echo(f"cell     {folder / CELL}\npicture  {folder / PICTURE}")


def _go_on(record: "Record", name: str) -> None:
    from zoo import bar

    with bar("optimise", record.design.brief.iterations, done=record.design.iteration) as progress:
        while not record.finished:
            step = record.step()
            progress.advance()
            progress.note(f"{name} {step.value:.4g}, volume {step.volume:.3f}")


def _goal(*wanted: str | None) -> "Goal":
    goals: list[Any] = [goal for goal in wanted if goal]
    if len(goals) != 1:
        raise ZooError(f"one of --maximise, --minimise and --target says what is wanted, not {len(goals)} of them.")
    goal: Goal = goals[0]
    return goal


def _start(brief: "Brief", path: Path | None, which: int, seed: int) -> "Tensor":
    import torch

    from zoo_mechanics.densities import read_densities
    from zoo_mechanics.inverse.start import random_start, start_from

    if path is None:
        return random_start(brief.volume, brief.resolution, brief.symmetry, seed)
    cell = pick(read_densities(path), [which])
    require_cubes(cell, "zoo optimise")
    return start_from(torch.from_numpy(cell.structures[0]), brief.resolution)


def _digest(start: "Tensor") -> str:
    """The same command goes on only with the same cell, whatever file it is in."""
    return hashlib.sha256(start.numpy().tobytes()).hexdigest()[:16]


def _shares(cell: dict[str, Any]) -> str:
    shares = f"{cell['bulk_to_bound']:.1%} and {cell['shear_to_bound']:.1%} of the bounds on bulk and shear modulus"
    return f"{shares}, Zener {cell['zener']:.3g}" if cell["zener"] is not None else shares

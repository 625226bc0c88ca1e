"""`zoo beams`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from torch import Tensor

    from zoo_mechanics.beams import Theory
    from zoo_voxels import Net


def beams(
    paths: Annotated[
        list[Path], typer.Argument(metavar="NETS", help="Nets as .lat, .cgd, .arc or the catalogue's .txt.")
    ],
    density: Annotated[float, typer.Option(help="Relative density of the struts.")] = 0.01,
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="The first so many; all by default.")
    ] = None,
    theory: Annotated[
        Literal["timoshenko", "euler-bernoulli"], typer.Option(help="Whether struts give way to shear.")
    ] = "timoshenko",
    young: Annotated[float, typer.Option(help="Young's modulus of the solid.")] = 1.0,
    poisson: Annotated[float, typer.Option(help="Poisson's ratio of the solid.")] = 0.3,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON, stiffness tensors included.")
    ] = False,
) -> None:
    """Print what trusses are worth as frames of slender, round struts, all of one radius: milliseconds a net."""
    from itertools import chain, islice

    from zoo import bar, print_table
    from zoo_mechanics.elasticity.voigt import isotropic
    from zoo_mechanics.summary import MODULI, columns
    from zoo_voxels import read_nets

    base = isotropic(young, poisson)
    nets = list(islice(chain.from_iterable(map(read_nets, paths)), count))
    records = []
    with bar("beams", len(nets)) as progress:
        for net in nets:
            records.append(_record(net, density, base, young, poisson, theory))
            progress.advance()
    if as_json:
        typer.echo(json.dumps({"young": young, "poisson": poisson, "theory": theory, "nets": records}, indent=2))
        return
    shown = [[record["name"], str(record["bars"]), f"{record['radius']:.4g}", *columns(record)] for record in records]
    print_table(("net", "bars", "radius", *MODULI), shown)
    for record in records:
        if record["singular"]:
            typer.echo(f"{record['name']}: some strain meets no resistance; the stiffness is singular.", err=True)


def _record(
    net: "Net", density: float, base: "Tensor", young: float, poisson: float, theory: "Theory"
) -> dict[str, Any]:
    from zoo_mechanics.beams import frames, gives_way, homogenise_beams
    from zoo_mechanics.summary import constants

    bars = frames([net])
    radius = bars.radius(density)
    stiffness = homogenise_beams(bars, radius, young=young, poisson=poisson, theory=theory)
    moduli = constants(stiffness[0], density, base, bool(gives_way(stiffness)[0]))
    lattice = net.lattice.tolist()
    return {"name": net.name, "bars": len(net.edges), "radius": float(radius[0]), "lattice": lattice} | moduli

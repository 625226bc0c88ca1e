"""`zoo mechanics`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo import ZooError, check_suffix, whole_file


def mechanics(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="CELLS",
            help="A run's folder, a .safetensors file, or a file that an importer reads, as .npz, .stl or .cgd.",
        ),
    ],
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="The first so many; all by default.")
    ] = None,
    refine: Annotated[
        int, typer.Option(min=1, help="Solve on up to so many times finer grids too, and extrapolate.")
    ] = 1,
    lattice: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C,ALPHA,BETA,GAMMA",
            help="The cells' lattice, angles in degrees; by default the file's, a cube where it has none.",
        ),
    ] = None,
    young: Annotated[float, typer.Option(help="Young's modulus of the solid.")] = 1.0,
    poisson: Annotated[float, typer.Option(help="Poisson's ratio of the solid.")] = 0.3,
    tolerance: Annotated[float, typer.Option(help="Relative error of the stiffness that the solver may leave.")] = 1e-3,
    figure: Annotated[
        Path | None, typer.Option(help="An .svg to write: Young's modulus of the first cell in every direction.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything as JSON, stiffness tensors included.")
    ] = False,
) -> None:
    """Print what cells are worth: effective moduli, how near they come to their bounds, and how exact that is."""
    import torch

    from zoo import bar, print_table
    from zoo_mechanics.densities import read_densities
    from zoo_mechanics.elasticity.lattices import lattice_vectors, same_lattices
    from zoo_mechanics.elasticity.voigt import isotropic
    from zoo_mechanics.summary import HEADERS, examine, remarks, table_row

    if figure is not None:
        check_suffix("--figure", figure, [".svg"])
    base = isotropic(young, poisson)
    given = None if lattice is None else lattice_vectors(_parameters(lattice))
    cells = read_densities(path, count)
    vectors = torch.from_numpy(cells.lattice)
    if given is not None:
        if "lattice" in cells.properties and not same_lattices(vectors, given):
            typer.echo(f"--lattice {lattice} is taken, and {path} says otherwise.", err=True)
        vectors = given.expand(len(cells), 3, 3)
    records: list[dict[str, Any]] = []
    try:
        with bar("mechanics", len(cells)) as progress:
            for cell, edges in zip(torch.from_numpy(cells.structures), vectors, strict=True):
                examined = examine(cell, edges, base, tolerance, refine)
                records.append({"lattice": edges.tolist(), **examined})
                progress.advance()
    except KeyboardInterrupt:
        typer.echo(f"Stopped: {len(records)} of {len(cells)} cells are done.", err=True)
    if figure is not None and records:
        _draw(records[0]["stiffness"], figure)
    if as_json:
        typer.echo(json.dumps({"young": young, "poisson": poisson, "cells": records}, indent=2))
    else:
        print_table(HEADERS, [table_row(number, record) for number, record in enumerate(records)])
        for number, record in enumerate(records):
            for remark in remarks(number, record):
                typer.echo(remark, err=True)
    if len(records) < len(cells):
        raise typer.Exit(130)


def _draw(stiffness: list[list[float]], path: Path) -> None:
    import torch

    from zoo_mechanics.elasticity.drawing import directional_svg

    with whole_file(path) as temporary:
        temporary.write_text(directional_svg(torch.tensor(stiffness)), encoding="utf-8")
    typer.echo(f"figure  {path}", err=True)


def _parameters(text: str) -> list[float]:
    try:
        parameters = [float(word) for word in text.split(",")]
    except ValueError:
        parameters = []
    if len(parameters) != 6:
        raise ZooError(f"--lattice {text}: expected a,b,c,alpha,beta,gamma, such as 1,1,2,90,90,120.")
    return parameters

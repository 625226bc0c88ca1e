"""`zoo mechanics`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from zoo import ZooError, whole_file


def mechanics(
    path: Annotated[
        Path, typer.Argument(metavar="CELLS", help="Cells as .npy or .npz, samples as .safetensors, or a run's folder.")
    ],
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="The first so many; all by default.")
    ] = None,
    refine: Annotated[
        int, typer.Option(min=1, help="Solve on up to so many times finer grids too, and extrapolate.")
    ] = 1,
    lattice: Annotated[
        str, typer.Option(metavar="A,B,C,ALPHA,BETA,GAMMA", help="The cells' lattice, angles in degrees.")
    ] = "1,1,1,90,90,90",
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
    from zoo import bar, print_table
    from zoo_mechanics.cells import read_cells
    from zoo_mechanics.elasticity.lattices import lattice_vectors
    from zoo_mechanics.elasticity.voigt import isotropic
    from zoo_mechanics.summary import HEADERS, examine, remarks, table_row

    if figure is not None and figure.suffix != ".svg":
        raise ZooError(f"--figure {figure}: unknown format {figure.suffix!r}; known: .svg.")
    base, vectors = isotropic(young, poisson), lattice_vectors(_parameters(lattice))
    cells = read_cells(path)[:count]
    records: list[dict[str, Any]] = []
    try:
        with bar("mechanics", len(cells)) as progress:
            for cell in cells:
                records.append(examine(cell, vectors, base, tolerance, refine))
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

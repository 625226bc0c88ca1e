"""`zoo forces`."""

from pathlib import Path
from typing import Annotated

import typer


def forces(
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write, .svg.")],
    regularisers: Annotated[
        list[str] | None,
        typer.Option("--regulariser", help="One to draw instead, as {use: ras, intra: 0.04}. Repeatable."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="How long the particles follow the forces.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of where they begin.")] = 0,
) -> None:
    """Draw what regularisers do to latents, as figure 4 of VOXPLOER: particles in a plane that follow the forces."""
    from zoo.cli.support.checks import check_suffix
    from zoo.errors import ZooError
    from zoo.recipes.yaml_lines import parse_yaml
    from zoo.reports.forces import figure_4, forces_svg, panels
    from zoo.system.files import write_text

    check_suffix("--output", output, [".svg"])
    blocks = figure_4()
    if regularisers:
        given = {text: parse_yaml(text, lambda line: "--regulariser").plain() for text in regularisers}
        blocks = {text: {"use": block} if isinstance(block, str) else block for text, block in given.items()}
        if wrong := [text for text, block in blocks.items() if not isinstance(block, dict) or "use" not in block]:
            raise ZooError(*(f"--regulariser {text}: expected {{use: name, …}}." for text in wrong))
    write_text(output, forces_svg(panels(blocks, steps, seed)))
    typer.echo(f"figure  {output}")

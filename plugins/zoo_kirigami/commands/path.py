"""`zoo kirigami-path`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import check_all, check_suffix, pick, whole_file
from zoo_kirigami.commands.options import Cells, Range, Side, read_patterns


def kirigami_path(
    cells: Cells,
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture, .svg.")],
    start: Annotated[int, typer.Option(help="Which of the cells to begin with, from 0.")] = 0,
    goal: Annotated[int, typer.Option(help="Which of the cells to end with.")] = 1,
    max_rotation: Range = 90,
    count: Annotated[int, typer.Option("--frames", min=2, help="Cells to draw on each way.")] = 8,
    side: Side = 6,
    seed: Annotated[int, typer.Option(min=0, help="Of the search.")] = 0,
) -> None:
    """Draw two ways from one cell to another: straight, where cuts may cross (in orange), and round about, where none
    do (figure 2 of Felsch & Slesarenko)."""
    from zoo_kirigami.cuts.path import detour, frames, length, straight
    from zoo_kirigami.drawing.drawing import gallery_svg

    patterns = read_patterns(cells, side, max_rotation)
    check_all(
        [
            lambda: pick(patterns, [start], "--start"),
            lambda: pick(patterns, [goal], "--goal"),
            lambda: check_suffix("--output", output, [".svg"]),
        ]
    )
    first, last = patterns.take([start, goal]).structures.astype(float)
    ways = {"straight": straight(first, last, max_rotation)}
    ways["round about"] = detour(first, last, max_rotation, seed=seed)
    drawn = [cell for way in ways.values() for cell in frames(way, count)]
    with whole_file(output) as temporary:
        temporary.write_text(gallery_svg(drawn, columns=count), encoding="utf-8")
    for name, way in ways.items():
        typer.echo(f"{name:<12} {length(way):7.1f} degrees")
    typer.echo(f"figure       {output}")

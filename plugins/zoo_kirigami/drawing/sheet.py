"""Sheets for a laser cutter: a pattern repeated over a sheet, in millimetres, as SVG or DXF."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError
from zoo_kirigami.cuts.geometry import CUT_LENGTH, checked_length


@dataclass(frozen=True)
class Sheet:
    """Cuts `[k, 2, 2]` (start and end, x to the right and y up, from the lower left corner) and size, all in mm."""

    cuts: NDArray[np.float64]
    width: float
    height: float


def sheet(
    angles: NDArray[np.floating],
    tiles: tuple[int, int],
    spacing: float,
    margin: float,
    cut_length: float = CUT_LENGTH,
) -> Sheet:
    """The pattern `[n, n]` (degrees) in `tiles` (down, across), centres `spacing` mm apart, in a frame `margin` mm
    wide.

    The frame is counted from the square that surrounds each cut's centre, half a spacing around it. ZooError for sizes
    that are not positive, and for a frame so narrow that a cut could reach the edge and part the sheet.
    """
    down, across = tiles
    half = checked_length(cut_length) / 2 * spacing
    problems = []
    if down < 1 or across < 1:
        problems.append(f"tiles {down}x{across}: there must be at least one each way.")
    if not spacing > 0:
        problems.append(f"spacing {spacing:g} mm must be positive.")
    elif not margin > half - spacing / 2:
        problems.append(f"margin {margin:g} mm: cuts could reach the edge; take more than {half - spacing / 2:.4g} mm.")
    if problems:
        raise ZooError(*problems)
    tiled = np.deg2rad(np.tile(angles.astype(np.float64), tiles))
    rows, columns = tiled.shape
    row, column = np.indices(tiled.shape)
    centres = margin + spacing * (np.stack([column, rows - 1 - row], -1) + 0.5)
    reach = half * np.stack([np.sin(tiled), np.cos(tiled)], -1)
    cuts = np.stack([centres - reach, centres + reach], -2).reshape(-1, 2, 2)
    return Sheet(cuts, 2 * margin + spacing * columns, 2 * margin + spacing * rows)


def sheet_svg(drawing: Sheet) -> str:
    """An SVG whose user unit is a millimetre: cuts in red, the outline in black, a group each."""
    flipped = drawing.cuts * [1, -1] + [0, drawing.height]
    path = "".join(f"M{x1:.4f} {y1:.4f}L{x2:.4f} {y2:.4f}" for (x1, y1), (x2, y2) in flipped)
    width, height = f"{drawing.width:g}", f"{drawing.height:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
        ' fill="none" stroke-width="0.1">\n'
        f'<g id="cuts" stroke="#ff0000"><path d="{path}"/></g>\n'
        f'<g id="outline" stroke="#000000"><path d="M0 0H{width}V{height}H0Z"/></g>\n</svg>\n'
    )


def sheet_dxf(drawing: Sheet) -> str:
    """A DXF of release 12, which every cutter reads: lines in the layers CUTS (red) and OUTLINE, in millimetres."""
    w, h = drawing.width, drawing.height
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]])
    outline = np.stack([corners, np.roll(corners, -1, 0)], 1)
    header = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1009", "9", "$INSUNITS", "70", "4", "0", "ENDSEC"]
    layers = ["0", "SECTION", "2", "TABLES", "0", "TABLE", "2", "LAYER", "70", "2"]
    for name, colour in (("CUTS", "1"), ("OUTLINE", "7")):
        layers += ["0", "LAYER", "2", name, "70", "0", "62", colour, "6", "CONTINUOUS"]
    layers += ["0", "ENDTAB", "0", "ENDSEC"]
    lines = [*_dxf_lines("CUTS", drawing.cuts), *_dxf_lines("OUTLINE", outline)]
    entities = ["0", "SECTION", "2", "ENTITIES", *lines, "0", "ENDSEC", "0", "EOF"]
    return "".join(f"{field}\n" for field in [*header, *layers, *entities])


def _dxf_lines(layer: str, lines: NDArray[np.float64]) -> Iterable[str]:
    for (x1, y1), (x2, y2) in lines:
        yield from ("0", "LINE", "8", layer)
        yield from ("10", f"{x1:.6f}", "20", f"{y1:.6f}", "30", "0.0")
        yield from ("11", f"{x2:.6f}", "21", f"{y2:.6f}", "31", "0.0")

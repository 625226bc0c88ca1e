"""Generated cells beside the training cells nearest to them: a picture, and a page on which one can turn them."""

import base64
import io
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from zoo import Figure, Split
from zoo_voxels.likeness.neighbours import nearest, pack
from zoo_voxels.rendering.images import render

_SHOWN = 12
_MAX_BYTES = 1_500_000
"""Upper limit on the bytes of cells on the page; fewer cells are shown if they are large."""
_PIXELS, _LABEL, _COLUMNS = 176, 20, 3
_GREY = (128, 130, 134, 255)
"""Colour of labels, readable on light and on dark pages."""


def comparison(cells: NDArray[np.bool_], train: Split) -> list[Figure]:
    """Figures of the first of these cells, bool `[n, d, d, d]`, each beside its nearest training cell by IoU."""
    packed = pack(cells)
    fitting = max(1, min(_SHOWN, _MAX_BYTES // (2 * packed.shape[1])))
    packed, cells = packed[:fitting], cells[:fitting]
    index, iou = nearest(packed, train.packed())
    twins = train.array(index).astype(bool)
    caption = (
        f"The first {len(cells)} cells, each beside its nearest among {len(train):,} training cells, turned "
        "copies included, by intersection over union (IoU): 1 is a copy."
    )
    turned = f"{caption} Drag a cell, or use the arrow keys, to turn both; click below for another."
    return [
        Figure("turn", turned, "text/html", _page(packed, pack(twins), iou, cells.shape[1]), height=520),
        Figure("nearest", caption, "image/png", _sheet(cells, twins, iou)),
    ]


def _page(packed: NDArray[np.uint8], twins: NDArray[np.uint8], iou: NDArray[np.float64], resolution: int) -> bytes:
    shown = [
        {"sample": _text(cell), "nearest": _text(twin), "iou": round(float(overlap), 4)}
        for cell, twin, overlap in zip(packed, twins, iou, strict=True)
    ]
    page = Path(__file__).with_name("viewer.html").read_text(encoding="utf-8")
    return page.replace("/*CELLS*/", json.dumps({"resolution": resolution, "shown": shown})).encode()


def _text(bits: NDArray[np.uint8]) -> str:
    return base64.b64encode(bits.tobytes()).decode()


def _sheet(cells: NDArray[np.bool_], twins: NDArray[np.bool_], iou: NDArray[np.float64]) -> bytes:
    """Pairs in rows, the generated cell on the left, with the IoU below."""
    columns = min(_COLUMNS, len(cells))
    gap = _PIXELS // 6
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGBA", (columns * 2 * _PIXELS + (columns - 1) * gap, rows * (_PIXELS + _LABEL)))
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for place, (cell, twin, overlap) in enumerate(zip(cells, twins, iou, strict=True)):
        left, top = place % columns * (2 * _PIXELS + gap), place // columns * (_PIXELS + _LABEL)
        sheet.paste(Image.fromarray(render(cell, _PIXELS)), (left, top))
        sheet.paste(Image.fromarray(render(twin, _PIXELS)), (left + _PIXELS, top))
        pen.text((left + _PIXELS, top + _PIXELS), f"{place}: IoU {overlap:.3f}", fill=_GREY, font=font, anchor="ma")
    file = io.BytesIO()
    sheet.save(file, format="PNG")
    return file.getvalue()

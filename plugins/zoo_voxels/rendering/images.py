"""Pictures of voxel cells as PNG files: galleries, tilings and animated turntables."""

import io
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zoo_voxels.rendering.camera import camera
from zoo_voxels.rendering.raycast import cast
from zoo_voxels.rendering.scene import scene

AZIMUTH, ELEVATION = math.radians(33.0), math.radians(27.0)
"""Where the viewer stands: angle from x towards y, and height above the xy plane."""
FRAMES, FRAME_MS = 48, 60
"""Pictures per turn of a turntable, and how long each is shown."""


def render(cell: NDArray[np.bool_], pixels: int = 256) -> NDArray[np.uint8]:
    """One cell, bool `[d, d, d]` (any box will do), as an RGBA picture `[pixels, pixels, 4]`, background transparent.

    The view is orthographic with z upwards; the cell's box just fits the frame.
    """
    return cast(scene(cell), camera(cell.shape, AZIMUTH, ELEVATION), pixels)


def gallery(cells: Sequence[NDArray[np.bool_]] | NDArray[np.bool_], columns: int = 4, pixels: int = 256) -> bytes:
    """The cells as one PNG file, row by row in `columns` columns, each `pixels` wide, background transparent."""
    sheet = np.zeros((math.ceil(len(cells) / columns) * pixels, columns * pixels, 4), dtype=np.uint8)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for place, picture in enumerate(threads.map(lambda cell: render(cell, pixels), cells)):
            top, left = pixels * (place // columns), pixels * (place % columns)
            sheet[top : top + pixels, left : left + pixels] = picture
    return _png(Image.fromarray(sheet))


def turntable(cell: NDArray[np.bool_], pixels: int = 256) -> bytes:
    """A cell that turns once about z, for ever, as one animated PNG file, background transparent."""
    ready = scene(cell)
    angles = [AZIMUTH + 2 * math.pi * frame / FRAMES for frame in range(FRAMES)]

    def draw(azimuth: float) -> Image.Image:
        return Image.fromarray(cast(ready, camera(cell.shape, azimuth, ELEVATION, turns=True), pixels))

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        first, *others = threads.map(draw, angles)
    return _png(first, save_all=True, append_images=others, duration=FRAME_MS, loop=0, disposal=1)


def _png(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, format="PNG", **options)
    return file.getvalue()

"""Pictures of voxel cells: a small ray caster for the CPU, without a display or OpenGL.

The surface that is drawn is the level 1/2 of a mixture of the cell and a blurred copy of it. The mixture is above 1/2
at every solid voxel and below it at every void one: stairs are smoothed, yet no voxel is lost or added, however thin
the wall. Rays walk to the surface by leaps that a distance map proves safe (sphere tracing, Hart 1996). Where the faces
of the cell cut through solid, the cut is drawn flat and in another colour. Hollows are darker than ridges.
"""

import io
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_cdt, uniform_filter

AZIMUTH, ELEVATION = math.radians(33.0), math.radians(27.0)
"""Where the viewer stands: angle from x towards y, and height above the xy plane. Both lie between 0 and 90 degrees,
so that rays enter the cell through its far faces x = d, y = d, z = d."""

_SAMPLES = 2
"""Rays per pixel along each side of the picture."""
_LIGHT = (0.52, 0.28, 0.81)
_WALL = (0.38, 0.60, 0.88)
_CUT = (0.98, 0.82, 0.52)
_MARGIN = 2
"""Voxels around the cell, copies of those at its faces, that interpolation reads there."""
_STEP = 0.3
"""Step of a ray near the surface, in voxels."""


def render(cell: NDArray[np.bool_], pixels: int = 256) -> NDArray[np.uint8]:
    """One cell, bool `[d, d, d]` (any box will do), as an RGBA picture `[pixels, pixels, 4]`, background transparent.

    The view is orthographic with z upwards; the cell's box just fits the frame.
    """
    shape = np.array(cell.shape)
    if not cell.any():
        return np.zeros((pixels, pixels, 4), dtype=np.uint8)
    solid = np.pad(cell, _MARGIN, mode="edge").astype(np.float32)
    smooth = uniform_filter(uniform_filter(solid, 3), 3)
    leap = distance_transform_cdt(solid == 0, metric="chessboard") - 1.5
    reach = max(2, int(shape.max()) // 12)
    crowded = np.pad(cell.astype(np.float32), 2 * reach)
    crowded = uniform_filter(uniform_filter(crowded, 2 * reach - 1), 2 * reach - 1)
    right, up, viewer = _camera()
    frame = 1.02 * max(np.abs(right) @ shape, np.abs(up) @ shape) / 2
    picture: NDArray[np.uint8] = _cast(
        0.7 * solid + 0.3 * smooth, smooth, leap, crowded, reach, right, up, viewer, frame, pixels
    )
    return picture


def gallery(cells: Sequence[NDArray[np.bool_]] | NDArray[np.bool_], columns: int = 4, pixels: int = 256) -> bytes:
    """The cells as one PNG file, row by row in `columns` columns, each `pixels` wide, background transparent."""
    sheet = np.zeros((math.ceil(len(cells) / columns) * pixels, columns * pixels, 4), dtype=np.uint8)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for place, picture in enumerate(threads.map(lambda cell: render(cell, pixels), cells)):
            top, left = pixels * (place // columns), pixels * (place % columns)
            sheet[top : top + pixels, left : left + pixels] = picture
    file = io.BytesIO()
    Image.fromarray(sheet).save(file, format="PNG")
    return file.getvalue()


def _camera() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors to the right of the picture, to its top, and to the viewer."""
    a, e = AZIMUTH, ELEVATION
    right = np.array([-math.sin(a), math.cos(a), 0.0])
    up = np.array([-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)])
    viewer = np.array([math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)])
    return right, up, viewer


@njit(cache=True, nogil=True)
def _cast(
    surface: np.ndarray,
    smooth: np.ndarray,
    leap: np.ndarray,
    crowded: np.ndarray,
    reach: int,
    right: np.ndarray,
    up: np.ndarray,
    viewer: np.ndarray,
    frame: float,
    pixels: int,
) -> np.ndarray:
    """The picture. A pixel has the mean colour of its rays that hit, and is as opaque as their share."""
    picture = np.zeros((pixels, pixels, 4), dtype=np.uint8)
    box = np.array(leap.shape) - 2 * _MARGIN
    side = pixels * _SAMPLES
    total = np.empty(4)
    for row in range(pixels):
        for column in range(pixels):
            total[:] = 0.0
            for sample in range(_SAMPLES * _SAMPLES):
                a = (2 * (column * _SAMPLES + sample % _SAMPLES + 0.5) / side - 1) * frame
                b = (1 - 2 * (row * _SAMPLES + sample // _SAMPLES + 0.5) / side) * frame
                x = box[0] / 2 + a * right[0] + b * up[0]
                y = box[1] / 2 + a * right[1] + b * up[1]
                z = box[2] / 2 + a * right[2] + b * up[2]
                _trace(surface, smooth, leap, crowded, reach, box, x, y, z, viewer, total)
            if total[3] > 0:
                for channel in range(3):
                    picture[row, column, channel] = round(255 * total[channel] / total[3])
                picture[row, column, 3] = round(255 * total[3] / (_SAMPLES * _SAMPLES))
    return picture


@njit(cache=True, nogil=True)
def _trace(
    surface: np.ndarray,
    smooth: np.ndarray,
    leap: np.ndarray,
    crowded: np.ndarray,
    reach: int,
    box: np.ndarray,
    x: float,
    y: float,
    z: float,
    viewer: np.ndarray,
    total: np.ndarray,
) -> None:
    """Add to `total` the colour that the ray through (x, y, z) brings to the viewer and, for the hit, 1."""
    vx, vy, vz = viewer[0], viewer[1], viewer[2]
    enter_x, enter_y, enter_z = (x - box[0]) / vx, (y - box[1]) / vy, (z - box[2]) / vz
    near, far = max(enter_x, enter_y, enter_z), min(x / vx, y / vy, z / vz)
    if near >= far:
        return
    t = _walk(surface, leap, x, y, z, vx, vy, vz, near, far)
    if t >= far:
        return
    x, y, z = x - t * vx, y - t * vy, z - t * vz
    if t == near:
        nx, ny, nz = 1.0 * (near == enter_x), 1.0 * (near == enter_y), 1.0 * (near == enter_z)
        colour = _CUT
    else:
        nx, ny, nz = _normal(smooth, x, y, z)
        colour = _WALL
    lamp = max(0.0, nx * _LIGHT[0] + ny * _LIGHT[1] + nz * _LIGHT[2])
    sky = 1 - 1.1 * _interpolate(crowded, 2 * reach, x + reach * nx, y + reach * ny, z + reach * nz)
    brightness = (0.50 + 0.10 * nz + 0.55 * lamp) * sky
    for channel in range(3):
        total[channel] += min(1.0, brightness * colour[channel])
    total[3] += 1.0


@njit(cache=True, nogil=True)
def _walk(
    surface: np.ndarray,
    leap: np.ndarray,
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    near: float,
    far: float,
) -> float:
    """The first t >= near at which (x, y, z) - t v lies in solid, or a value >= far."""
    t = before = near
    value = before_value = 0.0
    while t < far:
        px, py, pz = x - t * vx, y - t * vy, z - t * vz
        safe = leap[int(px + _MARGIN), int(py + _MARGIN), int(pz + _MARGIN)]
        value = _interpolate(surface, _MARGIN, px, py, pz) if safe < _STEP else 0.0
        if value >= 0.5:
            break
        before, before_value = t, value
        t += max(_STEP, safe)
    if near < t < far:
        t = before + (t - before) * (0.5 - before_value) / (value - before_value)
    return t


@njit(cache=True, nogil=True)
def _normal(smooth: np.ndarray, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Unit normal out of the solid: minus the gradient of the blurred cell, from four corners of a small cube."""
    h = 0.6
    a = _interpolate(smooth, _MARGIN, x + h, y + h, z + h)
    b = _interpolate(smooth, _MARGIN, x + h, y - h, z - h)
    c = _interpolate(smooth, _MARGIN, x - h, y + h, z - h)
    d = _interpolate(smooth, _MARGIN, x - h, y - h, z + h)
    nx, ny, nz = c + d - a - b, b + d - a - c, b + c - a - d
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    return nx / length, ny / length, nz / length


@njit(cache=True, nogil=True)
def _interpolate(field: np.ndarray, margin: int, x: float, y: float, z: float) -> float:
    """Trilinear interpolation between voxel centres of a field padded by `margin` voxels."""
    x, y, z = x + margin - 0.5, y + margin - 0.5, z + margin - 0.5
    i = min(max(int(x), 0), field.shape[0] - 2)
    j = min(max(int(y), 0), field.shape[1] - 2)
    k = min(max(int(z), 0), field.shape[2] - 2)
    u, v, w = x - i, y - j, z - k
    low = (field[i, j, k] * (1 - w) + field[i, j, k + 1] * w) * (1 - v) + (
        field[i, j + 1, k] * (1 - w) + field[i, j + 1, k + 1] * w
    ) * v
    high = (field[i + 1, j, k] * (1 - w) + field[i + 1, j, k + 1] * w) * (1 - v) + (
        field[i + 1, j + 1, k] * (1 - w) + field[i + 1, j + 1, k + 1] * w
    ) * v
    value: float = low * (1 - u) + high * u
    return value

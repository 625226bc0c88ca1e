"""The camera: where a picture is taken from."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Camera(NamedTuple):
    """An orthographic view."""

    axes: NDArray[np.float64]
    """Unit vectors to the right of the picture, to its top, and to the viewer, `[3, 3]`."""
    frame: float
    """Half the side of the picture, in voxels."""


def camera(shape: tuple[int, ...], azimuth: float, elevation: float, *, turns: bool = False) -> Camera:
    """A view of a box of voxels with z upwards, from angles in radians: from x towards y, and above the xy plane. The
    box just fits, in every azimuth if it `turns`."""
    a, e = azimuth, elevation
    right = [-math.sin(a), math.cos(a), 0.0]
    up = [-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)]
    viewer = [math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)]
    axes = np.array([right, up, viewer])
    reach = np.abs(axes[:2]) @ np.array(shape)
    if turns:
        wide = math.hypot(shape[0], shape[1])
        reach = np.array([wide, wide * abs(math.sin(e)) + shape[2] * abs(math.cos(e))])
    return Camera(axes, 1.02 * float(reach.max()) / 2)

"""The ray caster behind the pictures: compiled for the CPU, without a display or OpenGL.

Rays step through the grid of cubes between voxel centres (Amanatides & Woo 1987), over all that is void ahead at once,
and look closer only where the corners of a cube differ. Where the faces of the box cut through solid, the cut is flat
and of another colour. Hollows are darker than ridges.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zoo_voxels.rendering.antialiasing import corners_of_edges, pixels_between, smoothed
from zoo_voxels.rendering.camera import Camera
from zoo_voxels.rendering.scene import PAD, SPARE, Scene

_LIGHT = (-0.30, 0.42, 0.86)
"""Where the lamp stands, seen by the viewer: to the right, to the top, towards him."""
_WALL = (0.36, 0.59, 0.87)
_CUT = (0.97, 0.80, 0.50)
_FINE = 0.6
"""Pixels smaller than this, in voxels, are many enough that every second one tells what lies between."""
_FAR = 1e9
_MAX_LEAP = 250
"""Upper limit on what a ray leaps over at once, in voxels."""


def cast(scene: Scene, camera: Camera, pixels: int) -> NDArray[np.uint8]:
    """The picture, RGBA `[pixels, pixels, 4]`, background transparent. Colours are those of the surface alone: at an
    edge they do not depend on the background.

    A ray goes through the middle of each pixel, except within smooth surfaces, and one through each corner where an
    edge runs.
    """
    right, up, viewer = camera.axes
    step = 2 * camera.frame / pixels
    middle = np.array(scene.field.shape) / 2 - PAD
    corner = middle + (pixels - 1) / 2 * step * (up - right)
    # A ray along a face would never enter or leave; so little a turn is not seen.
    speed = np.where(np.abs(viewer) < 1e-9, -1e-9, -viewer)
    lamp = np.array(_LIGHT) @ camera.axes
    view = np.stack([corner, step * right, -step * up, speed, 1 / speed, lamp])
    view_of_scene = scene.field, scene.blurred, _free(scene.field, speed), scene.crowd, view
    # Beyond the picture there is nothing, infinitely far away.
    picture = np.zeros((pixels + 2, pixels + 2, 4), dtype=np.uint8)
    depth = np.full((pixels + 2, pixels + 2), np.float32(_FAR))
    rays = np.empty(((pixels + 1) ** 2, 3), dtype=np.float32)
    stride = 2 if step < _FINE else 1
    places = np.arange(1, pixels + 1, stride)
    count = len(places) ** 2
    rays[:count, :2] = np.stack(np.meshgrid(places, places, indexing="ij"), -1).reshape(-1, 2)
    rays[:count, 2] = -_FAR
    _shoot(*view_of_scene, rays[:count], picture, depth)
    if stride == 2:
        for down, beside in ((1, 0), (0, 1)):
            count = pixels_between(picture, depth, down, beside, rays)
            _shoot(*view_of_scene, rays[:count], picture, depth)
    marked, count = corners_of_edges(picture, depth, rays)
    corners = np.zeros((pixels + 1, pixels + 1, 4), dtype=np.uint8)
    _shoot(*view_of_scene, rays[:count], corners, depth)
    finished: NDArray[np.uint8] = smoothed(picture, corners, marked)
    return finished


@njit(cache=True, nogil=True)
def _free(field: np.ndarray, speed: np.ndarray) -> np.ndarray:
    """How far rays may hurry from each cube of eight voxel centres: the side of the largest cube of void ones that has
    this one in its corner and lies ahead of it, 0 if this one touches solid. Beyond the faces all is void; the array
    is padded by one.

    It is one more than the least of the seven next ones ahead, so the cubes are visited from the far end.
    """
    nx, ny, nz = field.shape[0] - 1, field.shape[1] - 1, field.shape[2] - 1
    ax, ay, az = 1 if speed[0] > 0 else -1, 1 if speed[1] > 0 else -1, 1 if speed[2] > 0 else -1
    free = np.full((nx + 2, ny + 2, nz + 2), np.uint8(_MAX_LEAP))
    least = np.empty(nz + 2, dtype=np.uint8)
    solid = np.empty(nz + 1, dtype=np.bool_)
    half = np.float32(0.5)
    for far_x in range(nx):
        i = nx - far_x if ax > 0 else far_x + 1
        for far_y in range(ny):
            j = ny - far_y if ay > 0 else far_y + 1
            for k in range(nz + 2):
                least[k] = min(min(free[i + ax, j, k], free[i, j + ay, k]), free[i + ax, j + ay, k])
            for k in range(nz + 1):
                sides = (field[i - 1, j - 1, k] > half) | (field[i - 1, j, k] > half)
                solid[k] = sides | (field[i, j - 1, k] > half) | (field[i, j, k] > half)
            side = _MAX_LEAP
            for far_z in range(nz):
                k = nz - far_z if az > 0 else far_z + 1
                ahead = min(least[k], least[k + az])
                side = 0 if solid[k - 1] | solid[k] else min(min(ahead, side), _MAX_LEAP - 1) + 1
                free[i, j, k] = side
    return free


@njit(cache=True, nogil=True, fastmath=True)
def _shoot(
    field: np.ndarray,
    blurred: np.ndarray,
    free: np.ndarray,
    crowd: np.ndarray,
    view: np.ndarray,
    rays: np.ndarray,
    picture: np.ndarray,
    depth: np.ndarray,
) -> None:
    """What rays `[n, 3]`, each a row, a column and a depth before which nothing is, bring to the viewer: colour in
    `picture` and the depth where they hit in `depth`; zeros and a great depth where they do not."""
    vx, vy, vz = view[3, 0], view[3, 1], view[3, 2]
    wx, wy, wz = view[4, 0], view[4, 1], view[4, 2]
    for ray in range(len(rays)):
        row, column, start = rays[ray, 0] - 1.0, rays[ray, 1] - 1.0, rays[ray, 2]
        # Where the ray is at t = 0, in voxels from the corner of the box, and when it enters and leaves the box.
        ox = view[0, 0] + column * view[1, 0] + row * view[2, 0]
        oy = view[0, 1] + column * view[1, 1] + row * view[2, 1]
        oz = view[0, 2] + column * view[1, 2] + row * view[2, 2]
        ex = _entrance(ox, wx, field.shape[0])
        ey = _entrance(oy, wy, field.shape[1])
        ez = _entrance(oz, wz, field.shape[2])
        near = max(ex, ey, ez)
        far = min(_exit(ox, wx, field.shape[0]), _exit(oy, wy, field.shape[1]), _exit(oz, wz, field.shape[2]))
        t = max(near, start)
        if t >= far:
            continue
        t = _walk(field, free, ox + PAD - 0.5, oy + PAD - 0.5, oz + PAD - 0.5, vx, vy, vz, wx, wy, wz, t, far)
        if t >= far:
            continue
        x, y, z = ox + t * vx, oy + t * vy, oz + t * vz
        if t <= near:
            nx = (near == ex) * (-1.0 if vx > 0 else 1.0)
            ny = (near == ey) * (-1.0 if vy > 0 else 1.0)
            nz = (near == ez) * (-1.0 if vz > 0 else 1.0)
            red, green, blue = _CUT
        else:
            nx, ny, nz = _normal(blurred, x + PAD - 0.5, y + PAD - 0.5, z + PAD - 0.5)
            red, green, blue = _WALL
        lamp = max(0.0, nx * view[5, 0] + ny * view[5, 1] + nz * view[5, 2])
        sky = 1.15 - _interpolate(crowd, _coarse(x + 3 * nx), _coarse(y + 3 * ny), _coarse(z + 3 * nz))
        brightness = (0.44 + 0.10 * nz + 0.54 * lamp) * min(1.0, sky)
        gloss = lamp * lamp
        gloss *= gloss
        gloss *= gloss
        gloss *= 0.10 * gloss
        i, j = int(rays[ray, 0]), int(rays[ray, 1])
        picture[i, j, 0] = int(255 * min(1.0, brightness * red + gloss) + 0.5)
        picture[i, j, 1] = int(255 * min(1.0, brightness * green + gloss) + 0.5)
        picture[i, j, 2] = int(255 * min(1.0, brightness * blue + gloss) + 0.5)
        picture[i, j, 3] = 255
        depth[i, j] = t


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _entrance(origin: float, inverse: float, padded: int) -> float:
    """When a ray enters the box between two faces, of which one is at 0."""
    return -origin * inverse if inverse > 0 else (padded - 2 * PAD - origin) * inverse


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _exit(origin: float, inverse: float, padded: int) -> float:
    return (padded - 2 * PAD - origin) * inverse if inverse > 0 else -origin * inverse


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _walk(
    field: np.ndarray,
    free: np.ndarray,
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    wx: float,
    wy: float,
    wz: float,
    near: float,
    far: float,
) -> float:
    """The first t >= near at which the field along the ray reaches 1/2, or a value >= far. Places are indices of the
    field."""
    t = near
    ax, ay, az = abs(wx), abs(wy), abs(wz)
    px, py, pz = int(wx < 0), int(wy < 0), int(wz < 0)
    while t < far:
        i, j, k = int(x + t * vx), int(y + t * vy), int(z + t * vz)
        side = int(free[i + 1, j + 1, k + 1])
        # When the ray leaves the cube, or the larger one ahead that is known to be empty.
        reach = max(side, 1)
        tx = (i + px - x) * wx + reach * ax
        ty = (j + py - y) * wy + reach * ay
        tz = (k + pz - z) * wz + reach * az
        leave = max(min(tx, ty, tz), t)
        if side == 0:
            crossing: float = _cross(field, i, j, k, x - i, y - j, z - k, vx, vy, vz, t, min(leave, far))
            if crossing < far:
                return crossing
        t = leave + 1e-5
    return far


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _cross(
    field: np.ndarray,
    i: int,
    j: int,
    k: int,
    x: float,
    y: float,
    z: float,
    vx: float,
    vy: float,
    vz: float,
    enter: float,
    leave: float,
) -> float:
    """Where the ray crosses 1/2 within cube (i, j, k), or a huge number: the first change of sign between three points,
    narrowed down."""
    a, b, c, d = field[i, j, k], field[i, j, k + 1], field[i, j + 1, k], field[i, j + 1, k + 1]
    e, f, g, h = field[i + 1, j, k], field[i + 1, j, k + 1], field[i + 1, j + 1, k], field[i + 1, j + 1, k + 1]
    value: float = _mix(a, b, c, d, e, f, g, h, x + enter * vx, y + enter * vy, z + enter * vz)
    if value >= 0.5:
        return enter
    before = enter
    for share in (0.5, 1.0):
        t = enter + share * (leave - enter)
        after: float = _mix(a, b, c, d, e, f, g, h, x + t * vx, y + t * vy, z + t * vz)
        if after >= 0.5:
            middle = before + (t - before) * (0.5 - value) / (after - value)
            between: float = _mix(a, b, c, d, e, f, g, h, x + middle * vx, y + middle * vy, z + middle * vz)
            if between >= 0.5:
                return before + (middle - before) * (0.5 - value) / (between - value)
            return middle + (t - middle) * (0.5 - between) / (after - between)
        before, value = t, after
    return 1e30


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _mix(
    a: float,
    b: float,
    c: float,
    d: float,
    e: float,
    f: float,
    g: float,
    h: float,
    u: float,
    v: float,
    w: float,
) -> float:
    """Trilinear interpolation within a cube of eight values, at (u, v, w) from its first corner."""
    x, y, z = np.float32(u), np.float32(v), np.float32(w)
    ab, cd, ef, gh = a + (b - a) * z, c + (d - c) * z, e + (f - e) * z, g + (h - g) * z
    low, high = ab + (cd - ab) * y, ef + (gh - ef) * y
    return float(low + (high - low) * x)


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _normal(f: np.ndarray, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Unit normal out of the solid: central differences, interpolated at a place given in indices of the field."""
    i, j, k = int(x), int(y), int(z)
    u, v, w = x - i, y - j, z - k
    nx = ny = nz = np.float32(0)
    for corner in range(8):
        a, b, c = corner >> 2, (corner >> 1) & 1, corner & 1
        weight = np.float32((u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w))
        a, b, c = i + a, j + b, k + c
        nx += weight * (f[a - 1, b, c] - f[a + 1, b, c])
        ny += weight * (f[a, b - 1, c] - f[a, b + 1, c])
        nz += weight * (f[a, b, c - 1] - f[a, b, c + 1])
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    return float(nx / length), float(ny / length), float(nz / length)


@njit(cache=True, nogil=True, inline="always")
def _coarse(place: float) -> float:
    """An index of `crowd`, from a place in voxels."""
    return place / 2 + SPARE - 0.5


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _interpolate(f: np.ndarray, x: float, y: float, z: float) -> float:
    """Trilinear interpolation of a field at a place given in its own indices."""
    i, j, k = int(x), int(y), int(z)
    value: float = _mix(
        f[i, j, k],
        f[i, j, k + 1],
        f[i, j + 1, k],
        f[i, j + 1, k + 1],
        f[i + 1, j, k],
        f[i + 1, j, k + 1],
        f[i + 1, j + 1, k],
        f[i + 1, j + 1, k + 1],
        x - i,
        y - j,
        z - k,
    )
    return value

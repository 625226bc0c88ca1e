"""The ray caster behind the pictures: compiled for the CPU, without a display or OpenGL.

What is drawn is the level 1/2 of a smooth field that is above 1/2 at the centre of every solid voxel and below it at
that of every void one: stairs are smoothed, yet no voxel is lost or added, however thin the wall. Rays step from cube
to cube of the grid of voxel centres (Amanatides & Woo 1987) and look closer only where the corners of a cube differ.
Where the faces of the box cut through solid, the cut is flat and of another colour. Hollows are darker than ridges. A
pixel that differs from its neighbours is drawn again with more rays.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_LIGHT = (-0.30, 0.42, 0.86)
"""Where the lamp stands, seen by the viewer: to the right, to the top, towards him."""
_WALL = (0.36, 0.59, 0.87)
_CUT = (0.97, 0.80, 0.50)
_CLEAR = 0.12
"""By how much the field keeps clear of 1/2 at voxel centres."""
_ROUGH = 0.12
"""Two pixels that differ by more than this, in a colour or in opacity, have an edge between them."""
_RAYS = ((-0.31, -0.25), (0.31, -0.25), (0.0, 0.38))
"""The further rays of a pixel at an edge, in pixels from its middle."""
_FINE = 0.6
"""Pixels smaller than this, in voxels, are many enough that every second one tells what lies between."""
_BEFORE = 1.5
"""How much nearer than its neighbours, in voxels, a pixel may be at most: nothing is thinner than a voxel."""
_FAR = 1e9
_SURFACE, _SOLID = 254, 255
_SPARE = 4
"""Coarse voxels around the box in which the crowd fades out."""


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


class Scene(NamedTuple):
    """A box of voxels, ready to be looked at. Arrays `[x, y, z]` are padded by one voxel, a copy of that at the
    face."""

    field: NDArray[np.float32]
    slopes: NDArray[np.float32]
    """`[x, y, z, 3]`, outwards."""
    leaps: NDArray[np.uint8]
    """Where rays may hurry, see `_leaps`."""
    crowd: NDArray[np.float32]
    """The share of solid around, on a grid of half the resolution, padded by `_SPARE`."""


def scene(cell: NDArray[np.bool_]) -> Scene:
    """What `cast` needs of a box of voxels, bool `[x, y, z]`."""
    solid = np.pad(cell, 1, mode="edge").astype(np.float32)
    field, slopes = _smooth(solid, _blur(solid))
    return Scene(field, slopes, _leaps(solid), _blur(_blur(_halve(cell, _SPARE))))


def cast(scene: Scene, camera: Camera, pixels: int) -> NDArray[np.uint8]:
    """The picture, RGBA `[pixels, pixels, 4]`, background transparent. Colours are those of the surface alone: at an
    edge they do not depend on the background."""
    right, up, viewer = camera.axes
    step = 2 * camera.frame / pixels
    middle = (np.array(scene.field.shape) - 2) / 2
    corner = middle + (pixels - 1) / 2 * step * (up - right)
    # A ray along a face would never enter or leave; so little a turn is not seen.
    speed = np.where(np.abs(viewer) < 1e-9, -1e-9, -viewer)
    lamp = np.array(_LIGHT) @ camera.axes
    view = np.stack([corner, step * right, -step * up, speed, 1 / speed, lamp])
    picture: NDArray[np.uint8] = _cast(*scene, view, pixels)
    return picture


@njit(cache=True, nogil=True, fastmath=True)
def _blur(field: np.ndarray) -> np.ndarray:
    """Weighted by 1, 2, 3, 2, 1 along each axis; beyond the faces the field goes on as it is there."""
    nx, ny, nz = field.shape
    two, three, ninth = np.float32(2), np.float32(3), np.float32(1 / 9)
    along_x, along_y, along_z = np.empty_like(field), np.empty_like(field), np.empty_like(field)
    for i in range(nx):
        for j in range(ny):
            a, b, c = field[max(i - 2, 0), j], field[max(i - 1, 0), j], field[i, j]
            d, e = field[min(i + 1, nx - 1), j], field[min(i + 2, nx - 1), j]
            out = along_x[i, j]
            for k in range(nz):
                out[k] = (a[k] + e[k] + two * (b[k] + d[k]) + three * c[k]) * ninth
    for i in range(nx):
        for j in range(ny):
            plane = along_x[i]
            a, b, c = plane[max(j - 2, 0)], plane[max(j - 1, 0)], plane[j]
            d, e = plane[min(j + 1, ny - 1)], plane[min(j + 2, ny - 1)]
            out = along_y[i, j]
            for k in range(nz):
                out[k] = (a[k] + e[k] + two * (b[k] + d[k]) + three * c[k]) * ninth
    row = np.empty(nz + 4, dtype=np.float32)
    for i in range(nx):
        for j in range(ny):
            row[2 : nz + 2] = along_y[i, j]
            row[:2] = row[2]
            row[nz + 2 :] = row[nz + 1]
            out = along_z[i, j]
            for k in range(nz):
                out[k] = (row[k] + row[k + 4] + two * (row[k + 1] + row[k + 3]) + three * row[k + 2]) * ninth
    return along_z


@njit(cache=True, nogil=True)
def _smooth(solid: np.ndarray, blurred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The field: the blurred cell, kept on the right side of 1/2 at voxel centres. And its slopes, outwards, from
    central differences of the blurred cell."""
    field = np.empty_like(solid)
    low, high = np.float32(0.5 - _CLEAR), np.float32(0.5 + _CLEAR)
    sx, sy, sz = solid.shape
    slopes = np.empty((sx, sy, sz, 3), dtype=np.float32)
    for i in range(sx):
        for j in range(sy):
            west, east = blurred[max(i - 1, 0), j], blurred[min(i + 1, sx - 1), j]
            south, north = blurred[i, max(j - 1, 0)], blurred[i, min(j + 1, sy - 1)]
            row, hard, out, slope = blurred[i, j], solid[i, j], field[i, j], slopes[i, j]
            for k in range(sz):
                out[k] = max(row[k], high) if hard[k] > 0 else min(row[k], low)
                slope[k, 0] = west[k] - east[k]
                slope[k, 1] = south[k] - north[k]
                slope[k, 2] = row[max(k - 1, 0)] - row[min(k + 1, sz - 1)]
    return field, slopes


@njit(cache=True, nogil=True)
def _leaps(solid: np.ndarray) -> np.ndarray:
    """What is known of each cube of eight voxel centres: `_SOLID`, `_SURFACE`, or how many cubes around it, in every
    direction, are void like itself: 0, 1 or 3."""
    nx, ny, nz = solid.shape
    leaps = np.empty((nx - 1, ny - 1, nz - 1), dtype=np.uint8)
    near = np.empty((nx - 1, ny - 1, nz - 1), dtype=np.uint8)
    for i in range(nx - 1):
        for j in range(ny - 1):
            a, b, c, d = solid[i, j], solid[i, j + 1], solid[i + 1, j], solid[i + 1, j + 1]
            for k in range(nz - 1):
                corners = a[k] + a[k + 1] + b[k] + b[k + 1] + c[k] + c[k + 1] + d[k] + d[k + 1]
                near[i, j, k] = corners > 0
                leaps[i, j, k] = _SOLID if corners == 8 else (_SURFACE if corners > 0 else 0)
    for reach, free in ((1, 1), (2, 3)):
        near = _spread(near, reach)
        for i in range(nx - 1):
            for j in range(ny - 1):
                out, row = leaps[i, j], near[i, j]
                for k in range(nz - 1):
                    out[k] = max(out[k], np.uint8(free) * (np.uint8(1) - row[k]))
    return leaps


@njit(cache=True, nogil=True)
def _spread(near: np.ndarray, reach: int) -> np.ndarray:
    """The largest value within `reach`, along each axis."""
    nx, ny, nz = near.shape
    for axis in range(3):
        result = near.copy()
        for step in range(1, reach + 1):
            for i in range(nx):
                for j in range(ny):
                    out, here = result[i, j], near[i, j]
                    if axis == 0:
                        before, after = near[max(i - step, 0), j], near[min(i + step, nx - 1), j]
                        for k in range(nz):
                            out[k] = out[k] | before[k] | after[k]
                    elif axis == 1:
                        before, after = near[i, max(j - step, 0)], near[i, min(j + step, ny - 1)]
                        for k in range(nz):
                            out[k] = out[k] | before[k] | after[k]
                    else:
                        for k in range(nz - step):
                            out[k] = out[k] | here[k + step]
                        for k in range(step, nz):
                            out[k] = out[k] | here[k - step]
        near = result
    return near


@njit(cache=True, nogil=True)
def _halve(cell: np.ndarray, spare: int) -> np.ndarray:
    """The share of solid in blocks of 2^3 voxels, with `spare` empty blocks around."""
    nx, ny, nz = cell.shape
    half = np.zeros(((nx + 1) // 2 + 2 * spare, (ny + 1) // 2 + 2 * spare, (nz + 1) // 2 + 2 * spare), dtype=np.float32)
    for i in range(nx):
        for j in range(ny):
            row, source = half[spare + i // 2, spare + j // 2], cell[i, j]
            for k in range(nz):
                row[spare + k // 2] += np.float32(0.125) * source[k]
    return half


@njit(cache=True, nogil=True, fastmath=True)
def _cast(
    field: np.ndarray, slopes: np.ndarray, leaps: np.ndarray, crowd: np.ndarray, view: np.ndarray, pixels: int
) -> np.ndarray:
    """One ray per pixel, except within smooth surfaces, and more at edges. A pixel has the mean colour of its rays that
    hit, and is as opaque as their share."""
    # Beyond the picture there is nothing, infinitely far away.
    first = np.zeros((pixels + 2, pixels + 2, 5), dtype=np.float32)
    first[:, :, 4] = _FAR
    edges = np.ones((pixels + 2, pixels + 2), dtype=np.bool_)
    step = math.sqrt(view[1, 0] ** 2 + view[1, 1] ** 2 + view[1, 2] ** 2)
    stride = 2 if step < _FINE else 1
    rays = np.empty(((pixels + stride) ** 2 // stride, 3), dtype=np.float32)
    hits = np.empty((len(rays), 5), dtype=np.float32)
    count = 0
    for row in range(1, pixels + 1, stride):
        for column in range(1, pixels + 1, stride):
            rays[count, 0], rays[count, 1], rays[count, 2] = row, column, -_FAR
            count += 1
    _shoot(field, slopes, leaps, crowd, view, rays[:count], hits)
    _place(rays[:count], hits, first)
    if stride == 2:
        edges[:] = False
        for down, right in ((1, 0), (0, 1)):
            count = _between(first, edges, down, right, rays)
            _shoot(field, slopes, leaps, crowd, view, rays[:count], hits)
            _place(rays[:count], hits, first)
    return _finish(field, slopes, leaps, crowd, view, first, edges)


@njit(cache=True, nogil=True)
def _place(rays: np.ndarray, hits: np.ndarray, first: np.ndarray) -> None:
    for ray in range(len(rays)):
        first[int(rays[ray, 0]), int(rays[ray, 1])] = hits[ray]


@njit(cache=True, nogil=True)
def _between(first: np.ndarray, edges: np.ndarray, down: int, right: int, rays: np.ndarray) -> int:
    """Pixels between two others, above and below or left and right: their mean if they are alike, else an edge runs
    there, and a ray is wanted. The number of `rays`."""
    count = 0
    pixels = len(first) - 2
    for row in range(1 + down, pixels + 1, 1 + down):
        for column in range(1 + right, pixels + 1, 2):
            before, after = first[row - down, column - right], first[row + down, column + right]
            depth = min(before[4], after[4])
            if _differs(before, after):
                rays[count, 0], rays[count, 1], rays[count, 2] = row, column, depth - _BEFORE
                count += 1
                edges[row, column] = edges[row - down, column - right] = edges[row + down, column + right] = True
            else:
                here = first[row, column]
                for channel in range(4):
                    here[channel] = np.float32(0.5) * (before[channel] + after[channel])
                here[4] = depth
    return count


@njit(cache=True, nogil=True)
def _finish(
    field: np.ndarray,
    slopes: np.ndarray,
    leaps: np.ndarray,
    crowd: np.ndarray,
    view: np.ndarray,
    first: np.ndarray,
    edges: np.ndarray,
) -> np.ndarray:
    """The picture; pixels at edges get more rays."""
    pixels = len(first) - 2
    for row in range(1, pixels + 1):
        for column in range(1, pixels + 1):
            edges[row, column] = edges[row, column] and _unlike(first, row, column)
    rays = np.empty((len(_RAYS) * edges[1:-1, 1:-1].sum(), 3), dtype=np.float32)
    count = 0
    for row in range(1, pixels + 1):
        for column in range(1, pixels + 1):
            if not edges[row, column]:
                continue
            start = min(first[row - 1, column, 4], first[row, column - 1, 4], first[row, column, 4])
            start = min(start, first[row + 1, column, 4], first[row, column + 1, 4])
            for down, right in _RAYS:
                rays[count, 0], rays[count, 1], rays[count, 2] = row + down, column + right, start - _BEFORE
                count += 1
    hits = np.empty((count, 5), dtype=np.float32)
    _shoot(field, slopes, leaps, crowd, view, rays, hits)
    picture = np.zeros((pixels, pixels, 4), dtype=np.uint8)
    count = 0
    for row in range(pixels):
        for column in range(pixels):
            here = first[row + 1, column + 1]
            shots = 1
            if edges[row + 1, column + 1]:
                for _ in _RAYS:
                    for channel in range(4):
                        here[channel] += hits[count, channel]
                    count += 1
                shots += len(_RAYS)
            if here[3] > 0:
                scale = np.float32(255) / here[3]
                for channel in range(3):
                    picture[row, column, channel] = np.uint8(scale * here[channel] + np.float32(0.5))
                picture[row, column, 3] = np.uint8(np.float32(255) * here[3] / shots + np.float32(0.5))
    return picture


@njit(cache=True, nogil=True)
def _unlike(first: np.ndarray, row: int, column: int) -> bool:
    """Whether a pixel is unlike one beside it."""
    here = first[row, column]
    return (
        _differs(here, first[row, column - 1])
        or _differs(here, first[row, column + 1])
        or _differs(here, first[row - 1, column])
        or _differs(here, first[row + 1, column])
    )


@njit(cache=True, nogil=True)
def _differs(one: np.ndarray, other: np.ndarray) -> bool:
    return (
        abs(one[0] - other[0]) > _ROUGH
        or abs(one[1] - other[1]) > _ROUGH
        or abs(one[2] - other[2]) > _ROUGH
        or abs(one[3] - other[3]) > _ROUGH
    )


@njit(cache=True, nogil=True, fastmath=True)
def _shoot(
    field: np.ndarray,
    slopes: np.ndarray,
    leaps: np.ndarray,
    crowd: np.ndarray,
    view: np.ndarray,
    rays: np.ndarray,
    hits: np.ndarray,
) -> None:
    """What rays `[n, 3]`, each a place in the picture and a depth before which nothing is, bring to the viewer: `hits`
    `[n, 5]`, red, green, blue, 1 and the depth where they hit; zeros and a great depth where they do not."""
    vx, vy, vz = view[3, 0], view[3, 1], view[3, 2]
    wx, wy, wz = view[4, 0], view[4, 1], view[4, 2]
    for ray in range(len(rays)):
        row, column, start = rays[ray, 0] - 1.0, rays[ray, 1] - 1.0, rays[ray, 2]
        hit = hits[ray]
        hit[:4] = 0
        hit[4] = _FAR
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
        t = _walk(field, leaps, ox + 0.5, oy + 0.5, oz + 0.5, vx, vy, vz, wx, wy, wz, t, far)
        if t >= far:
            continue
        x, y, z = ox + t * vx, oy + t * vy, oz + t * vz
        if t <= near:
            nx = (near == ex) * (-1.0 if vx > 0 else 1.0)
            ny = (near == ey) * (-1.0 if vy > 0 else 1.0)
            nz = (near == ez) * (-1.0 if vz > 0 else 1.0)
            red, green, blue = _CUT
        else:
            nx, ny, nz = _normal(slopes, x + 0.5, y + 0.5, z + 0.5)
            red, green, blue = _WALL
        lamp = max(0.0, nx * view[5, 0] + ny * view[5, 1] + nz * view[5, 2])
        sky = 1.15 - _interpolate(crowd, _coarse(x + 3 * nx), _coarse(y + 3 * ny), _coarse(z + 3 * nz))
        brightness = (0.44 + 0.10 * nz + 0.54 * lamp) * min(1.0, sky)
        gloss = lamp * lamp
        gloss *= gloss
        gloss *= gloss
        gloss *= 0.10 * gloss
        hit[0] = min(1.0, brightness * red + gloss)
        hit[1] = min(1.0, brightness * green + gloss)
        hit[2] = min(1.0, brightness * blue + gloss)
        hit[3] = 1.0
        hit[4] = t


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _entrance(origin: float, inverse: float, padded: int) -> float:
    """When a ray enters the box between two planes, 0 and `padded` - 2."""
    return -origin * inverse if inverse > 0 else (padded - 2 - origin) * inverse


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _exit(origin: float, inverse: float, padded: int) -> float:
    return (padded - 2 - origin) * inverse if inverse > 0 else -origin * inverse


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _walk(
    field: np.ndarray,
    leaps: np.ndarray,
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
    while t < far:
        i, j, k = int(x + t * vx), int(y + t * vy), int(z + t * vz)
        leap = int(leaps[i, j, k])
        if leap == _SOLID:
            return t
        # When the ray leaves the cube, and as many around it as are known to be empty.
        free = leap if leap < _SURFACE else 0
        tx = (i - free - x + (wx > 0) * (1 + 2 * free)) * wx
        ty = (j - free - y + (wy > 0) * (1 + 2 * free)) * wy
        tz = (k - free - z + (wz > 0) * (1 + 2 * free)) * wz
        leave = max(min(tx, ty, tz), t)
        if leap == _SURFACE:
            found = _cross(field, i, j, k, x - i, y - j, z - k, vx, vy, vz, t, min(leave, far))
            if found < far:
                return found
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
    value = _mix(a, b, c, d, e, f, g, h, x + enter * vx, y + enter * vy, z + enter * vz)
    if value >= 0.5:
        return enter
    before = enter
    for share in (0.5, 1.0):
        t = enter + share * (leave - enter)
        after = _mix(a, b, c, d, e, f, g, h, x + t * vx, y + t * vy, z + t * vz)
        if after >= 0.5:
            middle = before + (t - before) * (0.5 - value) / (after - value)
            between = _mix(a, b, c, d, e, f, g, h, x + middle * vx, y + middle * vy, z + middle * vz)
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
    low = (a + (b - a) * w) * (1 - v) + (c + (d - c) * w) * v
    high = (e + (f - e) * w) * (1 - v) + (g + (h - g) * w) * v
    return low + (high - low) * u


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _normal(slopes: np.ndarray, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Unit normal out of the solid, from the slopes interpolated at a place given in indices of the field."""
    i, j, k = int(x), int(y), int(z)
    u, v, w = x - i, y - j, z - k
    nx = ny = nz = 0.0
    for corner in range(8):
        a, b, c = corner >> 2, (corner >> 1) & 1, corner & 1
        weight = (u if a else 1 - u) * (v if b else 1 - v) * (w if c else 1 - w)
        slope = slopes[i + a, j + b, k + c]
        nx += weight * slope[0]
        ny += weight * slope[1]
        nz += weight * slope[2]
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-9
    return nx / length, ny / length, nz / length


@njit(cache=True, nogil=True, inline="always")
def _coarse(place: float) -> float:
    """An index of `crowd`, from a place in voxels."""
    return place / 2 + _SPARE - 0.5


@njit(cache=True, nogil=True, fastmath=True, inline="always")
def _interpolate(f: np.ndarray, x: float, y: float, z: float) -> float:
    """Trilinear interpolation of a field at a place given in its own indices."""
    i, j, k = int(x), int(y), int(z)
    return _mix(
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

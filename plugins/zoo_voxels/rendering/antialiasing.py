"""Quincunx antialiasing: edges in a picture, and rays between the pixels there.

Pictures are RGBA `[pixels + 2, pixels + 2, 4]`, with a border, and so are depths, in voxels.
"""

import numpy as np
from numba import njit

_ROUGH = 30
"""Two pixels that differ by more than this of 255, in a colour or in opacity, have an edge between them."""
_BEFORE = 1.5
"""How much nearer than its neighbours, in voxels, a pixel may be at most: nothing is thinner than a voxel."""


@njit(cache=True, nogil=True)
def pixels_between(picture: np.ndarray, depth: np.ndarray, down: int, right: int, rays: np.ndarray) -> int:
    """Pixels between two others, above and below or left and right: their mean if they are alike, else an edge runs
    there, and a ray is wanted. The number of `rays`."""
    count = 0
    pixels = len(picture) - 2
    # Channel by channel the compiler does many at once; then the four of a pixel are looked at as one number.
    colours = picture.reshape(pixels + 2, 4 * (pixels + 2))
    mean, rough = np.empty(4 * pixels, dtype=np.uint8), np.empty(4 * pixels, dtype=np.uint8)
    means, roughs, words = mean.view(np.uint32), rough.view(np.uint32), colours.view(np.uint32)
    for row in range(1 + down, pixels + 1, 1 + down):
        before, after = colours[row - down, 4 - 4 * right :], colours[row + down, 4 + 4 * right :]
        for byte in range(4 * pixels):
            mean[byte] = (before[byte] + after[byte] + 1) >> 1
            rough[byte] = max(before[byte], after[byte]) - min(before[byte], after[byte]) > _ROUGH
        for column in range(1 + right, pixels + 1, 2):
            nearest = min(depth[row - down, column - right], depth[row + down, column + right])
            if roughs[column - 1]:
                rays[count, 0], rays[count, 1], rays[count, 2] = row, column, nearest - _BEFORE
                count += 1
            else:
                words[row, column] = means[column - 1]
                depth[row, column] = nearest
    return count


@njit(cache=True, nogil=True)
def corners_of_edges(picture: np.ndarray, depth: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, int]:
    """The corners at which pixels meet that are not alike, and the number of `rays`, one through each."""
    pixels = len(picture) - 2
    marked = np.zeros((pixels + 1, pixels + 1), dtype=np.bool_)
    rough = np.zeros(4 * (pixels + 1), dtype=np.uint8)
    roughs = rough.view(np.uint32)
    colours = picture.reshape(pixels + 2, 4 * (pixels + 2))
    count = 0
    for row in range(pixels + 1):
        a, b, c, d = colours[row], colours[row, 4:], colours[row + 1], colours[row + 1, 4:]
        for byte in range(len(rough)):
            least = min(min(a[byte], b[byte]), min(c[byte], d[byte]))
            most = max(max(a[byte], b[byte]), max(c[byte], d[byte]))
            rough[byte] = most - least > _ROUGH
        for column in range(pixels + 1):
            if roughs[column]:
                marked[row, column] = True
                nearest = depth[row : row + 2, column : column + 2].min()
                rays[count, 0], rays[count, 1], rays[count, 2] = row + 0.5, column + 0.5, nearest - _BEFORE
                count += 1
    return marked, count


@njit(cache=True, nogil=True)
def smoothed(picture: np.ndarray, corners: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The picture without its border. A ray through a corner has an eighth in each of the pixels that meet there."""
    finished = picture[1:-1, 1:-1].copy()
    for row in range(len(finished)):
        above, below = asked[row], asked[row + 1]
        for column in range(len(finished)):
            number = int(above[column]) + above[column + 1] + below[column] + below[column + 1]
            if number == 0:
                continue
            here, shots = finished[row, column], corners[row : row + 2, column : column + 2]
            own = 8 - number
            opaque = own * here[3] + shots[0, 0, 3] + shots[0, 1, 3] + shots[1, 0, 3] + shots[1, 1, 3]
            if opaque == 0:
                continue
            for channel in range(3):
                total = own * here[channel] + shots[0, 0, channel] + shots[0, 1, channel]
                total += shots[1, 0, channel] + shots[1, 1, channel]
                here[channel] = (255 * total + opaque // 2) // opaque
            here[3] = (opaque + 4) // 8
    return finished

"""Registration: one cell moved onto another along long waves. What is left is not a smooth deformation.

Every point of a cell is taken from a place that a displacement has moved; the displacement is a sum of the waves whose
vectors are no longer than `MAX_WAVE`, half a period across or more. Its coefficients are those of least squared
difference of the two cells, both blurred, first more and then less: Gauss-Newton steps on the mean of both gradients
(Baker & Matthews 2004; Benhimane & Malis 2004), regularised as an elastic membrane, with Fourier waves for the
displacement (Christensen 1994; Ashburner & Friston 1999 use cosines). The waves make the normal equations cheap: all
that they hold are long waves of products of gradients.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Waves = NDArray[np.complex64]

MAX_WAVE = 2
"""Length of the longest wave vectors of a displacement, in waves per edge."""
BLURS = (1 / 12, 1 / 24)
"""Standard deviations of the Gaussians, in edges."""
STEPS = (3, 2)
"""Gauss-Newton steps at each blur."""
STIFFNESS = 0.06
"""Weight of the mean squared gradient of the displacement beside the mean squared difference, per (2 pi)^2."""
_MIN_EDGE = 24
"""Voxels along an edge below which cells are not halved further to find the displacement."""
_DAMPING = 1e-4
"""Addition to the diagonal: of an empty cell nothing says where it goes."""


def deformed(cell: NDArray[np.bool_], others: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each of the others `[K, d, d, d]`, deformed to be like the cell `[d, d, d]`: `[K, d, d, d]`."""
    d = len(cell)
    vectors = _vectors(min(MAX_WAVE, (d - 1) // 2))
    coefficients = np.zeros((len(others), 3, len(vectors)), dtype=np.complex64)
    fixed, moving = _halved(cell[None].astype(np.float32))[0], _halved(others.astype(np.float32))
    for blur, steps in zip(BLURS, STEPS, strict=True):
        there, here = _blurred(moving, blur), _blurred(fixed, blur)
        for _ in range(steps):
            coefficients += _step(here, there, coefficients, vectors)
    deformed: NDArray[np.bool_] = sampled(others.astype(np.float32), _displacements(coefficients, vectors, d)) >= 0.5
    return deformed


def _step(fixed: Floats, moving: Floats, found: Waves, vectors: NDArray[np.int64]) -> Waves:
    """What to add to the coefficients `[K, 3, n]`, in edges."""
    d = len(fixed)
    now = sampled(moving, _displacements(found, vectors, d))
    gradients = np.float32(0.5) * (_gradients(now) + _gradients(fixed[None]))
    differences: Floats = fixed - now
    pulled = _long_waves(gradients * differences[:, None], MAX_WAVE)
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    products = np.stack([gradients[:, i] * gradients[:, j] for i, j in pairs], axis=1)
    stiff = _long_waves(products, 2 * MAX_WAVE)
    apart = vectors[:, None] - vectors + 2 * MAX_WAVE
    count, n = len(moving), len(vectors)
    blocks = np.empty((count, 3, n, 3, n), dtype=np.complex64)
    for place, (i, j) in enumerate(pairs):
        # Products of real fields: the part for (j, i) is the same, as a matrix over waves.
        blocks[:, i, :, j] = blocks[:, j, :, i] = stiff[:, place, apart[..., 0], apart[..., 1], apart[..., 2]]
    normal = blocks.reshape(count, 3 * n, 3 * n)
    penalty = np.tile(STIFFNESS * (vectors**2).sum(1), 3).astype(np.float32)
    normal[:, np.arange(3 * n), np.arange(3 * n)] += penalty + _DAMPING
    at = vectors + MAX_WAVE
    right_side = pulled[:, :, at[:, 0], at[:, 1], at[:, 2]].reshape(count, 3 * n)
    right_side = right_side - penalty * found.reshape(count, 3 * n)
    return np.linalg.solve(normal, right_side[..., None]).reshape(found.shape)


def _vectors(longest: int) -> NDArray[np.int64]:
    """Wave vectors of no more than this length, `[n, 3]`."""
    every = np.indices((2 * longest + 1,) * 3).reshape(3, -1).T - longest
    vectors: NDArray[np.int64] = every[(every**2).sum(1) <= longest**2]
    return vectors


def _waves(d: int, most: int) -> Waves:
    """exp(i 2 pi k x / d) for places x and wave numbers k from -most to most: `[d, 2 most + 1]`."""
    waves: Waves = np.exp(2j * np.pi / d * np.outer(np.arange(d), np.arange(-most, most + 1))).astype(np.complex64)
    return waves


def _long_waves(fields: Floats, most: int) -> Waves:
    """Fourier coefficients `[..., 2 most + 1, …]` of fields `[..., d, d, d]`, over the number of voxels."""
    d = fields.shape[-1]
    wave = _waves(d, most).conj() / np.float32(d)
    half = wave[:, most:]
    columns = np.ascontiguousarray(np.concatenate([half.real, half.imag], axis=1))
    along_z = (fields.reshape(-1, d) @ columns).reshape(*fields.shape[:-1], 2, -1)
    half_waves = along_z[..., 0, :] + 1j * along_z[..., 1, :]
    for _ in range(2):
        # One product of large matrices for each axis: that which is next lies last.
        half_waves = np.ascontiguousarray(np.moveaxis(half_waves, -1, -3))
        half_waves = (half_waves.reshape(-1, d) @ wave).reshape(*half_waves.shape[:-1], -1)
    half_waves = np.moveaxis(half_waves, -1, -3)
    # Fields are real: opposite waves have conjugate coefficients.
    other: Waves = np.concatenate([half_waves[..., ::-1, ::-1, :0:-1].conj(), half_waves], axis=-1)
    return other


def _displacements(found: Waves, vectors: NDArray[np.int64], d: int) -> Floats:
    """Displacements `[K, 3, d, d, d]`, in voxels of a grid `[d, d, d]`."""
    most = MAX_WAVE
    cube = np.zeros((*found.shape[:2], *(2 * most + 1,) * 3), dtype=np.complex64)
    at = vectors + most
    cube[:, :, at[:, 0], at[:, 1], at[:, 2]] = found * d
    wave = np.ascontiguousarray(_waves(d, most).T)
    # Opposite waves have conjugate coefficients, so the sum is real: twice the half with z >= 0, the middle once.
    half = cube[..., most:].copy()
    half[..., 1:] *= 2
    moved = np.moveaxis(np.moveaxis(half, -3, -1) @ wave, -1, -3)
    moved = np.swapaxes(np.swapaxes(moved, -1, -2) @ wave, -1, -2)
    last = wave[most:]
    return np.ascontiguousarray(moved.real @ last.real - moved.imag @ last.imag)


def _gradients(fields: Floats) -> Floats:
    """Central differences, per edge: `[K, 3, d, d, d]`."""
    d = fields.shape[-1]
    return np.stack([np.roll(fields, -1, axis) - np.roll(fields, 1, axis) for axis in (1, 2, 3)], axis=1) * np.float32(
        d / 2
    )


def _blurred(fields: Floats, blur: float) -> Floats:
    """Fields `[…, d, d, d]` under a periodic Gaussian, `blur` edges wide."""
    d = fields.shape[-1]
    decay = np.exp(-2 * (np.pi * blur * np.fft.fftfreq(d, 1 / d)) ** 2)
    one = np.fft.ifft(np.fft.fft(np.eye(d), axis=0) * decay[:, None], axis=0).real.astype(np.float32)
    fields = fields @ one
    fields = one @ fields
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(fields, -3, -1) @ one, -1, -3))


def _halved(fields: Floats) -> Floats:
    d = fields.shape[-1]
    while d % 2 == 0 and d >= 2 * _MIN_EDGE:
        d //= 2
        fields = fields.reshape(-1, d, 2, d, 2, d, 2).mean((2, 4, 6))
    return fields


@njit(cache=True, nogil=True)
def sampled(fields: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Periodic fields `[K, d, d, d]` at places moved by `[K, 3, d, d, d]` voxels, between voxels by trilinear
    interpolation."""
    count, d = fields.shape[0], fields.shape[1]
    values = np.empty_like(fields)
    one = np.float32(1)
    for k in range(count):
        field, move = fields[k], moves[k]
        for x in range(d):
            for y in range(d):
                for z in range(d):
                    p, q, r = x + move[0, x, y, z], y + move[1, x, y, z], z + move[2, x, y, z]
                    low_p, low_q, low_r = np.floor(p), np.floor(q), np.floor(r)
                    a, b, c = np.float32(p - low_p), np.float32(q - low_q), np.float32(r - low_r)
                    x0, y0, z0 = int(low_p) % d, int(low_q) % d, int(low_r) % d
                    x1 = x0 + 1 if x0 + 1 < d else 0
                    y1 = y0 + 1 if y0 + 1 < d else 0
                    z1 = z0 + 1 if z0 + 1 < d else 0
                    near = (one - b) * ((one - c) * field[x0, y0, z0] + c * field[x0, y0, z1]) + b * (
                        (one - c) * field[x0, y1, z0] + c * field[x0, y1, z1]
                    )
                    far = (one - b) * ((one - c) * field[x1, y0, z0] + c * field[x1, y0, z1]) + b * (
                        (one - c) * field[x1, y1, z0] + c * field[x1, y1, z1]
                    )
                    values[k, x, y, z] = (one - a) * near + a * far
    return values

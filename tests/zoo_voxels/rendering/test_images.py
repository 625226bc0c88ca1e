"""Pictures show what is there: silhouettes of known area, cut faces flat, thin walls present."""

import io
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageSequence
from scipy.ndimage import correlate1d, label, map_coordinates

from zoo_voxels.rendering.camera import camera
from zoo_voxels.rendering.images import AZIMUTH, ELEVATION, FRAMES, gallery, render, turntable
from zoo_voxels.rendering.raycast import _free

D = 24
VIEWER = np.array(
    [math.cos(ELEVATION) * math.cos(AZIMUTH), math.cos(ELEVATION) * math.sin(AZIMUTH), math.sin(ELEVATION)]
)
CUBE_SHADOW = D * D * VIEWER.sum()
"""Area of a cube's parallel projection, in voxels."""
X, Y, Z = np.meshgrid(*[np.arange(D) + 0.5] * 3, indexing="ij")
FULL = np.ones((D, D, D), bool)


def shadow(cell: np.ndarray) -> float:
    """Area of a cell's silhouette in voxels, in units of the full cube's."""
    return render(cell, 96)[..., 3].sum() / render(FULL, 96)[..., 3].sum() * CUBE_SHADOW


def warm(picture: np.ndarray) -> np.ndarray:
    """Pixels of the colour of a cut: more red than blue."""
    return (picture[..., 3] > 0) & (picture[..., 0].astype(int) > picture[..., 2])


def test_a_ball_has_the_shadow_of_a_disc_and_no_cut_face() -> None:
    ball = (X - 12) ** 2 + (Y - 12) ** 2 + (Z - 12) ** 2 < 10**2
    assert shadow(ball) == pytest.approx(math.pi * 100, rel=0.03)
    assert not warm(render(ball)).any()


def test_a_slab_has_the_shadow_of_a_box() -> None:
    slab = abs(Z - 12) < 4
    expected = D * D * VIEWER[2] + D * 8 * (VIEWER[0] + VIEWER[1])
    assert shadow(slab) == pytest.approx(expected, rel=0.03)


def test_the_full_cell_is_all_cut_faces_and_brightest_on_top() -> None:
    picture = render(FULL, 128)
    opaque = picture[..., 3] == 255
    assert warm(picture)[opaque].all()
    rows = [picture[row, 64, :3].astype(int).sum() for row in (30, 90)]
    assert rows[0] > rows[1]


@pytest.mark.parametrize("axis", range(3))
def test_a_wall_of_one_voxel_is_not_lost(axis: int) -> None:
    wall = np.zeros((D, D, D), bool)
    np.moveaxis(wall, axis, 0)[12] = True
    assert shadow(wall) > D * D * VIEWER[axis]


def test_a_single_voxel_is_seen_and_an_empty_cell_is_not() -> None:
    cell = np.zeros((D, D, D), bool)
    assert not render(cell).any()
    cell[10, 12, 14] = True
    assert render(cell)[..., 3].max() == 255


def test_no_crumb_of_many_is_lost() -> None:
    """Single voxels of a large cell, whose pictures do not overlap, at every place between pixels."""
    cell = np.zeros((48, 48, 48), bool)
    cell[3::6, 4::6, 20] = True
    assert label(render(cell)[..., 3] > 0)[1] == 64


def test_what_stands_in_front_hides_what_stands_behind() -> None:
    """A plate in the face x = d, which looks at the viewer, keeps its picture whatever lies behind it."""
    plate = X > D - 3
    behind = plate | ((X < 10) & (abs(Y - 12) < 6) & (abs(Z - 12) < 6))
    alone, both = render(plate, 96), render(behind, 96)
    face = warm(alone) & (alone[..., 3] == 255)
    np.testing.assert_allclose(both[face].astype(int), alone[face].astype(int), atol=1)


def test_a_gallery_is_a_png_of_the_renders_in_reading_order() -> None:
    cells = [abs(Z - 12) < 2, abs(X - 12) < 2, abs(Y - 12) < 2]
    sheet = np.asarray(Image.open(io.BytesIO(gallery(cells, columns=2, pixels=32))))
    assert sheet.shape == (64, 64, 4)
    np.testing.assert_array_equal(sheet[:32, :32], render(cells[0], 32))
    np.testing.assert_array_equal(sheet[:32, 32:], render(cells[1], 32))
    np.testing.assert_array_equal(sheet[32:, :32], render(cells[2], 32))
    assert not sheet[32:, 32:].any()


def test_a_turntable_goes_once_around_the_cell() -> None:
    """After a quarter of a turn one sees what one would have seen of the cell turned the other way."""
    cell = (abs(X - 6) < 3) & (abs(Z - 9) < 5) | (abs(Y - 17) + abs(X - 14) < 4)
    frames = [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(_turning(cell))]
    turned = next(ImageSequence.Iterator(_turning(np.rot90(cell, -1, axes=(0, 1))))).convert("RGBA")
    assert len(frames) == FRAMES
    np.testing.assert_allclose(frames[FRAMES // 4].astype(int), np.asarray(turned).astype(int), atol=2)
    assert any((frame != frames[0]).any() for frame in frames)


def _turning(cell: np.ndarray) -> Image.Image:
    return Image.open(io.BytesIO(turntable(cell, 64)))


def test_a_picture_of_few_pixels_shows_what_one_of_many_shows() -> None:
    """Large pictures trace every second pixel of smooth surfaces, small ones all."""
    cell = np.sin(X / 4) + np.cos(Y / 5) * np.sin(Z / 3) > 0.2
    small, large = render(cell, 40).astype(float), render(cell, 240).astype(float)
    share = large[..., 3].reshape(40, 6, 40, 6).mean((1, 3))
    assert abs(share - small[..., 3]).mean() < 4


def rays(pixels: int) -> np.ndarray:
    """Where the rays of a picture's pixels cross the plane through the middle of the box, in voxels, `[p, p, 3]`."""
    view = camera((D, D, D), AZIMUTH, ELEVATION)
    place = ((np.arange(pixels) + 0.5) / pixels * 2 - 1) * view.frame
    right, up, _ = view.axes
    return D / 2 + place[None, :, None] * right - place[:, None, None] * up


@pytest.mark.parametrize("pixels", [60, 128])
def test_an_edge_is_as_opaque_as_it_covers_its_pixels(pixels: int) -> None:
    """Beside the full box's shadow, of which each pixel is measured at 100 places. Half a pixel's opacity is that of
    its middle and an eighth that of each corner: that errs by 1/4 at most and 1/8 in the mean at a straight edge, and
    by 3/8 at most at a vertex."""
    with np.errstate(divide="ignore"):
        ends = (np.array([[0.0], [D]]) - rays(10 * pixels)[..., None, :]) / VIEWER
    inside = ends.min(-2).max(-1) < ends.max(-2).min(-1)
    share = inside.reshape(pixels, 10, pixels, 10).mean((1, 3))
    error = abs(render(FULL, pixels)[..., 3] / 255 - share)
    edge = (share > 0) & (share < 1)
    assert error.max() < 3 / 8 and (error > 1 / 4).mean() < 1e-3
    assert error[edge].mean() < 1 / 8 and error[~edge].mean() < 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_rays_hit_where_a_dense_walk_along_them_does(seed: int) -> None:
    """A pixel whose ray hits is at least half opaque, others are at most that."""
    rng = np.random.default_rng(seed)
    pixels = 32
    cell = np.zeros((D, D, D), bool)
    for _ in range(6):
        start, stop = rng.uniform(0, D, (2, 3))
        line = np.round(start + np.linspace(0, 1, 200)[:, None] * (stop - start)).astype(int).clip(0, D - 1)
        cell[tuple(line.T)] = True
    field = cell.astype(float)
    for axis in range(3):
        field = correlate1d(field, np.array([1, 2, 3, 2, 1]) / 9, axis, mode="nearest")
    field = 0.5 + np.where(cell, 1, -1) * np.maximum(abs(field - 0.5), 0.12)
    along = rays(pixels)[..., None, :] + np.linspace(-D, D, 1500)[:, None] * VIEWER
    values = map_coordinates(field, np.moveaxis(along, -1, 0) - 0.5, order=1, mode="nearest")
    hit = (((along > 0) & (along < D)).all(-1) & (values > 0.5)).any(-1)
    opacity = render(cell, pixels)[..., 3]
    assert 0.02 < hit.mean() < 0.9
    assert ((opacity < 127) & hit).mean() < 1e-3 and ((opacity > 128) & ~hit).mean() < 1e-3


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.integers(3, 7)] * 3), st.tuples(*[st.sampled_from([-0.6, 0.6])] * 3), st.integers(0, 2**32 - 1))
def test_rays_leap_over_the_largest_void_cube_ahead(
    shape: tuple[int, ...], speed: tuple[float, ...], seed: int
) -> None:
    field = (np.random.default_rng(seed).random(shape) < 0.05).astype(np.float32)
    free = _free(field, np.array(speed))[1:-1, 1:-1, 1:-1]
    for place, side in np.ndenumerate(free):

        def solid(side: int, place: tuple[int, ...] = place) -> bool:
            ahead = [
                slice(i, i + side + 1) if v > 0 else slice(max(i - side + 1, 0), i + 2)
                for i, v in zip(place, speed, strict=True)
            ]
            return bool(field[tuple(ahead)].any())

        assert (side == 0 or not solid(int(side))) and (solid(int(side) + 1) or side > max(shape))

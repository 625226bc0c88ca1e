"""Cells beside their nearest training cells, and turned in a browser."""

import base64
import io
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo import Figure
from zoo_voxels.likeness.neighbours import pack
from zoo_voxels.rendering.camera import camera
from zoo_voxels.rendering.comparison import comparison
from zoo_voxels.rendering.images import AZIMUTH, ELEVATION
from zoo_voxels.rendering.raycast import cast
from zoo_voxels.rendering.scene import scene

D = 12
X, Y, Z = np.meshgrid(*[np.arange(D) + 0.5] * 3, indexing="ij")
DATA = np.stack([abs(Z - 6) < 2, X + Y + Z < 14, (abs(X - 3) < 2) | (abs(Y - 9) < 2), (X - 6) ** 2 + (Y - 6) ** 2 < 16])
ADDED = (X == 0.5) & (Y < 2) & (Z < 2)

AFTERWARDS = """<script>
const drawn = () => {
  scenes.forEach((s, i) => draw(canvases[i], s, azimuth, elevation, FINE));
  return canvases.map(canvas => canvas.toDataURL());
};
const first = drawn();
document.querySelectorAll("button")[1].click();
canvases[0].dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight"}));
canvases[0].dispatchEvent(new PointerEvent("pointermove", {buttons: 1, movementX: 30, movementY: 20}));
const found = {first, then: drawn(), azimuth, elevation, name: document.getElementById("name").textContent,
               likeness: document.getElementById("likeness").textContent};
document.body.innerHTML = "<pre>" + JSON.stringify(found) + "</pre>";
</script>"""


class Train:
    """Four training cells."""

    def __len__(self) -> int:
        return len(DATA)

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        return (DATA if indices is None else DATA[indices]).astype(np.uint8)

    def packed(self) -> np.ndarray:
        return pack(DATA)


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {figure.name: figure for figure in comparison(DATA[[3, 1]] | ADDED, Train())}


def embedded(figure: Figure) -> dict:
    found = re.search(r"const CELLS = (\{.*\});", figure.data.decode())
    assert found
    return json.loads(found[1])


def test_the_page_holds_each_cell_and_its_nearest(figures: dict[str, Figure]) -> None:
    cells = embedded(figures["turn"])
    assert cells["resolution"] == D and len(cells["shown"]) == 2
    for shown, twin in zip(cells["shown"], DATA[[3, 1]], strict=True):
        bits = np.unpackbits(np.frombuffer(base64.b64decode(shown["nearest"]), np.uint8), count=D**3)
        np.testing.assert_array_equal(bits.reshape(D, D, D), twin)
        union = np.count_nonzero(twin | ADDED)
        assert shown["iou"] == pytest.approx(np.count_nonzero(twin) / union, abs=1e-4)


def test_the_picture_is_a_png_of_pairs(figures: dict[str, Figure]) -> None:
    picture = Image.open(io.BytesIO(figures["nearest"].data))
    assert figures["nearest"].media_type == "image/png" and picture.size[0] > 3 * picture.size[1]
    assert "among 4 training cells" in figures["nearest"].caption


def test_the_page_needs_no_other_file(figures: dict[str, Figure]) -> None:
    assert not re.search(
        r"https?:|src=|href=|@import|url\(|fetch|XMLHttpRequest|import ", figures["turn"].data.decode()
    )


def test_in_a_browser_cells_look_as_in_pictures_and_turn(figures: dict[str, Figure], tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium is installed")
    page = tmp_path / "page.html"
    page.write_text(figures["turn"].data.decode().replace("</body>", AFTERWARDS + "</body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    done = subprocess.run([browser, *options, profile, page.as_uri()], capture_output=True, text=True, timeout=60)
    found = json.loads(re.search(r"<pre>(.*)</pre>", done.stdout, re.DOTALL)[1])  # type: ignore[index]
    assert found["azimuth"] == pytest.approx(AZIMUTH - 0.1 - 0.3) and found["elevation"] == pytest.approx(
        ELEVATION + 0.2
    )
    assert found["name"] == "sample 1" and found["likeness"].endswith("IoU 1.000")
    pictures = [
        ("first", DATA[3] | ADDED, DATA[3], AZIMUTH, ELEVATION),
        ("then", DATA[1] | ADDED, DATA[1], found["azimuth"], found["elevation"]),
    ]
    for when, cell, twin, azimuth, elevation in pictures:
        for url, shown in zip(found[when], (cell, twin), strict=True):
            seen = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1])))).astype(float)
            view = camera(shown.shape, azimuth, elevation)._replace(frame=0.87 * D)
            ours = cast(scene(shown), view, len(seen)).astype(float)
            assert abs(seen[..., 3] - ours[..., 3]).mean() < 0.02 * 255
            both = (seen[..., 3] == 255) & (ours[..., 3] == 255)
            assert abs(seen - ours)[both].mean() < 0.06 * 255
            assert not math.isclose(both.mean(), 0, abs_tol=0.05)

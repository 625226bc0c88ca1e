"""Makes cells.png, the picture of the README: six held-out cells above, the first six samples of a run below; and
kirigami-stretched.svg, the base pattern of cuts and a random one in tension.

    zoo run voxploer --dataset metashell --size small --name picture
    python docs/images/make.py runs/voxploer.metashell/picture

The run behind the present picture has seed 0 and weights 9fba3cfd4fd0bee0. report.png is the top of the report of a run
with weights cd0fabe896ecd6e9, in a window of 1000 x 940.
"""

import io
import sys
from pathlib import Path

import numpy as np
import torch
import yaml
from PIL import Image

from zoo.data.opening import open_data
from zoo.data.store import read_samples
from zoo_kirigami.cuts.geometry import base_angles
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.drawing.stretched import stretched_svg
from zoo_kirigami.sheets.displacement import Stretch
from zoo_voxels.rendering.images import gallery

CELLS = 6
PIXELS = 150
STEP = 5
"""Of colours: coarser ones make the file smaller, and 255, which is opaque, remains."""

STRAIN = 0.08

run = Path(sys.argv[1])
data = open_data(yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))["dataset"])
cells = np.concatenate([data.held_out.array(np.arange(CELLS)), read_samples(run / "samples.safetensors")[:CELLS]])
picture = np.asarray(Image.open(io.BytesIO(gallery(cells.astype(bool), columns=CELLS, pixels=PIXELS))))
Image.fromarray(picture // STEP * STEP).save(Path(__file__).with_name("cells.png"), optimize=True)

patterns = [base_angles(6), replaced_cells(range(1), 0, max_rotation=60)[0]]
sheets = [Stretch.of(torch.from_numpy(pattern), 0, STRAIN) for pattern in patterns]
Path(__file__).with_name("kirigami-stretched.svg").write_text(stretched_svg(sheets, pixels=360), encoding="utf-8")

"""Makes cells.png, the picture of the README: six held-out cells above, the first six samples of a run below.

    zoo run voxploer --dataset metashell --size small --set generate.count=100 --set generate.batch=100 --name picture
    python docs/images/make.py runs/voxploer.metashell/picture

The run behind the present picture has seed 0 and weights cd0fabe896ecd6e9. report.png is the top of the report of a run
with these weights, in a window of 1000 x 940.
"""

import io
import sys
from pathlib import Path

import numpy as np
import yaml
from PIL import Image

from zoo.data import open_data
from zoo.store import read_samples
from zoo_voxels.images import gallery

CELLS = 6
PIXELS = 150
STEP = 5
"""Of colours: coarser ones make the file smaller, and 255, which is opaque, remains."""

run = Path(sys.argv[1])
data = open_data(yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))["dataset"])
cells = np.concatenate([data.held_out.array(np.arange(CELLS)), read_samples(run / "samples.safetensors")[:CELLS]])
picture = np.asarray(Image.open(io.BytesIO(gallery(cells.astype(bool), columns=CELLS, pixels=PIXELS))))
Image.fromarray(picture // STEP * STEP).save(Path(__file__).with_name("cells.png"), optimize=True)

"""A published model to copy and to spoil."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zoo.pretrained.index import checksum

PUBLISHED = Path(__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole model folder: latent diffusion, with a condition and training latents."""
    return Path(shutil.copytree(PUBLISHED / "voxploer", tmp_path / "model"))


@pytest.fixture
def change(folder: Path) -> Callable[[str, Callable[[Any], Any]], None]:
    """Changes a JSON file of the folder; an index is signed again, so that the change itself is what is judged."""

    def change(name: str, how: Callable[[Any], Any]) -> None:
        contents = json.loads((folder / name).read_text())
        how(contents)
        if name == "model_index.json":
            contents.pop("checksum", None)
            contents["checksum"] = checksum(contents)
        (folder / name).write_text(json.dumps(contents))

    return change

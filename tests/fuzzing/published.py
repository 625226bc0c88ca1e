"""Published folders from strangers, through `zoo sample`."""

import shutil
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st
from typer.testing import CliRunner

from fuzzing.files import Change, changes, make
from fuzzing.values import TEXTS, WORDS
from zoo.cli.app import app

FOLDERS = Path(__file__).parents[1] / "pretrained"
OPTIONS = st.one_of(
    TEXTS.map(lambda text: f"--set={text}"),
    st.builds(
        lambda name, text: f"--set={name}={text}",
        st.sampled_from(["sampler", "sampler.use", "sampler.strength", "guidance", "generate.batch", "encoder.width"]),
        TEXTS | st.integers(-2, 9).map(str),
    ),
    st.builds(
        lambda name, text: f"--condition={name}={text}", WORDS | st.just("volume_fraction"), TEXTS | st.just("0.2")
    ),
)


class Given(NamedTuple):
    model: str
    changes: list[Change]
    options: list[str]
    output: str


class Published:
    """The published models of the tests, changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._zoo = CliRunner()
        outputs = st.sampled_from(["cells.npz", "cells.npz", "cells.npz", "cells.safetensors", "cells", "a/b.npz"])
        self.cases = st.one_of(
            st.builds(
                Given,
                st.just(name),
                changes(FOLDERS / name, _files(FOLDERS / name)) | st.just([]),
                st.just([]) | st.lists(OPTIONS, max_size=2),
                outputs,
            )
            for name in ("voxploer", "kirigami-vae")
        )

    def __call__(self, case: Given) -> str:
        spoilt = self._folder / "model"
        shutil.rmtree(spoilt, ignore_errors=True)
        shutil.copytree(FOLDERS / case.model, spoilt)
        make(case.changes, spoilt)
        command = ["sample", str(spoilt), "-n", "2", "-o", str(self._folder / case.output), *case.options]
        done = self._zoo.invoke(app, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert (self._folder / case.output).exists()
        return "drawn from"


def _files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in (".json", ".safetensors"))

"""Runs whose stages, data or results were changed since: the same command again, and `zoo publish`."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple
from unittest.mock import patch

from hypothesis import strategies as st

from fuzzing.files import Change, changes, make
from zoo.data.store import read_samples, write_structures
from zoo.publishing.publish import publish
from zoo.recipes import resolve
from zoo.reports.run import finish_run
from zoo.runs.run import Options, run
from zoo.training.loop import Loop

RUNS = "toy-diffusion.random-rows"


class Done(NamedTuple):
    what: Literal["resumed", "published"]
    state: Literal["finished", "training", "sampling"]
    changes: list[Change]


class Runs:
    """Runs of the toy plugin, which must be loaded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._finish("finished")
        self._interrupt_training()
        self._interrupt_sampling()
        whole = folder / "finished"
        self.cases = st.one_of(
            st.builds(
                Done,
                st.just("published"),
                st.just("finished"),
                changes(whole, _files(whole, RUNS)),
            ),
            *(
                st.builds(
                    Done, st.just("resumed"), st.just(state), changes(folder / state, _files(folder / state, ".stages"))
                )
                for state in ("finished", "training", "sampling")
            ),
        )

    def __call__(self, case: Done) -> str:
        spoilt, published = self._folder / "spoilt", self._folder / "published"
        for folder in (spoilt, published):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self._folder / case.state, spoilt)
        make(case.changes, spoilt)
        if case.what == "published":
            publish(spoilt / RUNS / "paper", published)
        else:
            self._finish("spoilt")
        return case.what

    def _finish(self, name: str) -> None:
        recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=self._folder)
        options = Options(runs=self._folder / name, name="paper", checkpoint_every=0)
        finish_run(run(recipe, options, ["zoo", "run", "toy-diffusion"]))

    def _interrupt_training(self) -> None:
        """Ctrl-C at the second checkpoint of the second training."""
        save: Callable[[Loop, Path], None] = Loop._save

        def stop(loop: Loop, checkpoint: Path) -> None:
            save(loop, checkpoint)
            if loop.stage.name == "denoiser" and loop.step == 2:
                raise KeyboardInterrupt

        with patch.object(Loop, "_save", stop):
            try:
                self._finish("training")
            except KeyboardInterrupt:
                return
        raise AssertionError("it was not interrupted")

    def _interrupt_sampling(self) -> None:
        """As if it had been killed when the first of two parts was there."""
        shutil.copytree(self._folder / "finished", self._folder / "sampling")
        [stage] = (self._folder / "sampling" / ".stages").glob("samples-*")
        drawn = read_samples(stage / "output.safetensors")
        write_structures(stage / "part-000000000.safetensors", drawn[:4], binary=False, properties={}, metadata={})
        (stage / "stage.json").unlink()
        (stage / "output.safetensors").unlink()


def _files(folder: Path, inside: str) -> list[str]:
    found = (folder / inside).rglob("*")
    return sorted(p.relative_to(folder).as_posix() for p in found if p.is_file() and p.name != ".lock")

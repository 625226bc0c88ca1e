"""Publishing a run: a folder that can be given away, with the model, its card, its scores, its pictures."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from zoo.errors import ZooError
from zoo.interfaces.domain import Figure
from zoo.pretrained.index import read_index
from zoo.pretrained.loading import load
from zoo.publishing.card import write_card
from zoo.publishing.eval_results import write_eval_results
from zoo.runs.folder import RunFolder
from zoo.runs.results import read_results
from zoo.system.files import whole_folder

FIGURES = "figures"
SUFFIXES = {"image/png": ".png", "image/svg+xml": ".svg"}


def publish(run: Path, folder: Path, licence: str | None = None) -> None:
    """Write a run's model, card, scores and pictures to a new folder, whole or not at all.

    `licence`, of the weights, is an SPDX identifier; by default it is that of the data. The model is loaded first, as
    anyone else will: what cannot be loaded is not published. ZooError also if the folder has something in it.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise ZooError(f"{folder} exists already; name a new folder.")
    results, model = read_results(run), RunFolder(run).model
    pretrained = load(model, device="cpu")
    index = read_index(model)
    if results.provenance.get("weights") != index.provenance["weights"]:
        raise ZooError(f"{run}: its scores are not those of its model; run it again.")
    figures = _named(pretrained.domain.figures(results.samples))
    with whole_folder(folder) as temporary:
        shutil.copytree(model, temporary, dirs_exist_ok=True)
        (temporary / FIGURES).mkdir()
        for name, figure in figures.items():
            (temporary / name).write_bytes(figure.data)
        write_eval_results(temporary, index, results)
        write_card(
            temporary / "README.md",
            index,
            results,
            figures,
            pretrained.model.conditions,
            licence or index.card.licence,
        )


def _named(figures: Sequence[Figure]) -> dict[str, Figure]:
    """Figures by their file in the folder."""
    return {f"{FIGURES}/{figure.name}{SUFFIXES[figure.media_type]}": figure for figure in figures}

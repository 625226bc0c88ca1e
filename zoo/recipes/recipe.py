"""A recipe: all that a run of a model on a dataset does, checked, with the origin of every value."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from zoo.discovery import discovery
from zoo.recipes.blocks import Block, Blocks
from zoo.recipes.catalogue import OURS, read_catalogue
from zoo.recipes.drafts import make_draft
from zoo.recipes.settings import Generate, Train
from zoo.recipes.yaml_lines import Marked


@dataclass(frozen=True)
class Recipe:
    """A model, a dataset and what is done with them. Blocks are plain JSON-able data with every default filled in."""

    model: str
    dataset: str
    size: str
    summary: str
    """A sentence about the model."""
    model_block: Block
    """The composition: `use`, its parts and arguments."""
    dataset_block: Block
    evaluators: dict[str, Block]
    train: dict[str, Train]
    """Settings of each stage."""
    generate: Generate
    origins: dict[str, str] = field(repr=False)
    """Where the value at each dotted path comes from: `file:line`, `--set path` or `default of name`."""
    _config: dict[str, Any] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The recipe as a `--config` file: over the same model and dataset it makes this very recipe again."""
        return copy.deepcopy(self._config)


def resolve(
    model: str,
    dataset: str,
    *,
    size: str = "small",
    configs: Sequence[Path] = (),
    overrides: Sequence[str] = (),
    changes: Sequence[Marked] = (),
    folder: Path | None = None,
) -> Recipe:
    """The recipe of a model for a dataset; either may be named with an edition, `name@edition`.

    Layers go over each other in the order base with its size, recipe, its size, `registry.yaml` in `folder` (default:
    the working folder), `configs`, `changes` (in the form of configs), `overrides` (`path=value`). The size `auto` is
    `automatic_size()`. ZooError lists everything that is wrong with any of it.
    """
    size = automatic_size() if size == "auto" else size
    catalogue = read_catalogue(discovery(), folder or Path.cwd())
    draft = make_draft(catalogue, model, dataset, size, configs, overrides, changes)
    blocks = Blocks(draft)
    blocks.try_out()
    blocks.refuse_problems()
    assert draft.of_model is not None
    assert blocks.model is not None
    assert blocks.dataset is not None
    return Recipe(
        model=model.removesuffix(OURS),
        dataset=dataset.removesuffix(OURS),
        size=size,
        summary=draft.of_model.summary,
        model_block=blocks.model,
        dataset_block=blocks.dataset,
        evaluators=_kept(blocks),
        train=blocks.train,
        generate=blocks.generate,
        origins=blocks.origins(),
        _config=blocks.to_dict(),
    )


class ResolvedDataset(NamedTuple):
    """A dataset's checked recipe block, and those of its evaluators by name."""

    block: Block
    evaluators: dict[str, Block]


def resolve_dataset(name: str, changes: Sequence[str] = (), *, folder: Path | None = None) -> ResolvedDataset:
    """The dataset `name` of the catalogue, alone, with changes such as `dataset.resolution=24` or
    `evaluators.new.same=0.8`. `folder` is as for `resolve`. ZooError lists everything that is wrong."""
    catalogue = read_catalogue(discovery(), folder or Path.cwd())
    blocks = Blocks(make_draft(catalogue, None, name, overrides=changes))
    blocks.refuse_problems()
    assert blocks.dataset is not None
    return ResolvedDataset(blocks.dataset, _kept(blocks))


def _kept(blocks: Blocks) -> dict[str, Block]:
    """The evaluators that are not left out."""
    return {name: block for name, block in blocks.evaluators.items() if block is not None}


def automatic_size() -> str:
    """`paper` where there is a GPU, else `small`."""
    import torch

    return "paper" if torch.accelerator.is_available() else "small"

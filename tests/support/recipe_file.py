"""A catalogue of the toy, and what is wrong with a recipe of it."""

from collections.abc import Sequence
from typing import Any

import pytest

from zoo import ZooError
from zoo.recipes import Recipe, resolve

CATALOGUE = """\
zoo: 1
datasets:
  rows8: {use: rows, evaluators: {mean: {use: mean}}}
  rows6: {base: rows8, length: 6}
  rows8@other: {use: rows, count: 3}
models:
  first:
    summary: The first
    use: latent-diffusion
    encoder: {use: halving, width: 4}
    schedule: {use: linear, steps: 100, start: 1e-4}
    denoiser: {use: scale}
    sampler: {use: srr, base: {use: ddpm}, strength: 0.3}
    train:
      autoencoder: {epochs: 2, batch: 4, betas: [0.5, 0.9]}
      denoiser: {epochs: 3, batch: 4}
    generate: {count: 5}
    sizes:
      small:
        dataset: {count: 20, resolution: 12}
        encoder: {width: 2}
        sampler: {strength: 0.1, base: {steps: 7}}
        train: {autoencoder: {epochs: 1}}
      swapped: {sampler: {use: ddim, steps: 10}}
  second:
    base: first
    sampler: {use: ddim, steps: 25}
    sizes: {small: {sampler: {steps: 5}}}
  third: {base: second, encoder: {use: plain, gain: 2.0}, train: {denoiser: {epochs: 8}}}
"""


def line_of(text: str) -> str:
    """`registry.yaml:line` of the first line of the catalogue that holds a text."""
    lines = CATALOGUE.splitlines()
    return f"registry.yaml:{next(i for i, line in enumerate(lines, 1) if text in line)}"


def problems(model: str = "first", dataset: str = "rows8", **options: Any) -> Sequence[str]:
    with pytest.raises(ZooError) as caught:
        resolve(model, dataset, **options)
    return caught.value.problems


def shape(recipe: Recipe) -> tuple[Any, ...]:
    return recipe.model_block, recipe.dataset_block, recipe.evaluators, recipe.train, recipe.generate

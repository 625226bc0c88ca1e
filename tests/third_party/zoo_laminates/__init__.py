"""Laminates: periodic stacks of stiff and soft layers, none of which is too thin to be made."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zoo import Command, Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """One of every kind."""
    return [
        Component("domain", "laminate", "zoo_laminates.domain:Laminate", "Stacks of stiff and soft layers"),
        Component("dataset", "laminates", "zoo_laminates.dataset:Laminates", "Random stacks without thin layers"),
        Component("importer", "laminate-text", "zoo_laminates.importer:LaminateText", "Stacks as rows of 0 and 1"),
        Component("property", "laminate-moduli", "zoo_laminates.moduli:LaminateModuli", "Stiffness along and across"),
        Component("objective", "across-modulus", "zoo_laminates.moduli:AcrossModulus", "Pushes the stiffness across"),
        Component("negatives", "odd-layer", "zoo_laminates.negatives:OddLayer", "Stacks with one layer too thin"),
        Component("encoder", "layer-autoencoder", "zoo_laminates.networks:LayerAutoencoder", "Two-layer perceptrons"),
        Component("denoiser", "layer-denoiser", "zoo_laminates.networks:LayerDenoiser", "A two-layer perceptron"),
        Component("generator", "layer-generator", "zoo_laminates.networks:LayerGenerator", "A two-layer perceptron"),
        Component("critic", "layer-critic", "zoo_laminates.networks:LayerCritic", "A two-layer perceptron"),
        Component("regulariser", "decorrelation", "zoo_laminates.decorrelation:Decorrelation", "Uncorrelated latents"),
        Component("schedule", "sigmoid", "zoo_laminates.sigmoid:Sigmoid", "The signal fades along a logistic curve"),
        Component("sampler", "unipc", "zoo_laminates.unipc:UniPC", "A second-order predictor and corrector"),
        Component("evaluator", "layer-scores", "zoo_laminates.evaluator:LayerScores", "Can they be made, are they new"),
        Component("model", "markov-chain", "zoo_laminates.markov:MarkovChain", "Each layer follows from those before"),
    ]


@hookimpl
def zoo_recipes() -> Iterable[Path]:
    """A dataset, and models of three compositions."""
    return [Path(__file__).with_name("recipes.yaml")]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """`zoo laminate-moduli`."""
    return [Command("laminate-moduli", "zoo_laminates.command:laminate_moduli", "Stiffness of a stack of layers.")]


@hookimpl
def zoo_event(event: str, run: Path, payload: Mapping[str, Any]) -> None:
    """Keeps a diary in the run's folder."""
    with (run / "laminates.log").open("a", encoding="utf-8") as diary:
        diary.write(f"{event} {' '.join(sorted(payload))}\n")

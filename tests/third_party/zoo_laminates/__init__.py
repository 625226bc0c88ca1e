"""Laminates: periodic stacks of stiff and soft layers, none of which is too thin to be made."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zoo import Command, Component, hookimpl

_HERE = "zoo_laminates.components"


@hookimpl
def zoo_components() -> Iterable[Component]:
    """One of every kind."""
    return [
        Component("domain", "laminate", f"{_HERE}.laminate:Laminate", "Stacks of stiff and soft layers"),
        Component("dataset", "laminates", f"{_HERE}.laminates:Laminates", "Random stacks without thin layers"),
        Component("importer", "laminate-text", f"{_HERE}.laminate_text:LaminateText", "Stacks as rows of 0 and 1"),
        Component(
            "property", "laminate-moduli", f"{_HERE}.laminate_moduli:LaminateModuli", "Stiffness along and across"
        ),
        Component(
            "objective", "across-modulus", f"{_HERE}.across_modulus:AcrossModulus", "Pushes the stiffness across"
        ),
        Component("negatives", "odd-layer", f"{_HERE}.odd_layer:OddLayer", "Stacks with one layer too thin"),
        Component(
            "encoder", "layer-autoencoder", f"{_HERE}.layer_autoencoder:LayerAutoencoder", "Two-layer perceptrons"
        ),
        Component("denoiser", "layer-denoiser", f"{_HERE}.layer_denoiser:LayerDenoiser", "A two-layer perceptron"),
        Component("generator", "layer-generator", f"{_HERE}.layer_generator:LayerGenerator", "A two-layer perceptron"),
        Component("critic", "layer-critic", f"{_HERE}.layer_critic:LayerCritic", "A two-layer perceptron"),
        Component("regulariser", "decorrelation", f"{_HERE}.decorrelation:Decorrelation", "Uncorrelated latents"),
        Component("schedule", "sigmoid", f"{_HERE}.sigmoid:Sigmoid", "The signal fades along a logistic curve"),
        Component("sampler", "unipc", f"{_HERE}.unipc:UniPC", "A second-order predictor and corrector"),
        Component("evaluator", "layer-scores", f"{_HERE}.layer_scores:LayerScores", "Can they be made, are they new"),
        Component("model", "markov-chain", f"{_HERE}.markov_chain:MarkovChain", "Each layer follows from those before"),
    ]


@hookimpl
def zoo_recipes() -> Iterable[Path]:
    """A dataset, and models of three compositions."""
    return [Path(__file__).with_name("recipes.yaml")]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """`zoo laminate-moduli`."""
    return [
        Command(
            "laminate-moduli",
            "zoo_laminates.commands.laminate_moduli:laminate_moduli",
            "Stiffness of a stack of layers.",
        )
    ]


@hookimpl
def zoo_event(event: str, run: Path, payload: Mapping[str, Any]) -> None:
    """Keeps a diary in the run's folder."""
    with (run / "laminates.log").open("a", encoding="utf-8") as diary:
        diary.write(f"{event} {' '.join(sorted(payload))}\n")

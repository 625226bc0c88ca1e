"""`zoo kirigami-likelihood`."""

from pathlib import Path
from typing import Annotated

import typer

from zoo import ZooError


def kirigami_likelihood(
    model: Annotated[Path, typer.Argument(help="A run's or a published model's folder.")],
    count: Annotated[
        int, typer.Option("--count", "-n", help="Cells of the data's law, and of the model's own.")
    ] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of both.")] = 0,
) -> None:
    """Say how far an autoregressive kirigami model is from the law of its data."""
    from zoo import load
    from zoo_kirigami.components.cut_autoregression import CutAutoregression
    from zoo_kirigami.likelihood import measure

    if count < 2:
        raise ZooError(f"--count {count}: there must be at least two.")
    trained = load(model).model
    if not isinstance(trained, CutAutoregression):
        raise ZooError(f"{model}: a {type(trained).__name__} has no likelihood that could be told exactly.")
    likelihood = measure(trained, count, seed)
    typer.echo(f"nats a cell     {likelihood.nats:.3f}, at least {likelihood.entropy:.3f}")
    typer.echo(f"KL to the data  {likelihood.divergence:.3f} +- {likelihood.error:.3f} nats a cell")
    typer.echo(f"worth           {100 * likelihood.share:.1f} % of as many exact cells, by importance weights")

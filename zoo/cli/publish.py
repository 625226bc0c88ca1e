"""`zoo publish RUN FOLDER`: a run's model with its card, scores and pictures, ready to be given away."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.stopping import NOTHING_WRITTEN, stoppable


def publish(
    run: Annotated[Path, typer.Argument(help="The folder of a finished run.")],
    folder: Annotated[Path, typer.Argument(help="A new folder to write to.")],
    licence: Annotated[
        str | None, typer.Option(metavar="SPDX", help="Of the weights: cc-by-4.0, … By default that of the data.")
    ] = None,
    push_to: Annotated[
        str | None, typer.Option(metavar="HUB-ID", help="Also upload it to the Hugging Face Hub: you/your-model.")
    ] = None,
) -> None:
    """Write a run's model, in the diffusers layout, with a card, scores and pictures to FOLDER."""
    with stoppable(NOTHING_WRITTEN):
        from zoo.publishing import hub
        from zoo.publishing.publish import publish as write

        if push_to is not None:
            hub.check_hub(push_to)
        write(run, folder, licence)
    typer.echo(f"published   {folder}")
    if push_to is not None:
        with stoppable(f"Stopped. {folder} is written, but not pushed. Later: hf upload {push_to} {folder}"):
            address = hub.push(folder, push_to)
        typer.echo(f"pushed      {address}")

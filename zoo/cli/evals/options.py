"""Options that the commands about suites share."""

from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(help="A suite that `zoo evals list` names, or the YAML file of your own.")]
Results = Annotated[Path, typer.Option(help="The folder of result files.")]
Datasets = Annotated[list[str] | None, typer.Option("--dataset", "-d", help="Only this dataset. Repeatable.")]

RESULTS = Path("evals/results")

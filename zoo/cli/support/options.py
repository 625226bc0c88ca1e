"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo.cli.support.checks import check_suffix
from zoo.system import processes

if TYPE_CHECKING:
    from zoo.interfaces.domain import Domain

Size = Annotated[str, typer.Option(help="tiny, small, paper, or auto: paper on a GPU, small on a CPU.")]
Processes = Annotated[
    int, typer.Option("--processes", min=1, help="Processes of this machine to share the work among.")
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Change one value: encoder.width=64. Repeatable.")]
Configs = Annotated[
    list[Path] | None, typer.Option("--config", help="A YAML file of changes to the recipe. Repeatable.")
]
SuiteName = Annotated[str, typer.Argument(help="A suite that `zoo evals list` names, or the YAML file of your own.")]
Results = Annotated[Path, typer.Option(help="The folder of result files.")]
Datasets = Annotated[list[str] | None, typer.Option("--dataset", "-d", help="Only this dataset. Repeatable.")]
RESULTS = Path("evals/results")


def chosen_size(size: str) -> str:
    """The size to use; what `auto` comes to is said."""
    if size != "auto":
        return size
    from zoo.recipes import automatic_size

    chosen = automatic_size()
    reason = "there is a GPU" if chosen == "paper" else "there is no GPU"
    if processes.is_main():
        typer.echo(f"size {chosen}, since {reason}", err=True)
    return chosen


def check_format(output: Path, domain: "Domain") -> None:
    """ZooError unless the suffix is that of a store or of one of the domain's formats."""
    check_suffix("--output", output, (".safetensors", *domain.formats))

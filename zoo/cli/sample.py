"""`zoo sample FOLDER`: structures from a trained model."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.support.checks import named_values
from zoo.cli.support.stopping import NOTHING_WRITTEN, stoppable
from zoo.errors import ZooError

if TYPE_CHECKING:
    import numpy as np

    from zoo.pretrained.pretrained import Pretrained

DEFAULT_COUNT = 100


def sample(
    folder: Annotated[Path, typer.Argument(help="A published folder, or the folder `model` of a run.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: .safetensors or a format of the domain, as .npz.")
    ],
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="How many: 100, or one a line of the table.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Structure i depends on the seed and on i alone.")] = 0,
    conditions: Annotated[
        list[str] | None, typer.Option("--condition", metavar="NAME=VALUE", help="A wanted property. Repeatable.")
    ] = None,
    condition_table: Annotated[
        Path | None,
        typer.Option(
            "--condition-table",
            metavar="FILE.csv",
            help="Wanted properties of each structure: a line of their names, then a line a structure.",
        ),
    ] = None,
    resolution: Annotated[
        int | None,
        typer.Option(min=1, help="Another resolution than that of the data, for models that draw at any."),
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change how it draws: sampler.use=ddim. Repeatable.")
    ] = None,
) -> None:
    """Draw structures from a trained model and write them to a file."""
    given = named_values("--condition", conditions, "volume_fraction=0.3") if conditions else None
    with stoppable(NOTHING_WRITTEN):
        from zoo.cli.support.options import check_format
        from zoo.pretrained.loading import load
        from zoo.system.files import whole_file

        table = _table(condition_table, given or {}, count) if condition_table else {}
        number = count or next((len(values) for values in table.values()), DEFAULT_COUNT)
        pretrained = load(folder, overrides=overrides or (), resolution=resolution)
        check_format(output, pretrained.domain)
        with whole_file(output) as temporary:
            structures = _draw(pretrained, number, seed, {**(given or {}), **table} if given or table else None)
            drawn = {"seed": seed, "condition": given, "changes": overrides}
            if resolution is not None:
                drawn["resolution"] = resolution
            _write(structures, temporary, pretrained, drawn, table)
    typer.echo(f"structures  {output}")


def _table(path: Path, given: dict[str, float], count: int | None) -> "dict[str, np.ndarray]":
    """The wanted values of each structure. ZooError if they do not go with the other options."""
    from zoo.data.tables import read_wanted

    table = read_wanted(path)
    lines = len(next(iter(table.values())))
    problems = [f"--condition {name}: {path} has a column of it." for name in given if name in table]
    if count not in (None, lines):
        problems.append(f"--count {count}: {path} has {lines} lines of wanted values.")
    if problems:
        raise ZooError(*problems)
    return table


def _draw(
    pretrained: "Pretrained", count: int, seed: int, condition: "Mapping[str, float | np.ndarray] | None"
) -> "np.ndarray":
    import numpy as np

    from zoo.system.progress import bar

    batches = []
    drawn = pretrained.batches(count, seed, condition)
    with bar("samples", count) as progress:
        for batch in drawn:
            batches.append(batch)
            progress.advance(len(batch))
    return np.concatenate(batches)


def _write(
    structures: "np.ndarray",
    path: Path,
    pretrained: "Pretrained",
    drawn: dict[str, Any],
    wanted: "Mapping[str, np.ndarray]",
) -> None:
    """Write structures in the format of the suffix; a store also says where they come from, and what was wanted of
    each."""
    from zoo.data.store import write_structures

    if path.suffix == ".safetensors":
        metadata = {**pretrained.provenance, "drawn": drawn}
        properties = {f"wanted.{name}": values for name, values in wanted.items()}
        binary = pretrained.domain.binary
        write_structures(path, structures, binary=binary, properties=properties, metadata=metadata)
    else:
        pretrained.domain.write(structures, path)

"""`zoo sample FOLDER`: structures from a trained model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.support.checks import named_values
from zoo.cli.support.stopping import NOTHING_WRITTEN, stoppable

if TYPE_CHECKING:
    import numpy as np

    from zoo.pretrained.pretrained import Pretrained


def sample(
    folder: Annotated[Path, typer.Argument(help="A published folder, or the folder `model` of a run.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: .safetensors or a format of the domain, as .npz.")
    ],
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Structure i depends on the seed and on i alone.")] = 0,
    conditions: Annotated[
        list[str] | None, typer.Option("--condition", metavar="NAME=VALUE", help="A wanted property. Repeatable.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="Change how it draws: sampler.use=ddim. Repeatable.")
    ] = None,
) -> None:
    """Draw structures from a trained model and write them to a file."""
    condition = named_values("--condition", conditions, "volume_fraction=0.3") if conditions else None
    with stoppable(NOTHING_WRITTEN):
        from zoo.cli.support.options import check_format
        from zoo.pretrained.loading import load
        from zoo.system.files import whole_file

        pretrained = load(folder, overrides=overrides or ())
        check_format(output, pretrained.domain)
        with whole_file(output) as temporary:
            structures = _draw(pretrained, count, seed, condition)
            _write(structures, temporary, pretrained, {"seed": seed, "condition": condition, "changes": overrides})
    typer.echo(f"structures  {output}")


def _draw(pretrained: "Pretrained", count: int, seed: int, condition: dict[str, float] | None) -> "np.ndarray":
    import numpy as np

    from zoo.system.progress import bar

    batches = []
    drawn = pretrained.batches(count, seed, condition)
    with bar("samples", count) as progress:
        for batch in drawn:
            batches.append(batch)
            progress.advance(len(batch))
    return np.concatenate(batches)


def _write(structures: "np.ndarray", path: Path, pretrained: "Pretrained", drawn: dict[str, Any]) -> None:
    """Write structures in the format of the suffix; a store also says where they come from."""
    from zoo.data.store import write_structures

    if path.suffix == ".safetensors":
        metadata = {**pretrained.provenance, "drawn": drawn}
        write_structures(path, structures, binary=pretrained.domain.binary, properties={}, metadata=metadata)
    else:
        pretrained.domain.write(structures, path)

"""`zoo data preview DATASET`: a picture."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.data.opening import Changes, Name, opened
from zoo.cli.support.stopping import stoppable

_SUFFIX = {"image/png": ".png", "image/svg+xml": ".svg"}


def preview(
    name: Name,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default NAME.png or .svg.")
    ] = None,
    changes: Changes = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many structures to choose from it.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="Another seed chooses others.")] = 0,
) -> None:
    """Draw some structures of a dataset, chosen at random, as its domain draws them."""
    import numpy as np

    from zoo.errors import ZooError
    from zoo.system.files import whole_file

    with stoppable():
        data = opened(name, changes)
        total = len(data.store)
        count = min(count, total)
        chosen = np.sort(np.random.default_rng(seed).choice(total, count, replace=False))
        figures = data.domain.figures(data.store.hard(chosen))
    if not figures:
        raise ZooError(f"{name}: its domain draws no pictures.")
    suffix = _SUFFIX[figures[0].media_type]
    path = output or Path(f"{name}{suffix}")
    if path.suffix != suffix:
        raise ZooError(f"--output {path}: pictures of {name} are {suffix} files.")
    with whole_file(path) as temporary:
        temporary.write_bytes(figures[0].data)
    typer.echo(f"picture  {path}\n{data.card.title}, edition {data.card.edition}: {count} of {total:,} structures")

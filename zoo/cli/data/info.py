"""`zoo data info DATASET`: its card, counts and properties."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from zoo.cli.data.opening import Changes, Name, opened
from zoo.cli.support.stopping import stoppable
from zoo.cli.support.tables import print_table
from zoo.errors import shape_words

if TYPE_CHECKING:
    import numpy as np

    from zoo.data.opening import Data

_BARS = " ▁▂▃▄▅▆▇█"
_BINS = 24


def info(name: Name, changes: Changes = None) -> None:
    """Print where a dataset comes from, how much of it there is, and how its properties are spread. All of it is read:
    if it is not as it was written, that is an error."""
    with stoppable():
        data = opened(name, changes)
        data.check()
    card, store = data.card, data.store
    typer.echo(f"{card.title}, edition {card.edition}\n{card.description}\n")
    for label, text in _facts(data):
        typer.echo(f"{label:<12}{text}")
    rows = [row for name, values in store.properties.items() for row in _rows(data, name, values.numpy())]
    if rows:
        typer.echo()
        print_table(("property", "unit", "known", "least", "mean", "most", "spread", f"{_BINS} bins"), rows)


def _facts(data: "Data") -> Iterator[tuple[str, str]]:
    card, store = data.card, data.store
    yield "licence", card.licence
    if card.citation:
        yield "citation", card.citation
    yield "structures", f"{len(store):,} of {shape_words(store.shape)}"
    copies = f" ({len(data.train):,} in all different orientations)" if data.domain.orientations > 1 else ""
    yield "split", f"{len(data.train.originals):,} to train on{copies}, {len(data.held_out):,} held out"
    yield "folder", str(data.folder)
    yield "checksum", data.checksum


def _rows(data: "Data", name: str, values: "np.ndarray") -> Iterator[tuple[str, ...]]:
    """A line for a number, or for each component of an array."""
    import numpy as np

    from zoo.data.tables import component

    for index in np.ndindex(values.shape[1:]):
        column = values[(slice(None), *index)].astype(float)
        given = column[~np.isnan(column)]
        if len(given):
            numbers = (given.min(), given.mean(), given.max(), given.std())
            numbers_shown = [f"{number:.4g}" for number in numbers]
            yield (
                component(name, index),
                data.card.units.get(name, ""),
                f"{len(given):,}",
                *numbers_shown,
                histogram(given),
            )


def histogram(values: "np.ndarray") -> str:
    """Bars for the counts in equal bins from the least to the largest value: the highest is full, none is blank."""
    import numpy as np

    counts, _ = np.histogram(values, _BINS)
    return "".join(_BARS[int(np.ceil(count / counts.max() * (len(_BARS) - 1)))] for count in counts)

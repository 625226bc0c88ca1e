"""`zoo data export DATASET`: for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.data.opening import Changes, Name, dataset_block
from zoo.cli.support.stopping import stoppable


def export(
    name: Name,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file of structures: .safetensors or a format of the domain.")
    ],
    properties: Annotated[Path | None, typer.Option(help="Also write the properties, as a CSV table.")] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="The first so many; all by default.")
    ] = None,
    changes: Changes = None,
) -> None:
    """Write a dataset's structures in their order, and their properties, to files. `zoo data import` reads them."""
    import numpy as np

    from zoo.cli.support.options import check_format
    from zoo.data.opening import open_data
    from zoo.data.store import write_structures
    from zoo.data.tables import PropertyTable, write_table
    from zoo.errors import ZooError
    from zoo.system.files import whole_file

    with stoppable():
        data = open_data(dataset_block(name, changes))
        check_format(output, data.domain)
        if properties and not data.store.properties:
            raise ZooError(f"--properties {properties}: {name} has none.")
        chosen = np.arange(min(count or len(data.store), len(data.store)))
        structures = data.store.hard(chosen)
        values = {name: column.numpy()[chosen] for name, column in data.store.properties.items()}
        with whole_file(output) as temporary:
            if output.suffix == ".safetensors":
                metadata = {"dataset": f"{name}, edition {data.card.edition}", "checksum": data.checksum}
                write_structures(temporary, structures, binary=data.domain.binary, properties=values, metadata=metadata)
            else:
                data.domain.write(structures, temporary)
        if properties:
            write_table(properties, PropertyTable(values, data.card.units))
    typer.echo(f"structures  {output}")
    if properties:
        typer.echo(f"properties  {properties}")

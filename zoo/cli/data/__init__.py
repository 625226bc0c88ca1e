"""`zoo data`: what there is to learn from, a command per file."""

import typer

from zoo.cli.data.build import build_data
from zoo.cli.data.export import export
from zoo.cli.data.importing import import_files
from zoo.cli.data.info import info
from zoo.cli.data.list import list_data
from zoo.cli.data.preview import preview

data = typer.Typer(no_args_is_help=True, help="Build, import, look at and export datasets.")
data.command("list", short_help="Name the datasets, and what is there of them.")(list_data)
data.command("build", short_help="Build a dataset ahead of a run.")(build_data)
data.command("import", short_help="Make a dataset of files.")(import_files)
data.command(short_help="Print a dataset's card, counts and properties.")(info)
data.command(short_help="Draw a dataset's structures.")(preview)
data.command(short_help="Write a dataset's structures and properties to files.")(export)

"""The program: its commands, those of plugins, and how warnings and errors look."""

import importlib.metadata
import sys
import traceback
import warnings
from pathlib import Path
from typing import Annotated, Any, NoReturn, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from zoo.cli.check import check
from zoo.cli.data import data
from zoo.cli.evals import evals
from zoo.cli.evaluate import evaluate
from zoo.cli.forces import forces
from zoo.cli.list import list_names
from zoo.cli.plugins import plugin as plugin_group, plugins
from zoo.cli.publish import publish
from zoo.cli.report import report
from zoo.cli.run import run
from zoo.cli.sample import sample
from zoo.cli.show import show
from zoo.cli.support.crash import out_of_memory, plugin_bug
from zoo.cli.support.plugin_commands import OURS, load_command, plugin_commands
from zoo.discovery import Plugin, discovery, use_file
from zoo.errors import ZooError, ZooWarning
from zoo.hookspecs import Command
from zoo.system import processes

CLOSED_PIPE = 141
"""What a shell says of a program that nobody listens to any more: 128 and the number of SIGPIPE."""

_PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


class Deferred(TyperCommand):
    """A plugin's command: known by its summary, imported when called, given everything that follows its name."""

    def __init__(self, plugin: Plugin, command: Command) -> None:
        super().__init__(command.name, help=command.summary, short_help=command.summary)
        self._plugin = plugin
        self._command = command

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.args = args
        return args

    def invoke(self, ctx: Any) -> Any:
        single = typer.Typer(**_PLAIN)
        single.command(help=self._command.summary)(load_command(self._plugin, self._command))
        code = typer.main.get_command(single).main(ctx.args, prog_name=ctx.command_path, standalone_mode=False)
        raise typer.Exit(code if isinstance(code, int) else 0)


class Program(TyperGroup):
    """Our commands and those of plugins. `--plugin FILE` may stand before or after the command's name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        rest, files = split_plugin_files(args)
        for file in files:
            use_file(file)
        return super().parse_args(ctx, rest)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*OURS, *plugin_commands(discovery())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        brought = plugin_commands(discovery()).get(cmd_name)
        return Deferred(*brought) if brought else None


def split_plugin_files(arguments: list[str]) -> tuple[list[str], list[Path]]:
    """The arguments without `--plugin FILE` or `--plugin=FILE`, and the files."""
    rest: list[str] = []
    files: list[Path] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            return [*rest, argument, *remaining], files
        if argument.startswith("--plugin="):
            files.append(Path(argument.removeprefix("--plugin=")))
        elif argument == "--plugin" and (file := next(remaining, None)):
            files.append(Path(file))
        else:
            rest.append(argument)
    return rest, files


app = typer.Typer(cls=Program, no_args_is_help=True, **_PLAIN)
app.command(short_help="Train, sample, score, report.")(run)
app.command(short_help="Draw from a trained model.")(sample)
app.command(short_help="Score structures of any program.")(evaluate)
app.command(short_help="Give a trained model away.")(publish)
app.command(short_help="Put runs side by side.")(report)
app.command(short_help="Draw what regularisers do to latents.")(forces)
app.add_typer(evals, name="evals", short_help="Run suites of models, and compare what came of them.")
app.add_typer(data, name="data", short_help="Build, import, look at and export datasets.")
app.command("list", short_help="Name what there is.")(list_names)
app.command(short_help="Explain a recipe, dataset or component.")(show)
app.command(short_help="See whether every recipe resolves.")(check)
app.command(short_help="See what plugins bring.")(plugins)
app.add_typer(plugin_group, name="plugin", short_help="Write a plugin.")


def say_version(asked: bool) -> None:
    """Print the version and end."""
    if asked:
        typer.echo(f"zoo {importlib.metadata.version('metamaterial-zoo')}")
        raise typer.Exit


@app.callback()
def program(
    plugin: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Load a plugin from a Python file too. Repeatable; may stand anywhere."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=say_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """A zoo of generative models for mechanical metamaterials."""


def main() -> None:
    """Run the program: exit code 1 for a ZooError, 2 for wrong usage, 141 where a pipe is closed, as by `| head -1`."""
    warnings.showwarning = _show_warning
    try:
        app(prog_name="zoo")
    except ZooError as error:
        _end_with(error)
    except SystemExit as end:
        # typer has caught the error, and would have the program fail.
        if isinstance(end.__context__, BrokenPipeError):
            sys.exit(CLOSED_PIPE)
        raise
    except Exception as error:
        if user_error := out_of_memory(error):
            _end_with(user_error)
        if bug := plugin_bug(error, discovery().plugins):
            processes.let_others_speak()
            traceback.print_exc()
            _end_with(bug)
        processes.let_others_speak()
        raise


def _end_with(error: ZooError) -> NoReturn:
    if not processes.is_main():
        processes.let_others_speak()
    for problem in error.problems:
        typer.secho("error: ", fg="red", bold=True, nl=False, err=True)
        typer.echo(problem, err=True)
    sys.exit(1)


_show_any_warning = warnings.showwarning


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if not processes.is_main():
        return
    if not issubclass(category, ZooWarning):
        _show_any_warning(message, category, filename, lineno, file, line)
        return
    typer.secho("warning: ", fg="yellow", bold=True, nl=False, err=True)
    typer.echo(str(message), err=True)

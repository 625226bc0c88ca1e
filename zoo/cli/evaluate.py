"""`zoo evaluate FILES --dataset DATASET`: what anybody's structures are worth."""

import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.data.opening import arguments
from zoo.cli.support.stopping import NOTHING_WRITTEN, stoppable
from zoo.cli.support.tables import print_scores
from zoo.errors import ZooError, did_you_mean

if TYPE_CHECKING:
    from zoo.interfaces.score import Score
    from zoo.scores.evaluation import Evaluation

_CHANGED = ("dataset", "evaluators", "importer")


def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Files of structures, folders of such files, or of runs.")],
    reference: Annotated[
        str, typer.Option("--dataset", "-d", metavar="DATASET", help="The dataset that they are held against.")
    ],
    importer: Annotated[
        str | None,
        typer.Option("--as", help="The importer that reads them; by default the one that recognises them."),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", min=1, help="The first so many; all by default.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--evaluator", "-e", help="One of the dataset's evaluators. Repeatable.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="dataset.resolution=24, evaluators.new.same=0.8, importer.threshold=0.5. Repeatable."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--json", help="Also write the scores to a JSON file.")] = None,
    report: Annotated[Path | None, typer.Option(help="Also write a page of scores and pictures.")] = None,
) -> None:
    """Score structures that any program has made against a dataset, beside structures of it that no model has seen.

    Some scores depend on how many structures there are: compare sets of one size.
    """
    with stoppable(NOTHING_WRITTEN):
        dataset, evaluators, importer_arguments = _blocks(reference, changes or ())
        chosen = _chosen(reference, evaluators, only or ())
        from zoo.reports.evaluation import evaluation_tables, notes, write_page
        from zoo.scores.evaluation import evaluate_files

        result = evaluate_files(
            files, reference, dataset, chosen, importer=importer, arguments=importer_arguments, count=count
        )
        tables = evaluation_tables(result)
    noun = "structure" if result.count == 1 else "structures"
    typer.echo(f"{result.count:,} {noun} of {result.files} beside {result.dataset}, checksum {result.checksum}\n")
    headers = ("score", "value", "95 %", f"held-out ({result.scored.held_out_count:,})", "better", "what it measures")
    print_scores(headers, dict(_rows(result)), result.evaluators)
    for note in notes(result, tables):
        typer.echo(f"note: {note}")
    # Now that the scores are on the screen, a file that cannot be written costs none of them.
    if output:
        from zoo.system.files import write_json

        write_json(output, result.file())
        typer.echo(f"scores  {output}")
    if report:
        with stoppable("Stopped; the report is not written."):
            write_page(report, result, tables, shlex.join(["zoo", *sys.argv[1:]]))
        typer.echo(f"report  {report}")


def _blocks(name: str, changes: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any], Mapping[str, Any]]:
    """The recipe blocks of the dataset and of its evaluators, and the importer's arguments, with changes."""
    from zoo.recipes import resolve_dataset

    problems = [
        f"--set {change}: expected dataset.…, evaluators.… or importer.…"
        for change in changes
        if change.partition("=")[0].strip().partition(".")[0] not in _CHANGED
    ]
    if problems:
        raise ZooError(*problems)
    for_importer = [change for change in changes if change.strip().startswith("importer")]
    others = [change for change in changes if change not in for_importer]
    importer_arguments = arguments(for_importer).get("importer", {})
    if not isinstance(importer_arguments, Mapping):
        raise ZooError(
            f"--set importer={importer_arguments}: expected an argument of it, such as importer.threshold=0.5."
        )
    dataset = resolve_dataset(name, others)
    return dataset.block, dataset.evaluators, importer_arguments


def _chosen(reference: str, evaluators: Mapping[str, Any], only: Sequence[str]) -> dict[str, Any]:
    problems = [
        f"{reference} has no evaluator {name!r}.{did_you_mean(name, evaluators)}"
        for name in only
        if name not in evaluators
    ]
    if not evaluators:
        problems = [f"{reference} has no evaluators: name one with --set evaluators.NAME.use=COMPONENT."]
    if problems:
        raise ZooError(*problems)
    return {name: block for name, block in evaluators.items() if not only or name in only}


def _rows(found: "Evaluation") -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for evaluator, group in found.scored.scores.items():
        for name, score in group.items():
            baseline = found.scored.held_out[evaluator].get(name)
            row = (
                f"{evaluator}.{name}",
                _with_unit(score),
                _interval(score),
                _with_unit(baseline) if baseline else "",
                "higher" if score.higher_is_better else "lower",
                score.sentence,
            )
            yield (evaluator, name), row


def _with_unit(score: "Score") -> str:
    return f"{_number(score.value)} {score.unit}".rstrip()


def _number(value: float) -> str:
    return f"{value:.4g}"


def _interval(score: "Score") -> str:
    return f"{_number(score.interval[0])} to {_number(score.interval[1])}" if score.interval else ""

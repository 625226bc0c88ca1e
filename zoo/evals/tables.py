"""The tables of a suite: ours, by dataset, and those of papers for beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zoo.evals.aggregation import Row, Summary, summarise, summarise_runs
from zoo.evals.results import Entry, Meaning, ResultFile
from zoo.evals.suites import Suite
from zoo.scores.papers import PublishedTable, published
from zoo.scores.remarks import remarks_on
from zoo.scores.words import number


@dataclass(frozen=True)
class Published:
    """A published table, whose scores are those of one of the suite's evaluators."""

    evaluator: str
    table: PublishedTable


@dataclass(frozen=True)
class SuiteTable:
    """What was measured on one dataset at one size, and what papers have published."""

    suite: Suite
    size: str
    dataset: str
    meanings: Mapping[str, Meaning]
    """Meaning of every score, by `evaluator.score`, in the order of the evaluators."""
    rows: Sequence[Row]
    """Rows that were measured, in the suite's order."""
    held_out: Mapping[str, Summary]
    """Scores of real structures that no model has seen; empty where the rows have no common data."""
    published: Sequence[Published]

    @property
    def title(self) -> str:
        """Suite, dataset and size."""
        return f"{self.suite.name}, {self.dataset}, {self.size}"

    @property
    def headline(self) -> list[str]:
        """The scores to show first."""
        return [score for score in self.suite.head.headline if score in self.meanings]

    def remarks(self, scores: Sequence[str]) -> list[str]:
        """What must be said of these scores: in which of them trivial rows do better than every model, or models better
        than real structures."""
        return [f"{spoken(score)}: {text}" for score in scores if (text := self._remark(score))]

    def _remark(self, score: str) -> str:
        known = {row: row.scores[score] for row in self.rows if score in row.scores}
        models = {row.label: summary.mean for row, summary in known.items() if not row.trivial}
        trivial = {row.label: summary.mean for row, summary in known.items() if row.trivial}
        intervals = {row.label: summary.interval for row, summary in known.items() if not row.trivial}
        higher, held_out = self.meanings[score].higher_is_better, self.held_out.get(score)
        real = held_out.mean if held_out else None
        return remarks_on(models, trivial, intervals, real, higher_is_better=higher)

    @property
    def trained(self) -> Mapping[str, str]:
        """How long the rows were trained, in words, by label: those of which it is known."""
        words = {row.label: " or ".join(dict.fromkeys(entry.trained for entry in row.entries)) for row in self.rows}
        return {label: said for label, said in words.items() if said}

    @property
    def groups(self) -> list[list[str]]:
        """The scores of each evaluator that has any."""
        groups: dict[str, list[str]] = {}
        for score in self.meanings:
            groups.setdefault(score.partition(".")[0], []).append(score)
        return list(groups.values())


def suite_tables(suite: Suite, file: ResultFile) -> Iterator[SuiteTable]:
    """A table for each of the suite's datasets that has been measured."""
    meanings = {
        f"{evaluator}.{name}": meaning
        for evaluator in suite.evaluators.value
        for name, meaning in file.meanings.get(evaluator, {}).items()
    }
    for dataset in suite.head.datasets:
        named = [(row.label, row.trivial, file.runs(dataset, row.label)) for row in suite.rows]
        rows = [
            Row(_label(label, runs, suite.count(file.size).value), trivial, summarise_runs(runs), runs)
            for label, trivial, runs in named
            if runs
        ]
        if rows:
            yield SuiteTable(
                suite, file.size, dataset, meanings, rows, _held_out(file, dataset), list(_published(suite, dataset))
            )


def _label(label: str, entries: Sequence[Entry], asked: int) -> str:
    """A row's label, with how many samples it is of unless they are as many as the suite asks for."""
    counts = dict.fromkeys(entry.provenance["samples"] for entry in entries)
    numbers = " and ".join(f"{count:,}" for count in counts)
    return label if list(counts) == [asked] else f"{label} ({numbers} samples)"


def _held_out(file: ResultFile, dataset: str) -> dict[str, Summary]:
    checksums = file.checksums(dataset)
    if len(checksums) != 1:
        return {}
    numbers = file.held_out[checksums[0]]
    summaries = {f"{name}.{score}": summarise([n]) for name, group in numbers.items() for score, n in group.items()}
    return {score: summary for score, summary in summaries.items() if summary is not None}


def _published(suite: Suite, dataset: str) -> Iterator[Published]:
    """The tables that the suite names, once each, though several evaluators may measure the same."""
    seen = []
    for evaluator, block in suite.evaluators.plain().items():
        for table in published(dataset.partition("@")[0], block):
            if table.table in suite.head.published and table not in seen:
                seen.append(table)
                yield Published(evaluator, table)


def shown(summary: Summary | None) -> str:
    """A score as tables have it: mean, ± spread over seeds, and its confidence interval."""
    if summary is None:
        return ""
    spread = f" ±{number(summary.spread)}" if summary.spread is not None else ""
    ends = f" [{number(summary.interval[0])}, {number(summary.interval[1])}]" if summary.interval else ""
    return f"{number(summary.mean)}{spread}{ends}"


def spoken(score: str) -> str:
    """`evaluator.score` in words."""
    evaluator, _, name = score.partition(".")
    return f"{name.replace('_', ' ')} ({evaluator})"

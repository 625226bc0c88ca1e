"""The leaderboard: every result file as one Markdown page, and as one HTML page with pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from zoo.evals.plane import draw_plane
from zoo.evals.results import LATENT_SUFFIX, Entry, picture_path, read_result
from zoo.evals.suites import read_suite, suite_files
from zoo.evals.tables import SuiteTable, shown, spoken, suite_tables
from zoo.interfaces.domain import Figure
from zoo.reports.page import template
from zoo.system.files import write_text

_MEDIA = {".webp": "image/webp", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Board:
    """A table with what the pages show beside it."""

    table: SuiteTable
    figures: Sequence[Figure]
    """Pictures of rows that stand on no board before."""
    seen: Sequence[str]
    """The other rows that have one."""
    latents: Sequence[Figure]
    """Pictures of the latents of rows that have any; rows of the same are together."""
    plane: Markup | None

    @property
    def quoted(self) -> list[tuple[str, str]]:
        """What every number of the table must be quoted with; more than one value where runs differ in it."""
        entries = [entry for row in self.table.rows for entry in row.entries]
        named = {
            "edition": "dataset",
            "structures": "dataset_items",
            "checksum": "dataset_checksum",
            "samples": "samples",
            "seeds": "seed",
            "precision": "precision",
            "machine": "machine",
        }
        rows = [(name, _values(entry.provenance.get(key) for entry in entries)) for name, key in named.items()]
        return [*rows, ("versions", _values(_versions(entry) for entry in entries))]


def boards(results: Path) -> list[Board]:
    """A board for each dataset of each result file in a folder, of the suites that ship with zoo."""
    boards = []
    shown: set[bytes] = set()
    for name, path in suite_files().items():
        suite = read_suite(path)
        for file in (read_result(path) for path in sorted(results.glob(f"{name}.*.json"))):
            for table in suite_tables(suite, file):
                pictures = list(_pictures(results, table))
                new = [picture for picture in pictures if picture.data not in shown]
                earlier = [picture.caption for picture in pictures if picture.data in shown]
                shown |= {picture.data for picture in pictures}
                boards.append(Board(table, new, earlier, latents_of(results, table), draw_plane(table)))
    return boards


def write_leaderboard(results: Path, folder: Path) -> list[Path]:
    """Write `LEADERBOARD.md` and `leaderboard.html` to a folder. The same results give the same bytes."""
    shown = boards(results)
    pages = {"LEADERBOARD.md": markdown(shown), "leaderboard.html": page(shown)}
    for name, text in pages.items():
        write_text(folder / name, text)
    return [folder / name for name in pages]


def page(found: Sequence[Board]) -> str:
    """The HTML page: nothing in it is fetched; a script of its own sorts the tables."""
    return template("leaderboard.html").render(boards=found, shown=shown, spoken=spoken)


def markdown(found: Sequence[Board]) -> str:
    """The Markdown page, with the headline scores."""
    lines = [
        "# Leaderboard",
        "",
        "Made from `results/` by `zoo evals leaderboard`; do not edit. `leaderboard.html` has every score, pictures,",
        "and the weights of each run.",
        "",
        "Scores are means over seeds, ± their standard deviation, with a 95 % confidence interval in brackets.",
        "Published numbers are quoted, for the data of their papers, and were never measured here.",
    ]
    for board in found:
        lines += ["", *_section(board)]
    return "\n".join(lines) + "\n"


def _section(board: Board) -> Iterator[str]:
    table = board.table
    scores = table.headline
    yield f"## {table.title}"
    yield ""
    yield f"{table.suite.head.summary} (version {table.suite.head.version} of the suite)"
    yield ""
    heads = [f"{spoken(score)} {'↑' if table.meanings[score].higher_is_better else '↓'}" for score in scores]
    yield from _grid(
        ["measured here", *heads],
        [
            *(
                [f"*{row.label}*" if row.trivial else row.label, *(shown(row.scores.get(s)) for s in scores)]
                for row in table.rows
            ),
            *([["held-out data", *(shown(table.held_out.get(s)) for s in scores)]] if table.held_out else []),
        ],
    )
    if any(row.trivial for row in table.rows):
        yield ""
        yield "Rows in italics are trivial: a model has to beat them."
    if remarks := table.remarks(scores):
        yield ""
        yield "These scores alone say nothing in favour of a model:"
        yield ""
    for remark in remarks:
        yield f"- {remark}"
    if table.trained:
        yield ""
        yield from _grid(["row", "trained"], [[label, said] for label, said in table.trained.items()])
    for published in table.published:
        columns = list(dict.fromkeys(name for row in published.table.rows for name in row.scores))
        yield ""
        paper = published.table
        yield f"Published: {paper.citation} {paper.table}, {paper.section}; {paper.data}:"
        yield ""
        yield from _grid(
            ["published", *(column.replace("_", " ") for column in columns)],
            [[row.name, *(row.scores.get(column, "") for column in columns)] for row in published.table.rows],
        )
    yield ""
    yield "; ".join(f"{name} {value}" for name, value in board.quoted if value) + "."
    yield ""
    for score in scores:
        yield f"- {spoken(score)}: {table.meanings[score].sentence}"


def _grid(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield f"|{'|'.join('---' for _ in headers)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def _pictures(results: Path, table: SuiteTable) -> Iterator[Figure]:
    for row in table.rows:
        pattern = picture_path(results, table.suite.name, table.size, row.entries[0])
        for path in sorted(pattern.parent.glob(pattern.name)):
            yield Figure(row.label, row.label, _MEDIA[path.suffix], path.read_bytes())


def latents_of(results: Path, table: SuiteTable) -> list[Figure]:
    """Pictures of the rows' latents."""
    labels: dict[bytes, list[str]] = {}
    for row in table.rows:
        path = picture_path(results, table.suite.name, table.size, row.entries[0], LATENT_SUFFIX)
        if path.exists():
            labels.setdefault(path.read_bytes(), []).append(row.label)
    captions = {picture: "; ".join(rows) for picture, rows in labels.items()}
    return [Figure("latents", label, _MEDIA[".svg"], picture) for picture, label in captions.items()]


def _values(values: Iterator[object]) -> str:
    return ", ".join(str(value) for value in dict.fromkeys(value for value in values if value is not None))


def _versions(entry: Entry) -> str:
    return " ".join(f"{name} {version}" for name, version in entry.provenance["versions"].items())

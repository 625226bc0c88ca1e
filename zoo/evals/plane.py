"""The plane of two scores in which the leaderboard draws its rows, as SVG that takes its colours from the page."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from zoo.evals.tables import SuiteTable, spoken
from zoo.reports.charts import Axis

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 52, 130, 14, 40
LINE = 12
"""The height of a label."""


class Point(NamedTuple):
    """A row: its two scores, the confidence intervals of both, and how it is drawn."""

    label: str
    kind: str
    x: float
    y: float
    x_ends: tuple[float, float]
    y_ends: tuple[float, float]


def points(table: SuiteTable) -> list[Point]:
    """The rows that have both scores, held-out data last."""
    if len(table.suite.head.plane) != 2:
        return []
    across, up = table.suite.head.plane
    kinds = [(row.label, "trivial" if row.trivial else "model", row.scores) for row in table.rows]
    drawn = []
    for label, kind, scores in [*kinds, ("held-out data", "data", table.held_out)]:
        if across in scores and up in scores:
            x, y = scores[across], scores[up]
            drawn.append(
                Point(label, kind, x.mean, y.mean, x.interval or (x.mean, x.mean), y.interval or (y.mean, y.mean))
            )
    return drawn


def draw_plane(table: SuiteTable) -> Markup | None:
    """The plane of a table; None where no row has both scores."""
    drawn = points(table)
    if not drawn:
        return None
    across, up = table.suite.head.plane
    x_axis = Axis([end for point in drawn for end in point.x_ends], log=False)
    y_axis = Axis([end for point in drawn for end in point.y_ends], log=False)

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * x_axis.place(value)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - y_axis.place(value))

    parts = []
    for tick in x_axis.ticks():
        parts.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        label = f'<text class="tick" x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{tick:g}</text>'
        parts.append(label)
    for tick in y_axis.ticks():
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y(tick) + 3:.1f}" text-anchor="end">{tick:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="name" x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{spoken(across)}</text>')
    turned = f"translate(12 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"
    parts.append(f'<text class="name" transform="{turned}" text-anchor="middle">{spoken(up)}</text>')
    for point in drawn:
        low, high = (f"{x(end):.1f}" for end in point.x_ends)
        bottom, top = (f"{y(end):.1f}" for end in point.y_ends)
        parts.append(
            f'<g class="{point.kind}"><title>{escape(point.label)}: {point.x:.3f}, {point.y:.3f}</title>'
            f'<path d="M{low} {y(point.y):.1f}H{high}M{x(point.x):.1f} {bottom}V{top}"/>'
            f'<circle cx="{x(point.x):.1f}" cy="{y(point.y):.1f}" r="4"/></g>'
        )
    for point, place in zip(drawn, _apart([(x(point.x), y(point.y)) for point in drawn]), strict=True):
        parts.append(
            f'<text class="{point.kind}" x="{x(point.x) + 7:.1f}" y="{place:.1f}">{escape(point.label)}</text>'
        )
    title = f"{table.title}: {spoken(across)} across, {spoken(up)} up"
    head = f'<svg class="plane" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(title)}</title>'
    return Markup(head + "".join(parts) + "</svg>")


def _apart(places: Sequence[tuple[float, float]]) -> list[float]:
    """Where the labels of points stand: beside them, moved down where they would cover another's."""
    wide = 130
    taken: list[tuple[float, float]] = []
    down = {}
    for i in sorted(range(len(places)), key=lambda i: places[i][1]):
        across, y = places[i][0], places[i][1] + 4
        while any(abs(across - a) < wide and abs(y - b) < LINE for a, b in taken):
            y += 1
        taken.append((across, y))
        down[i] = y
    return [down[i] for i in range(len(places))]

"""The charts of a report, as SVG that takes its colours from the page."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from markupsafe import Markup, escape

Curve = Sequence[tuple[float, float]]
"""Points (step, value) in the order of their steps."""

WIDTH, HEIGHT = 236, 140
LEFT, RIGHT, TOP, BOTTOM = 40, 6, 8, 20

MIN_VALUE = 1e-300
"""Lower limit of values on a logarithmic axis: below it powers of ten lose their digits."""

LOG_FROM = 8
"""A positive curve whose ends lie further apart than this ratio is drawn on a logarithmic axis."""


def line_chart(label: str, train: Curve, held_out: Curve = (), levels: Mapping[str, float] | None = None) -> Markup:
    """A loss over the steps: training as a thin line, held-out data as dots on a line; dashed lines at levels that have
    names."""
    levels = levels or {}
    frame = _Frame([train, held_out], levels.values())
    dots = frame.place(held_out)
    parts = [*frame.parts(), *frame.levels(levels), _polyline("train", frame.place(train))]
    parts.append(_polyline("held-out", dots))
    parts += [f'<circle class="held-out" cx="{x:.1f}" cy="{y:.1f}" r="1.8"/>' for x, y in dots]
    title = f"{label}: {_range(train, 'training')}{_range(held_out, ', held out')}"
    title += "".join(f", {name} {level:.4g}" for name, level in levels.items())
    return _svg(WIDTH, HEIGHT, title, parts)


def curves_chart(label: str, curves: Mapping[str, Curve]) -> Markup:
    """One loss over the steps of each run; a run without it has no points, and keeps its colour elsewhere."""
    frame = _Frame(list(curves.values()))
    lines = [_polyline(f"run{number}", frame.place(curve)) for number, curve in enumerate(curves.values())]
    ranges = [_range(curve, name) for name, curve in curves.items() if curve]
    return _svg(WIDTH, HEIGHT, f"{label}: {', '.join(ranges)}", [*frame.parts(), *lines])


def histogram(label: str, values: np.ndarray, reference: np.ndarray | None, bins: int = 24) -> Markup:
    """How `values` `[n]` spread: bars, and the outline of `reference` `[m]` over them. Each is scaled to its peak."""
    everything = values if reference is None else np.concatenate([values, reference])
    low, high = float(everything.min()), float(everything.max())
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    width, height, base = 180, 44, 30
    step = width / bins
    parts = [
        f'<rect class="bar" x="{i * step + 0.5:.1f}" y="{base - base * share:.1f}" width="{step - 1:.1f}" '
        f'height="{base * share:.1f}"/>'
        for i, share in enumerate(_shares(values, edges))
        if share
    ]
    if reference is not None:
        outline = [(i * step + x, base - base * s) for i, s in enumerate(_shares(reference, edges)) for x in (0, step)]
        parts.append(_polyline("outline", outline))
    parts.append(f'<line class="axis" x1="0" x2="{width}" y1="{base}" y2="{base}"/>')
    parts.append(f'<text class="tick" x="0" y="{height - 3}">{low:.3g}</text>')
    if high > low:
        parts.append(f'<text class="tick" x="{width}" y="{height - 3}" text-anchor="end">{high:.3g}</text>')
    return _svg(width, height, f"{label}: how the samples spread", parts)


def scatter(label: str, points: Mapping[str, np.ndarray]) -> Markup:
    """Points `{kind: [n, 2]}`, drawn in turns, so that no kind hides another; both axes have one scale."""
    width, height, edge = 420, 300, 8
    everything = np.concatenate(list(points.values()))
    low, high = everything.min(0), everything.max(0)
    scale = min((width - 2 * edge) / max(high[0] - low[0], 1e-12), (height - 2 * edge) / max(high[1] - low[1], 1e-12))
    middle = (low + high) / 2
    turns = sorted(
        (i / len(rows), number, row)
        for number, rows in enumerate(points.values())
        for i, row in enumerate(rows.tolist())
    )
    parts = [
        f'<circle class="kind{number}" cx="{width / 2 + scale * (row[0] - middle[0]):.1f}" '
        f'cy="{height / 2 - scale * (row[1] - middle[1]):.1f}" r="2.2"/>'
        for _, number, row in turns
    ]
    counts = ", ".join(f"{len(rows)} {kind}" for kind, rows in points.items())
    return _svg(width, height, f"{label}: {counts}", parts)


class _Frame:
    """Where points of curves are drawn, of which one at least has some: steps to the right, values upwards."""

    def __init__(self, curves: Sequence[Curve], levels: Iterable[float] = ()) -> None:
        points = [point for curve in curves for point in curve]
        self._axis = Axis([*(value for _, value in points), *levels])
        self._last = max(step for step, _ in points) or 1

    def place(self, curve: Curve) -> list[tuple[float, float]]:
        across = WIDTH - LEFT - RIGHT
        return [(LEFT + across * step / self._last, self._height(value)) for step, value in curve]

    def parts(self) -> list[str]:
        """Ticks of both axes."""
        parts = []
        for tick in self._axis.ticks():
            y = self._height(tick)
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(f'<text class="tick" x="{LEFT - 5}" y="{y + 3:.1f}" text-anchor="end">{tick:g}</text>')
        end = f"step {self._last:,.0f}"
        parts.append(f'<text class="tick" x="{LEFT}" y="{HEIGHT - 5}">0</text>')
        parts.append(f'<text class="tick" x="{WIDTH - RIGHT}" y="{HEIGHT - 5}" text-anchor="end">{end}</text>')
        return parts

    def levels(self, levels: Mapping[str, float]) -> list[str]:
        """Dashed lines with a name."""
        parts = []
        for name, level in levels.items():
            ends = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self._height(level):.1f}" y2="{self._height(level):.1f}"'
            parts.append(f'<line class="level" {ends}><title>{escape(name)}: {level:.4g}</title></line>')
        return parts

    def _height(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - self._axis.place(value))


class Axis:
    """Maps values to [0, 1], linearly, or by their logarithm where they are positive and spread far."""

    def __init__(self, values: Sequence[float], log: bool = True) -> None:
        low, high = min(values), max(values)
        self.log = log and low > MIN_VALUE and high / low > LOG_FROM
        self.low, self.high = (math.log10(low), math.log10(high)) if self.log else (low, high)
        if self.high - self.low < MIN_VALUE:
            self.low, self.high = self.low - 0.5, self.high + 0.5

    def place(self, value: float) -> float:
        """Where a value lies along the axis: 0 at its lower end, 1 at its upper one."""
        scaled = math.log10(value) if self.log else value
        return (scaled - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round numbers within the axis, two to six of them."""
        if self.log:
            decades = range(math.floor(self.low), math.ceil(self.high) + 1)
            for mantissas in ((1,), (1, 3), (1, 2, 5)):
                ticks = [m * 10.0**d for d in decades for m in mantissas]
                inside = [tick for tick in ticks if self.low <= math.log10(tick) <= self.high]
                if len(inside) >= 3:
                    return inside[:: math.ceil(len(inside) / 6)]
            return inside
        step = 10.0 ** math.floor(math.log10(self.high - self.low))
        while (self.high - self.low) / step < 3:
            step /= 2
        while (self.high - self.low) / step > 6:
            step *= 2
        first = math.ceil(self.low / step)
        return [round(i * step, 12) for i in range(first, math.floor(self.high / step) + 1)]


def _shares(values: np.ndarray, edges: np.ndarray) -> list[float]:
    counts = np.histogram(values, edges)[0]
    return [float(share) for share in counts / max(1, counts.max())]


def _range(curve: Curve, name: str) -> str:
    return f"{name} from {curve[0][1]:.4g} to {curve[-1][1]:.4g}" if curve else ""


def _polyline(kind: str, points: Sequence[tuple[float, float]]) -> str:
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{kind}" points="{text}"/>' if points else ""


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> Markup:
    head = f'<svg viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>'
    return Markup(head + "".join(parts) + "</svg>")

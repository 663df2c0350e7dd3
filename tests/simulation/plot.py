"""Curves -> SVG: lines over hours, calls a second on a logarithmic axis; for light and dark pages."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.simulation.scenarios import View

    Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 874, 250  # of a panel
_LEFT_MARGIN, _RIGHT_MARGIN, _TOP_MARGIN, _BOTTOM_MARGIN = 62, 32, 52, 40
_TITLE = 34
_MIN_RATE = 0.1  # a second; below this the axis ends

_STYLE = """
svg { background: #ffffff; font: 13px sans-serif }
text { fill: #24292f }
.grid { stroke: #d0d7de }
.limit { stroke: #57606a; stroke-dasharray: 5 4 }
.line { fill: none; stroke-width: 1.6 }
.line0 { stroke: #bc4c00 } .line1 { stroke: #0969da } .line2 { stroke: #1a7f37 }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117 }
  text { fill: #e6edf3 }
  .grid { stroke: #30363d }
  .limit { stroke: #9198a1 }
  .line0 { stroke: #f0883e } .line1 { stroke: #58a6ff } .line2 { stroke: #56d364 }
}
"""


class Panel(NamedTuple):
    """One diagram: `limit` is drawn dashed, each of `lines` is a name and its points (hour, rate)."""

    title: str
    limit: float
    lines: Mapping[str, Points]


def render_page(view: View, panels: Sequence[Panel]) -> str:
    """Give the SVG of `panels`, one below the other, on the same scale."""
    height = _TITLE + _HEIGHT * len(panels)
    scale = _Scale(view, panels)
    groups = "".join(
        f'<g transform="translate(0 {_TITLE + number * _HEIGHT})">{"".join(_render_panel(panel, scale))}</g>\n'
        for number, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"<title>{view.title}</title>\n<style>{_STYLE}</style>\n"
        f'<text x="{_LEFT_MARGIN}" y="24" font-weight="bold">{view.title}</text>\n{groups}</svg>\n'
    )


class _Scale:
    """Where an hour and a rate are drawn."""

    def __init__(self, view: View, panels: Sequence[Panel]) -> None:
        self._first, self._last = view.hours
        self.tick_values = [
            self._first + n * view.tick for n in range(round((self._last - self._first) / view.tick) + 1)
        ]
        rates = [rate for panel in panels for line in panel.lines.values() for _, rate in line]
        highest = max(*rates, *(panel.limit for panel in panels))
        self.decades = range(round(log10(_MIN_RATE)), ceil(log10(highest)) + 1)

    def x(self, hour: float) -> float:
        return _LEFT_MARGIN + (hour - self._first) / (self._last - self._first) * (
            _WIDTH - _LEFT_MARGIN - _RIGHT_MARGIN
        )

    def y(self, rate: float) -> float:
        fraction = (log10(max(rate, _MIN_RATE)) - self.decades[0]) / (len(self.decades) - 1)
        return _HEIGHT - _BOTTOM_MARGIN - fraction * (_HEIGHT - _BOTTOM_MARGIN - _TOP_MARGIN)


def _render_panel(panel: Panel, scale: _Scale) -> Iterator[str]:
    yield f'<text x="{_LEFT_MARGIN}" y="20">{panel.title}</text>\n'
    yield from _render_legend(panel.lines)
    yield from _render_axes(scale)
    yield _render_line(scale, panel.limit, "limit")
    for number, points in enumerate(panel.lines.values()):
        path = " ".join(f"{scale.x(hour):.1f},{scale.y(rate):.1f}" for hour, rate in points)
        yield f'<polyline class="line line{number}" points="{path}"/>\n'


def _render_legend(names: Mapping[str, Points]) -> Iterator[str]:
    for number, name in enumerate(names):
        x = _LEFT_MARGIN + number * 130
        yield f'<line class="line line{number}" x1="{x}" y1="36" x2="{x + 22}" y2="36"/>\n'
        yield f'<text x="{x + 28}" y="40">{name}</text>\n'


def _render_axes(scale: _Scale) -> Iterator[str]:
    for decade in scale.decades:
        rate = 10.0**decade
        yield _render_line(scale, rate, "grid")
        yield f'<text x="{_LEFT_MARGIN - 8}" y="{scale.y(rate) + 4:.1f}" text-anchor="end">{rate:,g}</text>\n'
    for hour in scale.tick_values:
        label = _format_hour(hour)
        yield f'<text x="{scale.x(hour):.1f}" y="{_HEIGHT - _BOTTOM_MARGIN + 18}" text-anchor="middle">{label}</text>\n'


def _render_line(scale: _Scale, rate: float, css_class: str) -> str:
    y = f"{scale.y(rate):.1f}"
    return f'<line class="{css_class}" x1="{_LEFT_MARGIN}" y1="{y}" x2="{_WIDTH - _RIGHT_MARGIN}" y2="{y}"/>\n'


def _format_hour(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"

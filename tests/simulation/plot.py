"""Curves -> SVG: calls per second and failed pulls over time, for light and dark pages."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.simulation.scenarios import View

    Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 874, 322  # of a panel
_HEADER = 84
_LEFT, _RIGHT = 62, 852  # of the charts
_CALLS_TOP, _CALLS_BOTTOM = 28, 178
_FAILURES_TOP, _FAILURES_BOTTOM = 210, 270
_LINEAR_RATE = 0.1  # calls per second; the axis is linear below and logarithmic above, so that it has a zero
_LETTER = 7.4  # the width of an average letter
_UNITS = (("hour", 3600), ("minute", 60), ("second", 1))

_STYLE = """
svg { background: #ffffff; font: 13px sans-serif }
text { fill: #24292f }
.title { font-size: 15px; font-weight: bold }
.grid { stroke: #d0d7de }
.axis { stroke: #57606a }
.limit { stroke: #57606a; stroke-dasharray: 5 4 }
.outage { fill: #afb8c1; opacity: 0.35 }
.line { fill: none; stroke-width: 1.6 }
.line0 { stroke: #bc4c00 } .line1 { stroke: #0969da } .line2 { stroke: #1a7f37 }
.bar0 { fill: #bc4c00 } .bar1 { fill: #0969da } .bar2 { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117 }
  text { fill: #e6edf3 }
  .grid { stroke: #30363d }
  .axis, .limit { stroke: #9198a1 }
  .outage { fill: #6e7681 }
  .line0 { stroke: #f0883e } .line1 { stroke: #58a6ff } .line2 { stroke: #56d364 }
  .bar0 { fill: #f0883e } .bar1 { fill: #58a6ff } .bar2 { fill: #56d364 }
}
"""


class Panel(NamedTuple):
    """The two charts of a limit: the calls and the failed pulls of each fleet, by its name.

    A point of `calls` is (hour, calls per second) and lasts until the next one. `failures` has the number of failed
    pulls in each interval of the view.
    """

    limit: float
    calls: Mapping[str, Points]
    failures: Mapping[str, Sequence[int]]


def render_page(view: View, finding: str, panels: Sequence[Panel]) -> str:
    """Return the SVG of `panels`, one below the other, on the same scale, under the title `finding`."""
    scale = _Scale(view, panels)
    groups = "".join(
        f'<g transform="translate(0 {_HEADER + number * _HEIGHT})">\n{"".join(_render_panel(view, panel, scale))}</g>\n'
        for number, panel in enumerate(panels)
    )
    height = _HEADER + _HEIGHT * len(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"<title>{finding}</title>\n<style>{_STYLE}</style>\n"
        f'<text class="title" x="{_LEFT}" y="24">{finding}</text>\n{_render_text(_LEFT, 44, view.title)}'
        f"{''.join(_render_legend(panels[0].calls))}{groups}</svg>\n"
    )


class _Scale:
    """Maps hours, rates and numbers of failed pulls to coordinates."""

    def __init__(self, view: View, panels: Sequence[Panel]) -> None:
        self._first, self._last = view.hours
        rates = [rate for panel in panels for points in panel.calls.values() for _, rate in points]
        highest = max(*rates, *(panel.limit for panel in panels))
        self.rates = [0.0, *(10.0**decade for decade in range(ceil(log10(highest)) + 1))]
        self.most_failures = _round_up(max(max(counts) for panel in panels for counts in panel.failures.values()))

    def x(self, hour: float) -> float:
        return _LEFT + (hour - self._first) / (self._last - self._first) * (_RIGHT - _LEFT)

    def rate_y(self, rate: float) -> float:
        fraction = log10(1 + rate / _LINEAR_RATE) / log10(1 + self.rates[-1] / _LINEAR_RATE)
        return _CALLS_BOTTOM - fraction * (_CALLS_BOTTOM - _CALLS_TOP)

    def failures_y(self, number: float) -> float:
        return _FAILURES_BOTTOM - number / self.most_failures * (_FAILURES_BOTTOM - _FAILURES_TOP)


def _round_up(number: int) -> float:
    """Return the next number that is 1, 2 or 5 times a power of ten, and at least 10."""
    power = 10.0 ** floor(log10(max(number, 10)))
    return next(factor * power for factor in (1, 2, 5, 10) if number <= factor * power)


def _render_panel(view: View, panel: Panel, scale: _Scale) -> Iterator[str]:
    yield _render_text(_LEFT, _CALLS_TOP - 10, f"{_label_calls(view)} (dashed: the limit of {panel.limit:.0f})")
    yield _render_text(_LEFT, _FAILURES_TOP - 10, _label_failures(view, panel.failures))
    if view.outage[1]:
        yield from _render_outage(*map(scale.x, view.outage))
    yield from _render_time_axis(view, scale)
    yield from _render_scale((rate, scale.rate_y(rate)) for rate in scale.rates)
    yield from _render_scale(
        (number, scale.failures_y(number)) for number in (0, scale.most_failures / 2, scale.most_failures)
    )
    yield _render_horizontal(scale.rate_y(panel.limit), "limit")
    for number, points in enumerate(panel.calls.values()):
        yield f'<polyline class="line line{number}" points="{" ".join(_trace(view, points, scale))}"/>\n'
    for number, counts in enumerate(panel.failures.values()):
        yield from _render_bars(view, scale, counts, number, len(panel.failures))


def _label_calls(view: View) -> str:
    if view.step == view.window:
        return f"calls per second, mean of each {_format_interval(view.step)}"
    return f"calls per second in the busiest {_format_interval(view.window)} of each {_format_interval(view.step)}"


def _label_failures(view: View, failures: Mapping[str, Sequence[int]]) -> str:
    totals = "; ".join(f"{name} {sum(counts):,}" for name, counts in failures.items())
    return f"failed pulls per {_format_interval(view.failure_step)} (in total: {totals})"


def _format_interval(seconds: int) -> str:
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return unit if seconds == length else f"{seconds // length} {unit}s"


def _trace(view: View, points: Points, scale: _Scale) -> Iterator[str]:
    """Yield the corners of a curve whose values last for `step` seconds each."""
    for hour, rate in points:
        y = scale.rate_y(rate)
        yield f"{scale.x(hour):.1f},{y:.1f} {scale.x(hour + view.step / 3600):.1f},{y:.1f}"


def _render_bars(view: View, scale: _Scale, counts: Sequence[int], number: int, bars: int) -> Iterator[str]:
    """Yield the bars of a fleet, which is the `number`th of `bars` in each interval; zero has no bar."""
    for interval, count in enumerate(counts):
        if count:
            left, right = (
                scale.x(view.hours[0] + position * view.failure_step / 3600) for position in (interval, interval + 1)
            )
            width = (right - left - 1) / bars
            y = scale.failures_y(count)
            yield (
                f'<rect class="bar{number}" x="{left + 0.5 + number * width:.1f}" y="{y:.1f}" '
                f'width="{width:.1f}" height="{_FAILURES_BOTTOM - y:.1f}"/>\n'
            )


def _render_legend(names: Iterable[str]) -> Iterator[str]:
    x = float(_LEFT)
    for number, name in enumerate(names):
        yield f'<line class="line line{number}" x1="{x:.0f}" y1="62" x2="{x + 22:.0f}" y2="62"/>\n'
        yield _render_text(x + 28, 66, name)
        x += 60 + len(name) * _LETTER


def _render_outage(left: float, right: float) -> Iterator[str]:
    for top, bottom in ((_CALLS_TOP, _CALLS_BOTTOM), (_FAILURES_TOP, _FAILURES_BOTTOM)):
        size = f'width="{right - left:.1f}" height="{bottom - top}"'
        yield f'<rect class="outage" x="{left:.1f}" y="{top}" {size}/>\n'
    yield _render_text(right + 6, _CALLS_TOP + 14, "ECR does not answer")


def _render_time_axis(view: View, scale: _Scale) -> Iterator[str]:
    first, last = view.hours
    for number in range(round((last - first) / view.axis.tick) + 1):
        hour = first + number * view.axis.tick
        x = f"{scale.x(hour):.1f}"
        for top, bottom in ((_CALLS_TOP, _CALLS_BOTTOM), (_FAILURES_TOP, _FAILURES_BOTTOM)):
            yield f'<line class="grid" x1="{x}" y1="{top}" x2="{x}" y2="{bottom}"/>\n'
        yield f'<line class="axis" x1="{x}" y1="{_FAILURES_BOTTOM}" x2="{x}" y2="{_FAILURES_BOTTOM + 5}"/>\n'
        yield _render_text(scale.x(hour), _FAILURES_BOTTOM + 19, view.axis.format_tick(hour), "middle")
    label = f"{view.axis.unit} since the first instance started"
    yield _render_text((_LEFT + _RIGHT) / 2, _FAILURES_BOTTOM + 37, label, "middle")


def _render_scale(ticks: Iterable[tuple[float, float]]) -> Iterator[str]:
    """Yield a horizontal line for each (value, y) and its label; the line of zero is the axis."""
    for value, y in ticks:
        yield _render_horizontal(y, "grid" if value else "axis")
        yield _render_text(_LEFT - 8, y + 4, f"{value:,g}" if value < 10000 else f"{value:,.0f}", "end")


def _render_horizontal(y: float, css_class: str) -> str:
    return f'<line class="{css_class}" x1="{_LEFT}" y1="{y:.1f}" x2="{_RIGHT}" y2="{y:.1f}"/>\n'


def _render_text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>\n'

"""A small fleet for a day, under a limit that is smaller in proportion, and the parts of the simulation.

The burst is larger in proportion, because a small fleet varies more.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from array import array
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhelper import timeouts
from tests.simulation import helper, incumbent, plot, report
from tests.simulation.ecr import Limit, TokenBucket
from tests.simulation.fleet import HOUR, REGISTRIES, Figures, Fleet, Scenario, schedule_hourly
from tests.simulation.plot import Panel
from tests.simulation.scenarios import LIMITS, SCENARIOS, count_failures
from tests.simulation.simulation import Process, Simulation, run_with_timeout

SMALL = Scenario(Limit(rate=0.4, burst=20), instances=200, days=1)
DOCS = Path(__file__).parents[2] / "docs"
SVG = "{http://www.w3.org/2000/svg}"
TICKS = {
    "week": ["0", "1", "2", "3", "4", "5", "6", "7"],
    "cron": ["0", "6", "12", "18", "24", "30", "36", "42", "48"],
    "minute": ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45"],
    "outage": ["10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00", "13:30", "14:00"],
}
OUTAGE = (5.25 * HOUR, 5.25 * HOUR + 600)  # in the middle of the first wave of renewals


@cache
def simulate_helper(scenario: Scenario) -> Figures:
    return Fleet(scenario, helper.Instance).run()


@cache
def simulate_incumbent(scenario: Scenario) -> Figures:
    return Fleet(scenario, incumbent.Instance).run()


def count_calls_between(figures: Figures, first: float, last: float) -> int:
    return sum(figures.calls[int(first) : int(last)])


def test_a_fleet_makes_less_than_a_quarter_of_the_calls_of_the_incumbent() -> None:
    assert sum(simulate_helper(SMALL).calls) < sum(simulate_incumbent(SMALL).calls) / 4


def test_no_pull_of_a_fleet_fails() -> None:
    assert simulate_helper(SMALL).pulls > 200 * 48
    assert not simulate_helper(SMALL).failure_times


def test_the_fleet_of_the_incumbent_is_throttled_at_its_start() -> None:
    assert simulate_incumbent(SMALL).failure_times


def test_a_run_is_reproducible_and_depends_on_its_seed() -> None:
    repeated = Fleet(SMALL, helper.Instance).run()
    other = Fleet(SMALL._replace(seed=2), helper.Instance).run()
    assert repeated == simulate_helper(SMALL)
    assert other.calls != repeated.calls


def test_a_fleet_that_pulls_at_each_full_hour_has_no_failed_pull() -> None:
    figures = simulate_helper(SMALL._replace(pattern=schedule_hourly))
    assert sum(figures.throttles)
    assert not figures.failure_times


def test_ten_minutes_without_ecr_cost_no_pull() -> None:
    assert not simulate_helper(SMALL._replace(outage=OUTAGE)).failure_times


def test_an_outage_at_the_minute_at_which_all_pull_costs_no_pull() -> None:
    assert not simulate_helper(
        SMALL._replace(pattern=schedule_hourly, outage=(5 * HOUR - 300, 5 * HOUR + 300))
    ).failure_times


def test_the_calls_after_an_outage_are_spread() -> None:
    end = OUTAGE[1]
    figures = simulate_helper(SMALL._replace(outage=OUTAGE))
    usual_rate = count_calls_between(simulate_helper(SMALL), end - HOUR, end) / HOUR
    busiest_rate = max(
        count_calls_between(figures, start, start + 300) / 300 for start in range(int(end), int(end) + HOUR, 300)
    )
    assert busiest_rate < 4 * usual_rate
    assert not sum(figures.throttles[int(end) :])


def test_a_start_within_a_minute_fails_for_most() -> None:
    assert len(simulate_helper(SMALL._replace(start=60, limit=Limit(0.4, 4))).failure_times) > 200 * REGISTRIES / 2


def test_with_a_refresh_that_waits_at_boot_no_pull_fails() -> None:
    figures = simulate_helper(SMALL._replace(start=60, limit=Limit(0.4, 4), boot=timeouts.DEFAULT_RETRY_FOR))
    assert not figures.failure_times
    assert 300 < max(figures.boot_durations) < timeouts.DEFAULT_RETRY_FOR


def test_five_registries_take_one_call() -> None:
    figures = simulate_helper(Scenario(LIMITS[0], instances=1, days=0.1))
    assert figures.pulls > REGISTRIES
    assert sum(figures.calls) == 1


def test_the_incumbent_makes_a_call_for_each_registry() -> None:
    assert sum(simulate_incumbent(Scenario(LIMITS[0], instances=1, days=0.1)).calls) == REGISTRIES


def test_a_bucket_grants_its_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(Limit(rate=2, burst=3))
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(1) for _ in range(3)] == [True, True, False]


def test_a_bucket_holds_no_more_than_its_burst() -> None:
    bucket = TokenBucket(Limit(rate=2, burst=3))
    assert [bucket.take(1000) for _ in range(4)] == [True, True, True, False]


@given(st.lists(st.floats(0, 5), max_size=50), st.floats(0.1, 9), st.floats(1, 9))
def test_a_bucket_grants_no_more_than_burst_and_rate_allow(waits: list[float], rate: float, burst: float) -> None:
    bucket, now, granted = TokenBucket(Limit(rate, burst)), 0.0, 0
    for wait in waits:
        now += wait
        granted += bucket.take(now)
        assert granted <= burst + rate * now + 1e-6


def test_processes_wake_up_in_the_order_of_time() -> None:
    simulation, wakeups = Simulation(), []

    def sleeper(seconds: float) -> Process[None]:
        yield seconds
        wakeups.append((seconds, simulation.now))

    for seconds in (3.0, 1.0, 2.0, 9.0):
        simulation.start(sleeper(seconds))
    simulation.run(5)
    assert wakeups == [(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)]


@pytest.mark.parametrize(("seconds", "outcome", "ended_at"), [(3, "done", 2), (1.5, None, 1.5)])
def test_a_process_that_exceeds_its_timeout_is_ended(seconds: float, outcome: str | None, ended_at: float) -> None:
    simulation, results = Simulation(), []

    def work() -> Process[str]:
        yield 1
        yield 1
        return "done"

    def waiter() -> Process[None]:
        result = yield from run_with_timeout(seconds, work())
        results.append((result, simulation.now))

    simulation.start(waiter())
    simulation.run(10)
    assert results == [(outcome, ended_at)]


def test_a_row_compares_the_fleet_with_that_of_the_incumbent() -> None:
    view = SCENARIOS["week"][1]._replace(table_hours=(0, 24))
    figures = {"incumbent": simulate_incumbent(SMALL), "ours": simulate_helper(SMALL)}
    _, row = report.format_rows(LIMITS[0], view, figures)
    cells = [cell.strip() for cell in row.split("|")[1:-1]]
    ratio = sum(figures["ours"].calls) / sum(figures["incumbent"].calls)
    assert cells[:4] == ["20", "ours", f"{sum(figures['ours'].calls):,}", f"{ratio:.3f}"]
    assert cells[-1] == "0"


def test_failed_pulls_are_counted_in_each_interval_of_a_view() -> None:
    view = SCENARIOS["week"][1]._replace(hours=(1, 2), failure_step=1200)
    figures = simulate_helper(SMALL)._replace(failure_times=array("d", [3599.9, 3600, 4799, 6000.5, 7199, 7200]))
    assert report.failure_counts(figures, view) == [2, 0, 2]
    assert count_failures(figures, view.hours) == 4


@pytest.mark.parametrize(
    ("failures", "finding"), [([], "no pull fails"), ([10.0, 11.0], "up to 2 pulls fail"), ([1e6], "no pull fails")]
)
def test_the_title_of_a_plot_is_what_the_figures_show(failures: list[float], finding: str) -> None:
    view = SCENARIOS["week"][1]
    ours = simulate_helper(SMALL)._replace(calls=array("L", [2]), failure_times=array("d", failures))
    results = [{"ours": ours, "incumbent": ours._replace(calls=array("L", [calls]))} for calls in (5, 20)]
    title = f"With ours, {finding} in a week, and ECR gets 10% to 40% of the incumbent's calls"
    assert view.finding(view, results) == title


def test_a_plot_has_a_line_and_bars_for_each_fleet() -> None:
    calls = {"one": [(0.0, 0.0), (0.5, 3.0)], "other": [(0.0, 7.0), (0.5, 5000.0)]}
    failures = {"one": [0, 0, 1], "other": [20, 0, 30]}
    panels = [Panel(20, calls, failures), Panel(200, calls, failures)]
    drawing = ET.fromstring(plot.render_page(SCENARIOS["week"][1], "Nothing fails", panels))  # noqa: S314
    assert drawing.findtext(f"{SVG}title") == "Nothing fails"
    assert len(drawing.findall(f".//{SVG}polyline")) == 4
    assert len(drawing.findall(f".//{SVG}rect")) == 6
    heights = [float(line.get("y1", "nan")) for line in drawing.iterfind(f".//{SVG}line")]
    assert all(0 <= height <= 322 for height in heights)


def test_zero_calls_are_drawn_on_the_axis_of_zero() -> None:
    panel = Panel(20, {"one": [(0.0, 0.0), (0.5, 0.05)]}, {"one": [0]})
    drawing = ET.fromstring(plot.render_page(SCENARIOS["week"][1], "", [panel]))  # noqa: S314
    [line] = drawing.findall(f".//{SVG}polyline")
    heights = [point.partition(",")[2] for point in line.get("points", "").split()]
    axes = {axis.get("y1") for axis in drawing.iterfind(f".//{SVG}line[@class='axis']")}
    assert heights[0] == heights[1]
    assert heights[0] in axes
    assert heights[2] not in axes


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_plot_labels_each_tick_of_its_time_axis(name: str) -> None:
    view = SCENARIOS[name][1]
    drawing = ET.fromstring(plot.render_page(view, "", [Panel(20, {"one": [(0.0, 1.0)]}, {"one": [0]})]))  # noqa: S314
    texts = [text.text for text in drawing.iterfind(f".//{SVG}text[@text-anchor='middle']")]
    assert texts == [*TICKS[name], f"{view.axis.unit} since the first instance started"]


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_document_shows_each_scene(name: str) -> None:
    document = (DOCS / "fleet.md").read_text()
    assert "python3 -m tests.simulation" in document
    assert f"## {SCENARIOS[name][1].title}\n" in document
    assert f"(fleet-{name}.svg)" in document
    assert (DOCS / f"fleet-{name}.svg").exists()

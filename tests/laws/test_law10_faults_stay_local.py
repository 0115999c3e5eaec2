"""Law 10: a fault stays where it is. U15, F11, F12."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.engine.messages import FeedFailed
from cadran.screen.screen import DashboardScreen
from cadran.testing import HeadlessViewer, Later, LiveScreen

MESSAGE_BYTES_MAX = 65_536


class Twenty:
    """Twenty panels of one channel; three of them misbehave while told to."""

    def __init__(self) -> None:
        self.press = press = cd.channel("press")
        self.is_bad = False

        def good(position: int) -> cd.Metric[Any]:
            @cd.metric(press.kpi("a"), name=f"good {position}")
            def add(value: cd.Scalar) -> float:
                assert isinstance(value, float)
                return value + position

            return add

        @cd.metric(press.kpi("a"))
        def raises(value: cd.Scalar) -> cd.Scalar:
            if self.is_bad:
                raise ZeroDivisionError("the divisor was 0")
            return value

        @cd.metric(press.kpi("a"), timeout="3s")
        def hangs(value: cd.Scalar) -> Any:
            return Later(60.0, value) if self.is_bad else value

        @cd.metric(press.kpi("a"))
        def garbage(value: cd.Scalar) -> Any:
            return object() if self.is_bad else value

        goods = [good(position) for position in range(17)]

        @cd.screen("Twenty", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            for position, metric in enumerate(goods):
                ui.kpi(f"good {position}", metric, key=f"good-{position}")
            ui.kpi("Raises", raises)
            ui.kpi("Hangs", hangs)
            ui.kpi("Garbage", garbage)

        self.screen = screen


BAD = ("raises", "hangs", "garbage")


@pytest.mark.slow
def test_u15_17_of_20_panels_keep_their_pace_and_3_recover() -> None:
    twenty = Twenty()
    with testing.open(twenty.screen) as live:
        viewer = live.viewer()
        twenty.press.send(cd.KpiUpdated("a", 0.0))
        live.advance("1s")
        assert {viewer.state(panel.key) for panel in viewer.panels} == {"live"}
        twenty.is_bad = True
        frames = viewer.num_frames
        for step in range(1, 101):
            twenty.press.send(cd.KpiUpdated("a", float(step)))
            live.advance("0.1s")
            for position in range(17):
                assert viewer.value(f"good-{position}") == step + position
                assert viewer.state(f"good-{position}") == "live"
        assert viewer.num_frames - frames >= 100
        now = live.clock.now().wall
        for key in BAD:
            status = viewer.status(key)
            assert status is not None
            assert (status.state, viewer.value(key)) == ("error", 0.0), f"{key} keeps its old value"
            assert status.fault is not None
            assert now - 11 < status.fault.since <= now
        messages = {key: status.fault.message for key in BAD if (status := viewer.status(key)) and status.fault}
        assert messages["raises"] == "raises raised ZeroDivisionError: the divisor was 0"
        assert messages["hangs"] == "hangs has not returned within 3 s; it starts again once it has"
        assert "garbage should return a number" in messages["garbage"]
        for key in ("raises", "garbage"):
            status = viewer.status(key)
            assert status is not None
            assert status.fault is not None
            assert status.fault.next_try is not None
            assert status.fault.next_try > now - 0.2
        twenty.is_bad = False
        twenty.press.send(cd.KpiUpdated("a", 500.0))
        live.advance("0.2s")
        assert (viewer.state("raises"), viewer.state("garbage")) == ("live", "live")
        live.advance("70s")
        assert [(viewer.state(key), viewer.value(key)) for key in BAD] == [("live", 500.0)] * 3


@pytest.mark.slow
def test_law10_a_raising_metric_is_tried_again_by_itself_within_30_s() -> None:
    press = cd.channel("press")
    tries: list[float] = []
    is_bad = True

    @cd.metric(press.kpi("a"))
    def flaky(value: cd.Scalar) -> cd.Scalar:
        tries.append(live.clock.now().mono)
        if is_bad:
            raise OSError("not now")
        return value

    with testing.open(one_kpi(flaky)) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        live.advance("5m")
        waits = np.diff(tries)
        assert waits.max() < 30.2
        assert waits.min() > 0.9
        assert len(tries) < 20
        is_bad = False
        live.advance("30.2s")
        assert (viewer.state("x"), viewer.value("x")) == ("live", 1.0)


def one_kpi(*readables: cd.Readable[Any]) -> DashboardScreen:
    @cd.screen("One", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for position, readable in enumerate(readables):
            ui.kpi("X" if not position else f"X {position + 1}", readable)

    return screen


def test_f11_a_raising_query_backs_off_capped_at_30_s() -> None:
    query = testing.fake_source("query", OSError("no route to host"), every="1s")
    times: list[float] = []

    def fail(number: int) -> object:
        times.append(live.clock.now().mono)
        return OSError("no route to host")

    query.value = fail
    with testing.open(one_kpi(query)) as live:
        viewer = live.viewer()
        live.advance("20m")
        waits = np.diff(times)
        assert waits.max() <= 30.1
        assert waits[10:].mean() > 5, "it does back off"
        assert waits.min() >= 0.25
        status = viewer.status("x")
        assert status is not None
        assert status.fault is not None
        assert status.fault.message == "query raised OSError: no route to host"
        assert status.fault.next_try is not None
        assert status.fault.next_try >= live.clock.now().wall - 0.1
        query.value = 5.0
        viewer.refresh("x")
        live.settle()
        assert (viewer.state("x"), viewer.value("x")) == ("live", 5.0), "Retry does not wait for the back-off"


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("and its text raises too")


class OddMapping(dict[str, object]):
    def __iter__(self) -> Any:
        raise KeyError("not this one")

    def keys(self) -> Any:
        raise KeyError("not this one")

    def items(self) -> Any:
        raise KeyError("not this one")


def raising(error: BaseException) -> Callable[[Any], object]:
    def function(value: object) -> object:
        raise error

    return function


def returning(value: object) -> Callable[[Any], object]:
    return lambda _: value


ODD: dict[str, Callable[[Any], object]] = {
    "an error without words": raising(Unspeakable()),
    "an error of 10 MB": raising(ValueError("x" * 10_000_000)),
    "our own error of 10 MB": raising(cd.UsageError("x" * 10_000_000)),
    "an error with half a character": raising(ValueError("\ud800")),
    "our own error with half a character": raising(cd.UsageError("\ud800")),
    "an error with control characters": raising(ValueError("\x00\x1b[31m\n\r")),
    "a recursion without end": raising(RecursionError("deep")),
    "a long double": returning(np.longdouble(1.5)),
    "a signalling NaN": returning(Decimal("sNaN")),
    "a Decimal NaN": returning(Decimal("NaN")),
    "a huge int": returning(10**400),
    "a huge Decimal": returning(Decimal("1e400")),
    "NaN": returning(math.nan),
    "infinity": returning(-math.inf),
    "complex": returning(1j),
    "a text of 10 MB": returning("x" * 10_000_000),
    "a text with half a character": returning("a\ud800b"),
    "a text with zeros": returning("\x00" * 70_000),
    "objects in a table": returning({"a": [object()]}),
    "a mapping that raises": returning(OddMapping(a=1)),
    "an array of objects": returning(np.array([[1, "x"]], dtype=object)),
    "a structured array": returning(np.zeros(3, dtype=[("a", "f8")])),
    "a date": returning(np.datetime64("2020-01-01")),
    "None": returning(None),
    "a generator": returning(x for x in range(3)),
    "a class": returning(int),
    "a coroutine function": returning(raising),
    "a table of many columns": returning(pl.DataFrame({f"column {i}": ["x" * 1_000] for i in range(300)})),
    "a table of 4,000 columns": returning(pl.DataFrame({f"c{i}": [1] for i in range(4_000)})),
    "a column's name of 10 MB": returning(pl.DataFrame({"x" * 10_000_000: [1]})),
    "a table of huge ints": returning({"a": [2**100]}),
    "no columns": returning(pl.DataFrame()),
    "no points": returning(np.empty((0, 2))),
    "points of NaN": returning(np.full((3, 2), np.nan)),
    "points at the ends of the numbers": returning(np.array([[-1.7e308, 1.7e308], [1.7e308, -1.7e308]])),
}


@pytest.mark.parametrize("function", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("is_async", [False, True])
def test_f12_whatever_a_metric_gives_its_panel_alone_suffers(function: Callable[[Any], object], is_async: bool) -> None:
    press = cd.channel("press")
    is_odd = False

    def plain(value: cd.Scalar) -> object:
        return function(value) if is_odd else value

    async def awaited(value: cd.Scalar) -> object:
        return plain(value)

    odd: cd.Metric[Any] = cd.metric(press.kpi("a"))(awaited if is_async else plain)

    @cd.screen("Odd", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Good", press.kpi("a"))
        ui.kpi("Odd", odd)
        ui.table("Odd table", odd)
        ui.line("Odd line", odd, window="60s")
        ui.line("Odd whole", odd, x="number")
        ui.line("Odd curve", odd, x="free")
        ui.pie("Odd pie", odd)

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        live.advance("1s")
        assert viewer.value("odd") == 1.0
        is_odd = True
        press.send(cd.KpiUpdated("a", 2.0))
        live.advance("2s")
        press.send(cd.KpiUpdated("a", 3.0))
        live.advance("2s")
        assert (viewer.value("good"), viewer.state("good")) == (3.0, "live")
        assert viewer.max_message_bytes <= MESSAGE_BYTES_MAX
        live.inspect()
        is_odd = False
        press.send(cd.KpiUpdated("a", 4.0))
        live.advance("2s")
        assert (viewer.value("odd"), viewer.state("odd")) == (4.0, "live"), "and it recovers"


@pytest.mark.parametrize("value", [ODD[name] for name in ODD], ids=ODD.keys())
def test_f12_whatever_a_source_gives_its_panels_alone_suffer(value: Callable[[Any], object]) -> None:
    odd = testing.fake_source("odd", 1.0, every="1s")
    other = testing.fake_source("other", 1.0, every="1s")

    @cd.screen("Odd", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Good", other)
        ui.kpi("Odd", odd)
        ui.table("Odd table", odd)
        ui.pie("Odd pie", odd.sum("x", by="y"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        odd.value = value
        other.value = 2.0
        live.advance("3s")
        assert (viewer.value("good"), viewer.state("good")) == (2.0, "live")
        assert viewer.max_message_bytes <= MESSAGE_BYTES_MAX
        odd.value = 5.0
        odd.refresh()
        live.advance("1s")
        assert (viewer.value("odd"), viewer.state("odd")) == (5.0, "live")


def test_f12_a_10_mb_string_in_a_table_is_cut_and_the_rest_is_there() -> None:
    press = cd.channel("press", max_bytes=64 * 1024 * 1024)

    @cd.screen("Cut", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Rows", press.table("t"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.TableUpdated("t", [{"a": 1, "b": "x" * 10_000_000}, {"a": 2, "b": "y"}]))
        live.settle()
        rows = viewer.rows("rows")
        assert [row[0] for row in rows] == [1, 2]
        assert len(rows[0][1]) <= 1_001
        assert rows[0][1].endswith("…")
        assert viewer.max_message_bytes <= MESSAGE_BYTES_MAX


def test_f12_a_lost_column_is_one_panels_fault() -> None:
    orders = testing.fake_source("orders", [{"id": 1, "amount": 2.0, "region": "N"}], every="1s", key="id")

    @cd.screen("Lost", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Sum", orders.sum("amount"))
        ui.kpi("Count", orders.count())
        ui.pie("By region", orders.count(by="region"))
        ui.table("Rows", orders)

    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        orders.value = pl.DataFrame({"id": [1, 2], "region": ["N", "S"]})
        live.advance("2s")
        assert [viewer.state(key) for key in ("sum", "count", "by-region", "rows")] == ["error", "live", "live", "live"]
        status = viewer.status("sum")
        assert status is not None
        assert status.fault is not None
        assert "needs a column 'amount', got id, region" in status.fault.message
        assert viewer.value("count") == 2.0
        orders.value = pl.DataFrame({"id": [1], "amount": [3.0], "region": ["N"]})
        live.advance("2s")
        assert (viewer.state("sum"), viewer.value("sum")) == ("live", 3.0)


def test_law10_a_curve_too_long_to_send_says_so() -> None:
    """And says so while it goes on changing."""
    press = cd.channel("press")
    size = 10

    @cd.metric(press.kpi("a"))
    def curve(value: Any) -> Any:
        return np.column_stack((np.arange(size), np.full(size, value)))

    @cd.screen("Curve", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Curve", curve, x="free")
        ui.kpi("A", press.kpi("a"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 0.0))
        live.settle()
        assert viewer.state("curve") == "live"
        size = 50_000
        for step in range(10):
            press.send(cd.KpiUpdated("a", float(step + 1)))
            live.advance("0.5s")
        assert viewer.state("curve") == "error"
        assert (viewer.state("a"), viewer.value("a")) == ("live", 10.0)
        assert viewer.max_message_bytes <= MESSAGE_BYTES_MAX
        size = 10_000
        press.send(cd.KpiUpdated("a", 0.0))
        live.advance("0.5s")
        assert viewer.state("curve") == "live"
        xs, ys = viewer.picture.curves[0]
        assert xs.tolist() == list(range(10_000))
        assert set(ys.tolist()) == {0.0}
        assert viewer.max_message_bytes <= MESSAGE_BYTES_MAX


def test_law10_a_row_too_wide_to_send_says_so() -> None:
    press = cd.channel("press")

    @cd.screen("Wide", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Wide", press.table("t"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        for step in range(5):
            press.send(cd.TableUpdated("t", [{f"c{i}": "x" * 1_000 + str(step) for i in range(80)}]))
            live.advance("0.5s")
        status = viewer.status("wide")
        assert status is not None
        assert status.state == "error"
        assert status.fault is not None
        assert "show fewer columns" in status.fault.message


def states_of(live: LiveScreen, viewer: HeadlessViewer) -> set[str | None]:
    return {viewer.state(panel.key) for panel in viewer.panels}


def test_law10_a_feeder_that_raised_is_its_channels_fault() -> None:
    from cadran.engine.messages import FeedFailed

    press, other = cd.channel("press"), cd.channel("other")

    with testing.open(one_kpi(press.kpi("a"), other.kpi("a"))) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        other.send(cd.KpiUpdated("a", 1.0))
        live.settle()
        live.put(FeedFailed(press.id, "feeder sample raised OSError: the port is gone"))
        live.settle()
        assert (viewer.state("x"), viewer.state("x-2")) == ("error", "live")
        assert viewer.value("x") == 1.0
        press.send(cd.KpiUpdated("a", 2.0))
        live.settle()
        assert (viewer.state("x"), viewer.value("x")) == ("live", 2.0)


def test_law10_what_a_feeder_sent_before_it_failed_does_not_hide_that() -> None:
    press = cd.channel("press")

    @cd.screen("Feeder")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Value", press.kpi("value"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("value", 1.0))
        live.put(FeedFailed(press.id, "feeder sample: no sensor"))
        live.advance("1s")
        assert (viewer.state("value"), viewer.value("value")) == ("error", 1.0)
        press.send(cd.KpiUpdated("value", 2.0))
        live.advance("1s")
        assert (viewer.state("value"), viewer.value("value")) == ("live", 2.0)

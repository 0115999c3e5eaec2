"""Law 5: age is always visible. U8: stale never looks fresh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.frames.wire import BEAT_SECS
from cadran.testing import FakeSource, HeadlessViewer, Later, LiveScreen

KEYS = ("query", "strict", "free", "both")


class Board:
    """One panel over a query, one over a channel that expects data, one over one that does not, one over both."""

    def __init__(self) -> None:
        self.query: FakeSource = testing.fake_source("query", 1.0, every="1s", timeout="3s")
        self.strict: Channel = cd.channel("strict", expect="2s")
        self.free: Channel = cd.channel("free")
        query, strict, free = self.query, self.strict, self.free

        @cd.metric(query, strict.kpi("v"))
        def both(one: Any, other: Any) -> float:
            return float(one) + (other if isinstance(other, float) else 0.0)

        @cd.screen("Board", zone="UTC")
        def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            ui.kpi("Query", query)
            ui.kpi("Strict", strict.kpi("v"))
            ui.kpi("Free", free.kpi("v"))
            ui.kpi("Both", both)

        self.screen = screen


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def live(board: Board) -> Iterator[LiveScreen]:
    with testing.open(board.screen) as live:
        yield live


def feed(live: LiveScreen, board: Board, secs: float) -> None:
    for step in range(round(secs * 2)):
        board.strict.send(cd.KpiUpdated("v", float(step)))
        live.advance(0.5)


def states(live: LiveScreen, viewer: HeadlessViewer) -> dict[str, str | None]:
    now = live.clock.now().wall
    return {key: viewer.state_at(key, now) for key in KEYS}


def start(live: LiveScreen, board: Board) -> HeadlessViewer:
    viewer = live.viewer()
    board.free.send(cd.KpiUpdated("v", 7.0))
    feed(live, board, 5)
    assert states(live, viewer) == dict.fromkeys(KEYS, "live")
    return viewer


def test_u08_a_silent_channel_with_expect_alone(live: LiveScreen, board: Board) -> None:
    viewer = start(live, board)
    live.advance("1.4s")
    assert states(live, viewer) == dict.fromkeys(KEYS, "live")
    live.advance("0.3s")
    assert states(live, viewer) == {"query": "live", "strict": "stale", "free": "live", "both": "stale"}
    assert viewer.value("strict") == 9.0, "the last value stays"
    feed(live, board, 1)
    assert states(live, viewer) == dict.fromkeys(KEYS, "live")


def test_u08_a_dead_source_alone(live: LiveScreen, board: Board) -> None:
    """It raises: within 2 intervals its panels are in error with an age, and their values stay."""
    viewer = start(live, board)
    board.query.value = OSError("no route to host")
    value = viewer.value("query")
    feed(live, board, 2)
    assert states(live, viewer) == {"query": "error", "strict": "live", "free": "live", "both": "error"}
    assert viewer.value("query") == value
    status = viewer.status("query")
    assert status is not None
    assert status.fault is not None
    assert "no route to host" in status.fault.message
    feed(live, board, 10)
    index = viewer.panel("query").sources[0]
    assert live.clock.now().wall - viewer.checked_at[index] > 10


def test_u08_a_hanging_source_alone(live: LiveScreen, board: Board) -> None:
    """It answers nothing: stale within 2 intervals, in error past its time-out, live when it answers."""
    viewer = start(live, board)
    board.query.value = Later(20.0, 2.0)
    feed(live, board, 1)
    board.query.value = 3.0
    feed(live, board, 1.5)
    assert states(live, viewer) == {"query": "stale", "strict": "live", "free": "live", "both": "stale"}
    feed(live, board, 3)
    assert states(live, viewer) == {"query": "error", "strict": "live", "free": "live", "both": "error"}
    feed(live, board, 18)
    assert states(live, viewer) == dict.fromkeys(KEYS, "live")
    assert viewer.value("query") == 3.0


@pytest.mark.parametrize("how", ["cut", "stalled"])
def test_u08_a_dead_network_alone(live: LiveScreen, board: Board, how: str) -> None:
    """The page turns stale by itself within 2 heartbeats, by the server's clock."""
    viewer = start(live, board)
    seat = live.seat(viewer)
    if how == "cut":
        live.cut(viewer)
    else:
        seat.down.is_stalled = seat.up.is_stalled = True
    value = viewer.value("query")
    feed(live, board, BEAT_SECS - 1)
    assert "stale" not in states(live, viewer).values(), "not yet: the server vouched for them"
    feed(live, board, BEAT_SECS + 1.5)
    assert states(live, viewer) == dict.fromkeys(KEYS, "stale")
    assert viewer.value("query") == value
    if how == "cut":
        live.reconnect(viewer)
    else:
        seat.down.is_stalled = seat.up.is_stalled = False
    feed(live, board, 1)
    assert states(live, viewer) == dict.fromkeys(KEYS, "live")


def test_u08_a_dead_way_back_alone(live: LiveScreen, board: Board) -> None:
    """Acknowledgements are lost, beats are not: the server stopped asking, so it must not vouch either."""
    viewer = start(live, board)
    live.seat(viewer).up.is_stalled = True
    feed(live, board, 120)
    reads = board.query.num_reads
    feed(live, board, 20)
    assert board.query.num_reads == reads
    assert states(live, viewer)["query"] == "stale"
    assert states(live, viewer)["both"] == "stale"


def test_u08_checked_and_unchanged_stays_live_however_old_its_data(live: LiveScreen, board: Board) -> None:
    viewer = start(live, board)
    for _ in range(60):
        feed(live, board, 2)
        live.clock.now()
        assert states(live, viewer)["query"] == "live"
        assert states(live, viewer)["free"] == "live"
    report = {panel.key: panel for panel in live.inspect().panels}["query"]
    now = live.clock.now().wall
    assert report.changed_at is not None
    assert report.checked_at is not None
    assert now - report.changed_at > 120
    assert now - report.checked_at < 4


def test_law05_the_promise_is_renewed_while_only_others_change(live: LiveScreen, board: Board) -> None:
    viewer = start(live, board)
    for _ in range(100):
        board.free.send(cd.KpiUpdated("v", live.clock.now().wall))
        board.strict.send(cd.KpiUpdated("v", 1.0))
        live.advance("0.4s")
        assert states(live, viewer) == dict.fromkeys(KEYS, "live")


def test_law05_a_second_viewer_of_a_quiet_screen_is_live_at_once(live: LiveScreen, board: Board) -> None:
    """The screen settled long ago; what it shows was vouched for just now."""
    live.viewer()
    board.free.send(cd.KpiUpdated("v", 7.0))
    live.advance("2m")
    second = live.viewer()
    assert second.value("free") == 7.0
    assert second.state_at("free", live.clock.now().wall) == "live"


def test_law05_a_zoom_on_a_quiet_screen_does_not_take_back_a_promise() -> None:
    press = cd.channel("press")

    @cd.screen("Quiet", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Vibration", press.series("v"), window="10m")

    with testing.open(screen) as live:
        viewer = live.viewer()
        now = live.clock.now().wall
        press.send(cd.ChartDataUpdated("v", [(now - i, i) for i in range(100)]))
        live.advance("2m")
        assert viewer.state_at("vibration", live.clock.now().wall) == "live"
        viewer.zoom("vibration", now - 30, now)
        live.settle()
        assert viewer.state_at("vibration", live.clock.now().wall) == "live"
        index = viewer.panel("vibration").sources[0]
        assert viewer.checked_at[index] == pytest.approx(now, abs=0.2), "an age is the same in every frame"


def test_law05_three_times_of_a_source() -> None:
    """event: of the newest datum; changed: in the store; checked: of the last receipt."""
    press = cd.channel("press")

    @cd.screen("Times", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("A", press.kpi("a"))

    with testing.open(screen) as live:
        start = live.clock.now().wall
        empty = live.report("a")
        assert (empty.event_at, empty.changed_at, empty.checked_at) == (None, None, None)
        press.send(cd.KpiUpdated("a", 1.0, at=start - 3600))
        live.advance("10s")
        press.send(cd.KpiUpdated("a", 1.0, at=start - 1800))
        live.advance("10s")
        report = live.report("a")
        assert report.event_at == start - 1800
        assert report.changed_at == pytest.approx(start + 2.1, abs=0.2)
        assert report.checked_at == pytest.approx(start + 12.1, abs=0.2)


def test_law05_loading_live_empty() -> None:
    slow = testing.fake_source("slow", Later(3.0, 5.0), every="10s")
    none = testing.fake_source("none", [], every="1s")
    press = cd.channel("press")

    @cd.screen("States", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Slow", slow)
        ui.table("None", none)
        ui.kpi("Nothing yet", press.kpi("a"))

    with testing.open(screen) as live:
        viewer = live.viewer()
        assert viewer.state("slow") == "loading"
        live.advance("1s")
        assert [viewer.state(key) for key in ("slow", "none", "nothing-yet")] == ["loading", "empty", "empty"]
        live.advance("3s")
        assert viewer.state("slow") == "live"
        assert viewer.value("slow") == 5.0
        press.send(cd.KpiUpdated("a", None))
        live.settle()
        assert viewer.state("nothing-yet") == "live", "a gap is a value"


def test_law05_a_channel_that_never_spoke_is_stale_once_it_should_have(live: LiveScreen, board: Board) -> None:
    viewer = live.viewer()
    live.advance("3s")
    assert states(live, viewer)["strict"] == "stale"
    report = {panel.key: panel for panel in live.inspect().panels}["strict"]
    assert report.checked_at is None


def test_law05_behind_and_its_old_value() -> None:
    press = cd.channel("press")

    @cd.metric(press.kpi("a"))
    def slow(value: cd.Scalar) -> Any:
        return Later(2.0, value)

    @cd.screen("Behind", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Slow", slow)

    with testing.open(screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("a", 1.0))
        live.advance("1s")
        assert viewer.state("slow") == "loading", "nothing to show yet"
        live.advance("2s")
        assert (viewer.state("slow"), viewer.value("slow")) == ("live", 1.0)
        press.send(cd.KpiUpdated("a", 2.0))
        live.advance("1s")
        assert (viewer.state("slow"), viewer.value("slow")) == ("behind", 1.0)
        live.advance("2s")
        assert (viewer.state("slow"), viewer.value("slow")) == ("live", 2.0)


def test_law05_the_wall_clock_may_jump(live: LiveScreen, board: Board) -> None:
    """Deadlines are monotonic: an hour forward or back makes nothing stale, and keeps nothing fresh."""
    viewer = start(live, board)
    for jump in (3600.0, -7200.0):
        live.clock.jump_wall(jump)
        feed(live, board, 6)
        assert states(live, viewer) == dict.fromkeys(KEYS, "live")
    live.advance("3s")
    assert states(live, viewer)["strict"] == "stale"


def test_law05_ages_in_a_pause_are_those_of_its_moment(live: LiveScreen, board: Board) -> None:
    viewer = start(live, board)
    index = viewer.panel("free").sources[0]
    checked = viewer.checked_at[index]
    viewer.see("query")
    live.settle()
    viewer.change(paused=True)
    live.advance("2m")
    viewer.see("query", "free")
    live.settle()
    assert viewer.checked_at[index] == pytest.approx(checked, abs=0.2)
    live.advance("20s")
    assert viewer.state_at("free", live.clock.now().wall) == "live"

"""Law 8: views that were merged while the engine was busy. The page has dropped what answers a view before its zoom
or its choice, though it took them back since: the server sends that again, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from tests.engine.turning import hurried

import cadran as cd
from cadran import testing
from cadran.engine import inputs
from cadran.engine.messages import Rang, Received
from cadran.testing import HeadlessViewer, LiveScreen

pytestmark = pytest.mark.usefixtures("small_portions")
NUM_KPIS = 6


@pytest.fixture
def press() -> cd.Channel:
    return cd.channel("press", keep="40s")


@pytest.fixture
def live(press: cd.Channel) -> Iterator[LiveScreen]:
    @cd.screen("Plant", slug="plant", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("region")
        for number in range(NUM_KPIS):
            ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        ui.line("V", press.series("v"), window="10s")
        ui.line("W", press.series("w"), window="10s")
        ui.table("Rows", press.table("rows", key="id"), rows=20)

    with testing.open(screen, stopwatch=hurried()) as live:
        press.send(cd.TableUpdated("rows", [{"id": 1, "region": "EU"}], key="id"))
        send_points(press, live, -1.0)
        yield live


@pytest.fixture
def viewer(live: LiveScreen) -> HeadlessViewer:
    viewer = live.viewer(delay=0.2)
    live.advance("3s")
    return viewer


def send_points(press: cd.Channel, live: LiveScreen, *ages: float) -> None:
    now = live.clock.now().wall
    press.send(*(cd.ChartDataUpdated(name, [(now + age, 5.0 + age) for age in ages]) for name in ("v", "w")))


def say_while_busy(live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer, say: Callable[[], None]) -> None:
    """A frame is on its way to the viewer, who says this meanwhile; it arrives while the core is busy with the next."""
    press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    send_points(press, live, 0.0, 0.1)
    seat = live.seat(viewer)
    while not len(seat.down):
        live._step()
        live.clock.move_to(live.clock.now().mono + 1e-3)
    say()
    arrive_while_busy(live, press, viewer)


def arrive_while_busy(live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer) -> None:
    """What the viewer said arrives while the core is busy with a frame of somebody."""
    seat = live.seat(viewer)
    texts, viewer.outbox[:] = list(viewer.outbox), []
    press.send(cd.KpiUpdated("k0", 2.0))
    live.clock.move_to(live.clock.now().mono + 0.034)  # the next tick
    live._step()
    while not live.core.is_busy:
        live._step()
    live.put(Rang())  # or anything else that waits
    live._step()
    assert live.core.is_busy
    num_merged = live.statistics().num_inputs_merged
    for text in texts:
        live.put(Received(seat.id, text))
    live._step()
    assert live.statistics().num_inputs_merged == num_merged + len(texts) - 1
    live.advance("5s")


def assert_like_new(live: LiveScreen, viewer: HeadlessViewer) -> None:
    new = live.viewer()
    live.advance("1s")
    for panel in new.panels:
        assert viewer.state(panel.key) == new.state(panel.key)
    for number in range(NUM_KPIS):
        assert viewer.value(f"k{number}") == new.value(f"k{number}") is not None
    for key in ("v", "w"):
        held, drawn = viewer.series(key), new.series(key)
        assert held is not None
        assert drawn is not None
        assert drawn.last.size > 1
        assert held.last[-drawn.last.size :].tolist() == drawn.last.tolist()  # it may keep what has left the window


def test_law08_who_zooms_and_comes_back_has_no_hole(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer
) -> None:
    now = live.clock.now().wall

    def say() -> None:
        viewer.zoom("v", now - 5, now - 1)
        viewer.zoom("v")

    say_while_busy(live, press, viewer, say)
    assert_like_new(live, viewer)
    indices = [viewer.panel(key).index for key in ("v", "w")]
    filled_by = {viewer._lines[slot]: n for slot, n in viewer.picture.filled_by.items()}
    assert filled_by[indices[0]] > filled_by[indices[1]], "the line that was not zoomed is not sent anew"


def test_law08_who_zooms_and_scrolls_away_has_no_hole_on_return(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer
) -> None:
    now = live.clock.now().wall

    def say() -> None:
        viewer.zoom("v", now - 5, now - 1)
        viewer.see("k0", "w")

    say_while_busy(live, press, viewer, say)
    viewer.see()
    live.advance("2s")
    assert_like_new(live, viewer)


def test_law08_who_chooses_and_takes_it_back_misses_nothing(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer
) -> None:
    def say() -> None:
        viewer.choose(region="EU")
        viewer.choose(region=None)

    say_while_busy(live, press, viewer, say)
    assert_like_new(live, viewer)


def test_law08_more_views_than_are_kept_count_as_if_all_had_changed(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "SUPERSEDED_BYTES_MAX", 0)
    now = live.clock.now().wall

    def say() -> None:
        viewer.choose(region="EU")
        viewer.choose(region=None)
        viewer.zoom("v", now - 5, now - 1)
        viewer.zoom("v")

    say_while_busy(live, press, viewer, say)
    assert_like_new(live, viewer)


def test_f23_nonsense_among_merged_views_is_borne(live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer) -> None:
    now = live.clock.now().wall

    def say() -> None:
        viewer.say(msgspec.json.encode({"t": "view", "n": 50, "panels": [{"i": 999}, {"i": -1}]}))
        viewer.zoom("v", now - 5, now - 1)
        viewer.zoom("v")

    say_while_busy(live, press, viewer, say)
    assert_like_new(live, viewer)


@pytest.mark.parametrize("text", [b'{"t":"view","n":', b'{"t":"view","n":-1}', b'{"t":"view","n":9,"panels":7}'])
def test_f23_what_cannot_be_read_closes_though_the_next_view_superseded_it(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer, text: bytes
) -> None:
    """As it does while the engine is not busy."""

    def say() -> None:
        viewer.say(text)
        viewer.choose(region=None)

    say_while_busy(live, press, viewer, say)
    assert viewer.close_code == 1002


@pytest.mark.parametrize("bytes_max", [0, inputs.SUPERSEDED_BYTES_MAX])
def test_decision3_a_second_pause_is_of_its_own_moment(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer, monkeypatch: pytest.MonkeyPatch, bytes_max: int
) -> None:
    monkeypatch.setattr(inputs, "SUPERSEDED_BYTES_MAX", bytes_max)
    live.viewer()
    live.advance("1s")
    viewer.change(paused=True)
    for _ in range(30):
        live.advance("1s")
        send_points(press, live, 0.0)
    viewer.change(paused=False)
    viewer.at = live.clock.now().wall  # a frame of the present was seen between
    viewer.change(paused=True)
    press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    arrive_while_busy(live, press, viewer)
    viewer.zoom("v", viewer.at - 20, viewer.at + 20)
    live.advance("1s")
    held = viewer.series("v")
    assert held is not None
    assert held.last.size > 15
    assert held.ids[-1] * 2.0**held.k > viewer.at - 2


@pytest.mark.parametrize("bytes_max", [0, inputs.SUPERSEDED_BYTES_MAX])
def test_decision3_a_second_pause_that_names_no_moment_is_of_its_own_too(
    live: LiveScreen, press: cd.Channel, viewer: HeadlessViewer, monkeypatch: pytest.MonkeyPatch, bytes_max: int
) -> None:
    monkeypatch.setattr(inputs, "SUPERSEDED_BYTES_MAX", bytes_max)
    index = viewer.panel("v").index

    def say(n: int, *, paused: bool, **panel: float) -> None:
        panels = [{"i": index, "px": 600, **panel}]
        viewer.say(msgspec.json.encode({"t": "view", "n": n, "paused": paused, "panels": panels}))

    live.viewer()
    say(100, paused=True)
    for _ in range(30):
        live.advance("1s")
        send_points(press, live, 0.0)
    for n in range(101, 120):
        say(n, paused=n % 2 == 0)
    say(120, paused=True)
    press.send(*(cd.KpiUpdated(f"k{number}", 1.0) for number in range(NUM_KPIS)))
    paused_at = live.clock.now().wall
    arrive_while_busy(live, press, viewer)
    for _ in range(10):
        send_points(press, live, 0.0)
        live.advance("1s")
    say(121, paused=True, x0=paused_at - 20, x1=paused_at + 20)
    live.advance("1s")
    held = viewer.series("v")
    assert held is not None
    assert held.last.size > 15
    assert paused_at - 2 < held.ids[-1] * 2.0**held.k < paused_at + 2

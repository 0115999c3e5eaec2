"""Decision 3: paused holds one S; zooms are served up to the pause; a refresh gives one new S; resume the present."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, Later, LiveScreen


@pytest.fixture
def live(plant: Plant) -> Iterator[LiveScreen]:
    with testing.open(plant.screen) as live:
        yield live


def feed(live: LiveScreen, plant: Plant, secs: float, temperature: float) -> None:
    for _ in range(round(secs * 10)):
        now = live.clock.now().wall
        plant.press.send(cd.KpiUpdated("temperature", temperature))
        plant.press.send(cd.ChartDataUpdated.point("vibration", now, math.sin(now)))
        live.advance(0.1)


def blind(live: LiveScreen) -> HeadlessViewer:
    """A viewer that saw no panel yet."""
    viewer = HeadlessViewer()
    viewer.see_nothing()
    viewer.outbox.clear()
    return live.viewer(viewer=viewer)


def newest_x(viewer: HeadlessViewer) -> float:
    held = viewer.series("vibration")
    assert held is not None
    return float(held.ids[-1] * 2.0**held.k)


def test_paused_holds_one_s(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    live.settle()
    s, frames = viewer.s, viewer.num_frames
    feed(live, plant, 20, 90.0)
    plant.stock.value = 9.0
    live.advance("30s")
    assert (viewer.s, viewer.num_frames) == (s, frames)
    assert (viewer.value("temperature"), viewer.value("stock")) == (80.0, 7.0)
    assert viewer.num_beats > 5, "beats go on: the connection lives"


def test_paused_is_not_watching(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    live.advance("11s")
    reads, calls = plant.orders.num_reads, dict(plant.calls)
    feed(live, plant, 5, 90.0)
    assert plant.orders.num_reads == reads
    assert plant.calls == calls


def test_paused_zoom_is_served_up_to_the_pause(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 10, 80.0)
    viewer.change(paused=True)
    live.settle()
    paused_at = live.clock.now().wall
    feed(live, plant, 10, 90.0)
    viewer.zoom("vibration", paused_at - 4, paused_at + 8)
    live.settle()
    held = viewer.series("vibration")
    assert held is not None
    assert 2.0**held.k <= 12 / 600
    assert held.ids.size >= 38
    assert newest_x(viewer) <= paused_at
    assert viewer.value("temperature") == 80.0
    viewer.zoom("vibration", span=15.0)
    live.settle()
    held = viewer.series("vibration")
    assert held is not None
    assert held.ids.size >= 95, "the window ends at the pause, not now"
    assert newest_x(viewer) <= paused_at


def test_paused_zoom_over_numbers_is_served_up_to_the_pause_too() -> None:
    press = cd.channel("press")

    @cd.screen("Numbers", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("V", press.series("v", x="number"), window=100)

    with testing.open(screen) as live:
        viewer = live.viewer()
        for x in range(50):
            press.send(cd.ChartDataUpdated("v", [(x, x)], x="number"))
        live.advance("1s")
        viewer.change(paused=True)
        live.settle()
        for x in range(50, 80):
            press.send(cd.ChartDataUpdated("v", [(x, x)], x="number"))
        live.advance("1s")
        viewer.zoom("v", 40.0, 70.0)
        live.settle()
        held = viewer.series("v")
        assert held is not None
        assert held.last.tolist()[-1] == 49.0


def test_paused_a_panel_first_seen_shows_the_newest(live: LiveScreen, plant: Plant) -> None:
    viewer = blind(live)
    viewer.see("temperature")
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    feed(live, plant, 2, 90.0)
    plant.stock.value = 9.0
    viewer.see("temperature", "fahrenheit", "stock")
    live.advance("1s")
    assert viewer.value("temperature") == 80.0, "held"
    assert viewer.value("fahrenheit") == pytest.approx(194.0)
    assert viewer.value("stock") == 9.0, "read for it, though nobody watches"
    assert viewer.state("stock") == "live"
    feed(live, plant, 2, 95.0)
    assert viewer.value("fahrenheit") == pytest.approx(194.0), "and held from then on"


def test_paused_a_panel_first_seen_waits_for_its_query(plant: Plant) -> None:
    plant.orders.value = Later(2.0, plant.orders.value)
    plant.stock.value = Later(4.0, 7.0)
    with testing.open(plant.screen) as live:
        viewer = blind(live)
        viewer.see("temperature")
        live.advance("20s")
        viewer.change(paused=True)
        live.advance("1s")
        viewer.see("temperature", "orders", "stock")
        live.advance("8s")
        assert viewer.rows("orders") == [(1, 10.0, "North")]
        assert viewer.value("stock") == 7.0
        assert (viewer.state("orders"), viewer.state("stock")) == ("live", "live")


def test_paused_refresh_gives_exactly_one_new_s(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    feed(live, plant, 12, 90.0)
    plant.stock.value = 9.0
    s, frames = viewer.s, viewer.num_frames
    reads = plant.stock.num_reads
    viewer.refresh()
    live.advance("0.5s")
    assert viewer.num_frames == frames + 1
    assert viewer.s > s
    assert plant.stock.num_reads == reads + 1
    assert (viewer.value("temperature"), viewer.value("stock")) == (90.0, 9.0)
    assert viewer.value("fahrenheit") == pytest.approx(194.0)
    held_at = live.clock.now().wall
    feed(live, plant, 5, 95.0)
    assert viewer.num_frames == frames + 1, "and holds that one"
    assert newest_x(viewer) <= held_at
    viewer.zoom("vibration", held_at - 10, held_at + 5)
    live.settle()
    assert held_at - 1 < newest_x(viewer) <= held_at, "zooms end at the refresh now"


def test_paused_refresh_waits_for_its_reads_even_while_zooming(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    feed(live, plant, 12, 90.0)
    plant.stock.value = Later(2.0, 9.0)
    now = live.clock.now().wall
    viewer.refresh()
    live.advance("0.5s")
    viewer.zoom("vibration", now - 10, now)
    live.advance("0.5s")
    assert viewer.value("stock") == 7.0
    live.advance("2s")
    assert viewer.value("stock") == 9.0
    assert viewer.value("temperature") == 90.0


def test_paused_two_refreshes_are_two_new_s(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 1, 80.0)
    viewer.change(paused=True)
    frames = viewer.num_frames
    for value in (81.0, 82.0):
        feed(live, plant, 1, value)
        viewer.refresh()
        live.advance("0.4s")  # a source is read at most four times a second, and a refresh waits for its read
        assert viewer.value("temperature") == value
    assert viewer.num_frames == frames + 2


def test_paused_resume_shows_the_present(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    feed(live, plant, 30, 90.0)
    plant.stock.value = 9.0
    live.settle()
    viewer.change(paused=False)
    live.settle()
    assert (viewer.value("temperature"), viewer.value("stock")) == (90.0, 9.0)
    assert testing.held_view(live.core, viewer, "plant", "vibration") == testing.store_view(
        live.core, viewer, "plant", "vibration"
    )
    feed(live, plant, 1, 91.0)
    assert viewer.value("temperature") == 91.0


def test_paused_what_was_first_seen_in_a_pause_is_right_after_it(live: LiveScreen, plant: Plant) -> None:
    other = live.viewer()
    viewer = blind(live)
    viewer.see("temperature")
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    feed(live, plant, 2, 85.0)
    other.see("stock")
    viewer.see("temperature", "fahrenheit", "orders", "vibration")
    feed(live, plant, 2, 90.0)
    viewer.change(paused=False)
    live.settle()
    assert viewer.value("fahrenheit") == pytest.approx(194.0)
    assert testing.held_view(live.core, viewer, "plant", "vibration") == testing.store_view(
        live.core, viewer, "plant", "vibration"
    )


def test_paused_does_not_pause_others(live: LiveScreen, plant: Plant) -> None:
    paused, other = live.viewer(), live.viewer()
    feed(live, plant, 1, 80.0)
    paused.change(paused=True)
    feed(live, plant, 2, 90.0)
    assert (paused.value("temperature"), other.value("temperature")) == (80.0, 90.0)


def test_paused_and_hidden_gets_nothing_until_it_is_seen(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 1, 80.0)
    viewer.change(paused=True, hidden=True)
    feed(live, plant, 1, 85.0)
    pieces = viewer.num_data_pieces
    viewer.refresh()
    feed(live, plant, 2, 90.0)
    assert viewer.num_data_pieces == pieces
    viewer.change(hidden=False)
    live.settle()
    assert viewer.value("temperature") == 90.0, "the refresh that was asked for"


def test_paused_a_connection_that_breaks_stays_paused(live: LiveScreen, plant: Plant) -> None:
    viewer = live.viewer()
    feed(live, plant, 2, 80.0)
    viewer.change(paused=True)
    live.settle()
    live.cut(viewer)
    feed(live, plant, 2, 90.0)
    live.reconnect(viewer)
    feed(live, plant, 2, 95.0)
    assert viewer.value("temperature") == 80.0
    viewer.change(paused=False)
    live.settle()
    assert viewer.value("temperature") == 95.0

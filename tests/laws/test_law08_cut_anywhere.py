"""Law 8: cut anywhere, nothing lost. U4: after a broken link the viewer equals the store's view of the same S."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.laws.conftest import Plant, make_plant

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer, LiveScreen, held_view, store_view


def assert_equals_store(live: LiveScreen, viewer: HeadlessViewer, plant: Plant) -> None:
    """The viewer holds exactly what the store has of what it looks at."""
    held = held_view(live.core, viewer, "plant", "vibration")
    assert held == store_view(live.core, viewer, "plant", "vibration")
    report = {panel.key: panel for panel in live.inspect().panels}
    for key in ("temperature", "fahrenheit", "alarm", "stock"):
        assert viewer.value(key) == report[key].value, key
    for key in ("orders", "by-region"):
        assert [tuple(row) for row in viewer.rows(key)] == [tuple(row) for row in report[key].rows], key
    for key, panel in report.items():
        assert viewer.state(key) == panel.state, key


def feed(live: LiveScreen, plant: Plant, rng: random.Random) -> None:
    """Something happens at the plant: mostly new points, sometimes late ones, other values, other rows."""
    now = live.clock.now().wall
    choice = rng.random()
    if choice < 0.6:
        xs = [now - rng.random() * 0.1 for _ in range(rng.randrange(1, 6))]
        plant.press.send(cd.ChartDataUpdated.xy("vibration", xs, [rng.uniform(-2, 2) for _ in xs]))
    elif choice < 0.7:
        x = now - rng.random() * 90
        plant.press.send(cd.ChartDataUpdated.point("vibration", x, rng.choice([float("nan"), rng.uniform(-9, 9)])))
    elif choice < 0.85:
        plant.press.send(cd.KpiUpdated("temperature", round(rng.uniform(60, 100), 1)))
    elif choice < 0.9:
        plant.press.send(cd.ChartDataUpdated("vibration", [(now - 5, 1.0), (now - 4, 2.0)], replace=True))
    else:
        rows = [{"id": i, "amount": rng.random(), "region": rng.choice(["N", "S"])} for i in range(rng.randrange(1, 8))]
        plant.orders.value = testing.fake_source("rows", rows).value


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_u04_link_cut_at_20_random_points(seed: int) -> None:
    """Five seeds of 20 cuts: 100 in all, with traffic before, during and after each."""
    plant, rng = make_plant(), random.Random(seed)
    with testing.open(plant.screen, seed=seed) as live:
        viewer = live.viewer(delay=0.03)
        live.advance("1s")
        for _ in range(20):
            for _ in range(rng.randrange(1, 12)):
                feed(live, plant, rng)
                live.advance(rng.choice([0.01, 0.05, 0.2]))
            epoch = viewer.epoch
            live.cut(viewer)
            for _ in range(rng.randrange(0, 10)):
                feed(live, plant, rng)
                live.advance(rng.choice([0.01, 0.3, 2.0]))
            live.reconnect(viewer, delay=0.03)
            live.advance("1.3s")
            assert viewer.resumed is True
            assert viewer.epoch == epoch
            assert_equals_store(live, viewer, plant)


@settings(max_examples=25)
@given(st.data())
def test_law08_resume_equals_view(data: st.DataObject) -> None:
    """Whatever happens, in whatever order, a viewer that comes back equals one that opens anew."""
    plant = make_plant()
    rng = data.draw(st.randoms(use_true_random=False))
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        for _ in range(data.draw(st.integers(1, 12))):
            action = data.draw(st.sampled_from(["feed", "feed", "wait", "cut", "zoom", "back", "scroll", "pause"]))
            now = live.clock.now().wall
            if action == "feed":
                feed(live, plant, rng)
                live.settle()
            elif action == "wait":
                live.advance(data.draw(st.sampled_from([0.02, 0.5, 7.0, 70.0])))
            elif action == "cut":
                live.cut(viewer)
                feed(live, plant, rng)
                live.advance(data.draw(st.sampled_from([0.01, 3.0])))
                live.reconnect(viewer)
            elif action == "zoom":
                viewer.zoom("vibration", now - data.draw(st.sampled_from([1.0, 30.0, 300.0])), now - 0.5)
            elif action == "back":
                viewer.zoom("vibration")
            elif action == "scroll":
                viewer.see("temperature")
                live.settle()
                feed(live, plant, rng)
                live.settle()
                viewer.see()
            else:
                viewer.change(paused=True)
                live.settle()
                feed(live, plant, rng)
                live.advance("0.5s")
                viewer.change(paused=False)
        live.advance("1.5s")
        fresh = live.viewer()
        fresh.see()
        live.advance("1.5s")
        for view in viewer.views:
            if view.x0 is not None:
                fresh.zoom("vibration", view.x0, view.x1)
        live.advance("1.5s")
        assert_equals_store(live, viewer, plant)
        assert_equals_store(live, fresh, plant)
        assert repr(sorted(viewer.picture.scalars.items())) == repr(sorted(fresh.picture.scalars.items()))


def test_law08_another_life_of_the_store_is_not_resumed(plant: Plant) -> None:
    """F4: after a restart the old S means nothing; the viewer starts from a snapshot."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        live.restart()
        plant.press.send(cd.KpiUpdated("temperature", 20.0))
        live.reconnect(viewer)
        live.advance("2s")
        assert viewer.resumed is False
        assert viewer.value("temperature") == 20.0
        assert viewer.series("vibration") is None


def test_law08_past_retention_one_fresh_snapshot(plant: Plant) -> None:
    """What it missed is longer ago than what is kept: the viewer gets the window anew, once."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        for _ in range(50):
            plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 1.0))
            live.advance("0.1s")
        live.cut(viewer)
        for _ in range(80):
            plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 2.0))
            live.advance("100s")
        live.reconnect(viewer)
        live.advance("1s")
        assert_equals_store(live, viewer, plant)


def test_law08_zoom_is_kept_over_a_cut(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        start = live.clock.now().wall
        for _ in range(100):
            plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 1.0))
            live.advance("0.1s")
        viewer.zoom("vibration", start + 2, start + 4)
        live.settle()
        live.cut(viewer)
        plant.press.send(cd.ChartDataUpdated.point("vibration", start + 3.05, 9.0))
        live.advance("1s")
        live.reconnect(viewer)
        live.advance("1s")
        assert viewer.views[4].x0 == start + 2
        held = held_view(live.core, viewer, "plant", "vibration")
        assert held == store_view(live.core, viewer, "plant", "vibration")
        assert 9.0 in [bucket[2] for bucket in held.values()]


def test_law08_a_zoom_undone_while_cut_leaves_no_hole(plant: Plant) -> None:
    """What is held was sent for another range: the viewer does not say that it has it."""
    with testing.open(plant.screen) as live:
        start = live.clock.now().wall
        plant.press.send(cd.ChartDataUpdated("vibration", [(start - i / 2, float(i)) for i in range(120)]))
        viewer = live.viewer()
        live.settle()
        viewer.zoom("vibration", start - 59, start - 20)  # the same level as the whole minute
        live.advance("1s")
        live.cut(viewer)
        viewer.zoom("vibration")
        live.reconnect(viewer)
        live.advance("1s")
        held = held_view(live.core, viewer, "plant", "vibration")
        assert held == store_view(live.core, viewer, "plant", "vibration")


def test_law08_a_pause_survives_a_cut(plant: Plant) -> None:
    """Paused at one moment, cut, and back: a zoom shows nothing from after the pause."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        for _ in range(100):
            plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 1.0))
            live.advance("0.1s")
        paused_at = viewer.at
        viewer.change(paused=True)
        live.settle()
        live.cut(viewer)
        for _ in range(100):
            plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, 2.0))
            live.advance("0.1s")
        live.reconnect(viewer)
        live.advance("1s")
        viewer.zoom("vibration", paused_at - 5, paused_at + 30)
        live.advance("1s")
        series = viewer.series("vibration")
        assert series is not None
        assert series.ids[-1] * 2.0**series.k <= paused_at
        assert set(series.last.tolist()) == {1.0}

"""Law 8: what a viewer that comes back still draws is what the server takes it to hold, line by line."""

from __future__ import annotations

from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.engine.messages import DescriptionChanged
from cadran.jobs import Job
from cadran.testing import HeadlessViewer, LiveScreen, held_view, store_view


def feed(live: LiveScreen, plant: Plant, num_points: int) -> None:
    for number in range(num_points):
        plant.press.send(cd.ChartDataUpdated.point("vibration", live.clock.now().wall, float(number % 7)))
        live.advance("0.1s")


def assert_right(live: LiveScreen, viewer: HeadlessViewer) -> None:
    assert held_view(live.core, viewer, "plant", "vibration") == store_view(live.core, viewer, "plant", "vibration")


def test_law08_a_line_that_was_emptied_meanwhile_is_taken_away(plant: Plant) -> None:
    """It was zoomed while cut, so that the hello does not name it; it is still drawn."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        feed(live, plant, 50)
        live.cut(viewer)
        plant.press.send(cd.ChartDataUpdated("vibration", [], replace=True))
        live.advance("1s")
        viewer.zoom("vibration", span=7.0)
        live.reconnect(viewer)
        live.advance("1s")
        assert viewer.resumed is True
        held = viewer.series("vibration")
        assert held is None or held.ids.size == 0
        feed(live, plant, 5)
        assert_right(live, viewer)


def test_law08_a_range_that_changed_out_of_sight_after_a_cut_leaves_no_hole(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        feed(live, plant, 590)
        now = live.clock.now().wall
        viewer.zoom("vibration", now - 59, now - 5)
        live.advance("1s")
        viewer.see("temperature")
        live.settle()
        live.cut(viewer)
        live.reconnect(viewer)
        live.advance("1s")
        viewer.see("temperature", "vibration")
        live.advance("1s")
        assert viewer.views[-1].x0 is None
        assert_right(live, viewer)


def test_law08_resuming_after_a_cut_in_a_pause_leaves_no_hole(plant: Plant) -> None:
    """What was zoomed in the pause ends with its beginning, though it was sent much later."""
    for is_resumed_while_cut in (False, True):
        with testing.open(plant.screen) as live:
            viewer = live.viewer()
            feed(live, plant, 100)
            viewer.change(paused=True)
            live.settle()
            feed(live, plant, 100)
            viewer.zoom("vibration", span=50.0)
            live.advance("1s")
            live.cut(viewer)
            if is_resumed_while_cut:
                viewer.change(paused=False)
            live.reconnect(viewer)
            live.advance("1s")
            viewer.change(paused=False)
            feed(live, plant, 2)
            live.advance("1s")
            assert_right(live, viewer)


def test_law08_a_layout_that_changes_at_the_hello_is_not_resumed(plant: Plant) -> None:
    """F4, in one step: slots of the old layout mean nothing in the new one."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        feed(live, plant, 5)
        live.cut(viewer)
        live.settle()
        live.program.redescribe("plant")
        viewer.outbox.clear()
        live.viewer(viewer=viewer, delay=0.001)
        live._exchange()
        live.clock.move_to(live.clock.now().mono + 0.002)
        live._exchange()
        live.put(DescriptionChanged("plant", None))
        live.advance("1s")
        assert viewer.resumed is False
        viewer.see()
        live.advance("1s")
        assert_right(live, viewer)


def test_law08_a_new_layout_in_a_pause_keeps_no_value_back(plant: Plant) -> None:
    """Its shapes are not those of the settled S before somebody watched them: nobody holds them yet."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        viewer.change(paused=True)
        live.settle()
        live.program.redescribe("plant")
        live.put(DescriptionChanged("plant", None))
        viewer.see()
        live.advance("1s")
        viewer.change(paused=False)
        live.advance("1s")
        assert viewer.value("temperature") == 81.2
        assert viewer.value("stock") == 7.0


def test_law08_a_zoom_that_was_told_but_not_answered_before_the_cut_leaves_no_hole(plant: Plant) -> None:
    """At the same level, of which another part is held: the hello does not say that it has it."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        feed(live, plant, 590)
        now = live.clock.now().wall
        viewer.zoom("vibration", now - 59, now - 30)
        live.settle()
        viewer.zoom("vibration", now - 45, now - 16)
        live.cut(viewer)
        live.reconnect(viewer)
        live.advance("1s")
        assert viewer.resumed is True
        assert_right(live, viewer)


def test_law08_a_cut_before_the_history_of_another_range_leaves_no_hole(plant: Plant) -> None:
    """The answer to the zoom began, with all but the line, for which there was no room yet."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        feed(live, plant, 590)
        now = live.clock.now().wall
        viewer.zoom("vibration", now - 59, now - 30)
        live.settle()
        lines, lines.lacking = live.core._builder.lines, lambda *_, **__: None  # type: ignore[method-assign]
        viewer.zoom("vibration", now - 45, now - 16)
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.settle()
        del lines.lacking
        live.cut(viewer)
        assert viewer.value("temperature") == 81.2
        live.reconnect(viewer)
        live.advance("1s")
        assert viewer.resumed is True
        assert_right(live, viewer)


def test_law08_a_frame_under_way_when_a_pause_begins_leaves_no_hole(plant: Plant) -> None:
    """A range that is looked at in the pause ends before the S of that frame, at which it is held."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer(delay=0.2)
        live.advance("1s")
        feed(live, plant, 100)
        viewer.change(paused=True)
        feed(live, plant, 10)
        now = live.clock.now().wall
        viewer.zoom("vibration", now - 30, now + 30)
        live.advance("1s")
        live.cut(viewer)
        viewer.change(paused=False)
        live.reconnect(viewer, delay=0.2)
        live.advance("2s")
        assert viewer.resumed is True
        assert_right(live, viewer)


def test_law08_a_line_that_was_emptied_does_not_keep_back_one_that_changed_meanwhile() -> None:
    """Of two lines in a panel one is to be taken away, the other is too long for a step and was replaced while its
    history was being made: it does not wait for another."""
    press = cd.channel("press", keep="1h")

    @cd.screen("Two", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("Both", press.series("short"), press.series("long"), window="60s")

    with testing.open(screen) as live:
        lines = live.core._builder.lines
        viewer = live.viewer()
        now = live.clock.now().wall

        def replace(base: float) -> None:
            points = [(now - number, base + number) for number in range(50)]
            press.send(cd.ChartDataUpdated("long", points, replace=True))

        replace(0.0)
        press.send(cd.ChartDataUpdated("short", [(now, 1.0)]))
        live.settle()
        live.cut(viewer)
        press.send(cd.ChartDataUpdated("short", [], replace=True))
        replace(100.0)
        live.settle()
        lines.rows_per_step = 30
        run, num_jobs = live._run, 0

        def run_late(job: Job, now_mono: float) -> None:
            nonlocal num_jobs
            num_jobs += 1
            if num_jobs == 1:
                replace(1000.0)
            run(job, now_mono)

        live._run = run_late  # type: ignore[method-assign]
        viewer.zoom("both", span=70.0)
        live.reconnect(viewer)
        live.advance("1s")
        assert num_jobs == 1
        short, long = viewer.series("both"), viewer.series("both", 1)
        assert short is None or not short.ids.size
        assert long is not None
        assert set(long.last.tolist()) >= {1000.0, 1030.0}


def test_law08_a_series_that_began_unwatched_and_is_first_looked_at_in_a_pause_is_there(plant: Plant) -> None:
    """What is sent in the pause counts as the state of S: it is made of what the store has at S."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        viewer.see("temperature")
        live.settle()
        now = live.clock.now().wall
        plant.press.send(cd.ChartDataUpdated.point("vibration", now - 5, 1.0))
        live.advance("1s")
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.settle()
        viewer.see()
        viewer.zoom("vibration", now - 60, now - 1)
        viewer.change(paused=True)
        live.settle()
        viewer.change(paused=False)
        live.advance("1s")
        assert_right(live, viewer)
        assert held_view(live.core, viewer, "plant", "vibration")

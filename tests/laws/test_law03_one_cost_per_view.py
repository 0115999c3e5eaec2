"""Law 3: what is lacking is worked out once for all viewers who see and hold the same, however many they are."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pytest
from tests.laws.conftest import Plant, make_plant

import cadran as cd
from cadran import testing
from cadran.frames.viewer import Viewer
from cadran.testing import HeadlessViewer, LiveScreen

NUM_TICKS = 10


class Built(NamedTuple):
    num_parts: int
    num_frames: int
    num_encodings: int


def built(live: LiveScreen) -> Built:
    now = live.statistics()
    return Built(now.num_parts_built, now.num_frames_built, now.num_encodings)


def feed(live: LiveScreen, plant: Plant) -> None:
    now = live.clock.now().wall
    plant.press.send(cd.KpiUpdated("temperature", now % 60))
    plant.press.send(cd.ChartDataUpdated.point("vibration", now, math.sin(now)))
    live.advance("0.1s")


def join(live: LiveScreen, plant: Plant, num_viewers: int) -> list[HeadlessViewer]:
    """Let so many in, some at each of 20 different moments, and let them settle."""
    viewers: list[HeadlessViewer] = []
    for moment in range(20):
        while len(viewers) < math.ceil(num_viewers * (moment + 1) / 20):
            viewers.append(live.viewer(delay=0.001))
        feed(live, plant)
    for _ in range(5):
        feed(live, plant)
    return viewers


def built_with(num_viewers: int) -> Built:
    """What is built in ten ticks for viewers who came at different times."""
    plant = make_plant()
    with testing.open(plant.screen) as live:
        viewers = join(live, plant, num_viewers)
        before, sent = built(live), live.statistics().num_frames_sent
        for _ in range(NUM_TICKS):
            feed(live, plant)
        after = live.statistics()
        assert after.num_holdings == 1, "they hold the very same, although they came at different times"
        assert after.num_frames_sent - sent >= NUM_TICKS * num_viewers
        assert len({viewer.s for viewer in viewers}) == 1
        return Built(*(b - a for a, b in zip(before, built(live), strict=True)))


def test_u05_what_is_built_does_not_depend_on_the_number_of_viewers() -> None:
    one, ten, many = built_with(1), built_with(10), built_with(200)
    assert one == ten == many
    assert one.num_frames <= 2 * NUM_TICKS


@pytest.mark.slow
def test_u05_a_thousand_viewers_are_built_for_once() -> None:
    assert built_with(1_000) == built_with(1)


def test_law03_those_who_scrolled_elsewhere_share_again_once_they_see_the_same(plant: Plant) -> None:
    """What each has of panels out of sight does not tell them apart."""
    with testing.open(plant.screen) as live:
        viewers = join(live, plant, 6)
        for number, viewer in enumerate(viewers):
            viewer.see(*("temperature", "stock", "vibration")[: 1 + number % 3])
            feed(live, plant)
        feed(live, plant)
        assert live.statistics().num_holdings == 3
        for viewer in viewers:
            viewer.see("vibration", "orders")
            feed(live, plant)
        for _ in range(3):
            feed(live, plant)
        before = built(live)
        feed(live, plant)
        assert live.statistics().num_holdings == 1
        assert built(live).num_parts - before.num_parts == 2, "two panels in sight, whoever looks"
        for viewer in viewers:
            held = testing.held_view(live.core, viewer, "plant", "vibration")
            assert held == testing.store_view(live.core, viewer, "plant", "vibration")


def test_law03_an_acknowledgement_concerns_nobody_else(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between ticks only those are looked at who have another view, or credit again."""
    with testing.open(plant.screen) as live:
        viewers = join(live, plant, 50)
        live.settle()
        before, looked = built(live), []
        lacks = live.core.audience._lacks

        def seen_lacks(viewer: Viewer, *rest: Any) -> bool:
            looked.append(viewer)
            return lacks(viewer, *rest)

        monkeypatch.setattr(live.core.audience, "_lacks", seen_lacks)
        for viewer in viewers:
            viewer.acknowledge()
        live.advance("0.01s")
        assert not looked, "nobody waits for credit"
        assert built(live) == before
        viewers[7].change()
        live.advance("0.01s")
        assert [viewer.view.n for viewer in looked] == [3]


def test_law03_viewers_that_lag_are_alike_by_what_they_hold(plant: Plant) -> None:
    """Half of them stopped reading at two moments: four groups at most, not one for each viewer."""
    with testing.open(plant.screen) as live:
        viewers = join(live, plant, 40)
        for number, viewer in enumerate(viewers[:20]):
            viewer.does_ack = False
            if number == 10:
                feed(live, plant)
        for _ in range(300):
            feed(live, plant)
        assert live.statistics().num_holdings <= 4
        for viewer in viewers[:20]:
            viewer.does_ack = True
            viewer.acknowledge()
        before = built(live)
        live.advance("0.05s")
        assert built(live).num_frames - before.num_frames <= 4
        assert len({viewer.s for viewer in viewers}) == 1

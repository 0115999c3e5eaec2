"""A viewer in a hidden tab is there, and gets no data."""

from __future__ import annotations

from tests.laws.conftest import Plant

import cadran as cd
from cadran import testing
from cadran.testing import HeadlessViewer


def test_who_opens_hidden_is_welcomed_and_hears_beats(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = HeadlessViewer()
        viewer.change(hidden=True)
        viewer.outbox.clear()
        live.viewer(viewer=viewer)
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("60s")
        assert viewer.layout is not None
        assert 10 <= viewer.num_beats <= 14
        assert viewer.num_data_pieces == 0
        viewer.change(hidden=False)
        live.settle()
        assert viewer.value("temperature") == 81.2


def test_who_hides_in_the_middle_of_a_frame_hears_its_end_and_beats(plant: Plant) -> None:
    with testing.open(plant.screen) as live:
        viewer = live.viewer(px=4_000)
        now = live.clock.now().wall
        points = [(now - i / 100, float(i % 7)) for i in range(6_000)]
        viewer.does_ack = False
        plant.press.send(cd.ChartDataUpdated("vibration", points))
        live.settle()
        viewer.change(hidden=True)
        viewer.does_ack = True
        viewer.acknowledge()
        live.advance("30s")
        assert viewer.num_beats >= 4
        series = viewer.series("vibration")
        assert series is not None
        assert series.ids.size > 3_000


def test_who_comes_back_hidden_gets_no_data_and_lacks_none_when_seen(plant: Plant) -> None:
    """Nobody watched meanwhile: what the server last worked out is old, and must not count as sent."""
    with testing.open(plant.screen) as live:
        viewer = live.viewer()
        plant.press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        viewer.change(hidden=True)
        live.settle()
        live.cut(viewer)
        viewer.epoch = None  # a page that lost what it held
        plant.press.send(cd.KpiUpdated("temperature", 99.9))
        live.advance("20s")
        pieces = viewer.num_data_pieces
        live.reconnect(viewer)
        live.advance("20s")
        assert viewer.views
        assert viewer.num_data_pieces == pieces
        viewer.change(hidden=False)
        live.settle()
        assert viewer.value("temperature") == 99.9
        assert viewer.value("fahrenheit") == 99.9 * 1.8 + 32

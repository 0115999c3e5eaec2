"""The test kit: a virtual clock, fake sources, headless viewers that speak the real protocol, bad links.

Cadran's own tests use only this. Nothing here sleeps, opens a socket or starts a thread::

    with cadran.testing.open(my_screen) as live:
        viewer = live.viewer()
        press.send(cd.KpiUpdated("temperature", 81.2))
        live.advance("1s")
        assert viewer.value("oven") == 81.2
"""

from cadran.testing.clock import VirtualClock
from cadran.testing.expected import evaluate_eagerly, held_view, store_view
from cadran.testing.held import SeriesHeld
from cadran.testing.link import Link
from cadran.testing.live import LiveScreen, open
from cadran.testing.sources import FakeSource, Later, fake_source
from cadran.testing.viewer import HeadlessViewer

__all__ = [
    "FakeSource",
    "HeadlessViewer",
    "Later",
    "Link",
    "LiveScreen",
    "SeriesHeld",
    "VirtualClock",
    "evaluate_eagerly",
    "fake_source",
    "held_view",
    "open",
    "store_view",
]

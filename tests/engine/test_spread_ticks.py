"""Sources with one interval are not read in one step for ever: what begins together is spread over the interval."""

from __future__ import annotations

import itertools
from collections import Counter

import cadran as cd
from cadran import testing
from cadran.testing import FakeSource, LiveScreen


def opened(sources: list[FakeSource]) -> LiveScreen:
    @cd.screen("Many", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for source in sources:
            ui.kpi(source.label, source)

    return testing.open(screen)


class Rig:
    """Sources that write down when they are read."""

    def __init__(self, num_sources: int, every: str = "10s") -> None:
        self.live: LiveScreen | None = None
        self.reads: list[tuple[float, int]] = []
        self.sources = [testing.fake_source(f"source {i}", every=every) for i in range(num_sources)]
        for index, source in enumerate(self.sources):
            source.value = lambda number, index=index: self._note(index)

    def _note(self, index: int) -> float:
        assert self.live is not None
        self.reads.append((self.live.clock.now().mono, index))
        return 1.0

    def between(self, start_mono: float, end_mono: float) -> list[tuple[float, int]]:
        return [(at, index) for at, index in self.reads if start_mono <= at < end_mono]


def test_100_sources_are_read_at_once_when_opened_and_then_spread_over_their_interval() -> None:
    rig = Rig(100)
    with opened(rig.sources) as live:
        rig.live = live
        live.viewer()
        live.advance("1s")
        began = live.clock.now().mono
        assert {index for _, index in rig.reads} == set(range(100))
        live.advance("100s")
        assert max(Counter(at for at, _ in rig.between(began, began + 100.0)).values()) <= 3
        for second in range(20, 90):  # about ten in each second, nowhere a crowd or a hole
            assert 2 <= len(rig.between(began + second, began + second + 1.0)) <= 25
        per_source = Counter(index for _, index in rig.between(began, began + 100.0))
        assert set(per_source.values()) <= {10, 11}


def test_nobody_waits_longer_than_the_interval() -> None:
    rig = Rig(30)
    with opened(rig.sources) as live:
        rig.live = live
        live.viewer()
        live.advance("60s")
    for one in range(30):
        times = [at for at, index in rig.reads if index == one]
        assert max(after - before for before, after in itertools.pairwise(times)) <= 10.0 + 1e-6


def test_a_source_has_the_same_phase_in_each_run() -> None:
    runs = []
    for _ in range(2):
        rig = Rig(20)
        with opened(rig.sources) as live:
            rig.live = live
            live.viewer()
            live.advance("30s")
        runs.append(rig.reads)
    assert runs[0] == runs[1]


def test_few_sources_keep_their_step() -> None:
    rig = Rig(4)
    with opened(rig.sources) as live:
        rig.live = live
        live.viewer()
        live.advance("1s")
        began = live.clock.now().mono
        live.advance("30s")
        assert set(Counter(at for at, _ in rig.between(began, began + 30.0)).values()) == {4}


def test_what_is_opened_anew_is_read_at_once_however_it_is_spread() -> None:
    rig = Rig(50)
    with opened(rig.sources) as live:
        rig.live = live
        viewer = live.viewer()
        live.advance("25s")
        live.cut(viewer)
        live.advance("60s")  # longer than leases last
        began = live.clock.now().mono
        live.reconnect(viewer)
        live.advance("1s")
        assert {index for _, index in rig.between(began, began + 1.0)} == set(range(50))

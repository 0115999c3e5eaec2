"""Of a series that is shown, and from which nothing is computed, a tick takes no snapshot."""

from __future__ import annotations

import pytest

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.jobs import Job
from cadran.metrics.graph import Graph
from cadran.readable import Readable
from cadran.store import SeriesColumns, SeriesSnapshot


def test_only_what_is_computed_with_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    press = cd.channel("press")

    @cd.screen("Press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        for name in "abc":
            ui.line(name, press.series(name), window="10s", key=name)
        ui.kpi("Mean", press.series("c").mean(), key="mean")

    taken: list[SeriesColumns] = []
    is_advancing = False
    snapshot, advance = SeriesColumns.snapshot, Graph.advance

    def noted(self: SeriesColumns) -> SeriesSnapshot:
        if is_advancing:
            taken.append(self)
        return snapshot(self)

    def watched(self: Graph, roots: frozenset[Readable[object]], now: Instant, *, is_tick_over: bool) -> list[Job]:
        nonlocal is_advancing
        is_advancing = True
        try:
            return advance(self, roots, now, is_tick_over=is_tick_over)
        finally:
            is_advancing = False

    with testing.open(screen) as live:
        viewer = live.viewer()
        for value in (1.0, 2.0):
            press.send(*(cd.ChartDataUpdated.point(name, live.clock.now().wall, value) for name in "abc"))
            live.advance("1s")
            monkeypatch.setattr(SeriesColumns, "snapshot", noted)
            monkeypatch.setattr(Graph, "advance", watched)
        assert viewer.value("mean") == 1.5
        assert set(map(id, taken)) == {id(live.core.store.series_of(press.id)["c"])}

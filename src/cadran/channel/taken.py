"""What a drain took, as it waited: it is brought into the shape in which it lands part by part, or all at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cadran.channel.backlog import Backlog
from cadran.channel.landed import Drained, KpiLanded, TableLanded
from cadran.channel.series_backlog import SeriesBacklog


class Taken:
    """A backlog that nobody adds to any more. Each of its parts is given once."""

    def __init__(self, backlog: Backlog, num_dropped_ever: int, num_rejected_ever: int) -> None:
        self._backlog = backlog
        self.num_updates = backlog.num_updates
        """Updates sent that are in here, merged ones included."""
        self.num_kpis = len(backlog.kpis)
        self.num_series = len(backlog.points)
        self.num_dropped_ever = num_dropped_ever
        """Points, KPIs and tables given up at a bound since the channel was made."""
        self.num_rejected_ever = num_rejected_ever
        """Points without a finite x since the channel was made."""
        self.rejected = backlog.rejected
        """Those of them that are in here, by series."""

    def series(self) -> Iterator[tuple[str, SeriesBacklog]]:
        """Each series by its name, as it waited."""
        return iter(self._backlog.points.items())

    def kpis(self) -> Iterator[tuple[str, KpiLanded]]:
        """Each KPI by its key; NaN is a gap."""
        for key, one in self._backlog.kpis.items():
            value: Any = one.value  # these were checked at send
            at: Any = one.at
            yield key, KpiLanded(value if value == value else None, at)

    def tables(self) -> Iterator[tuple[str, TableLanded]]:
        """Each table by its name."""
        return ((name, TableLanded(state.frame, state.key)) for name, state in self._backlog.tables.items())

    def whole(self) -> Drained:
        """All of it."""
        points = {name: series.landed() for name, series in self.series()}
        parts = dict(self.kpis()), points, dict(self.tables())
        return Drained(*parts, self.num_updates, self.num_dropped_ever, self.num_rejected_ever)

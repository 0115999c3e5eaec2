"""What waits in a channel, merged per key and per series, within a bound of items and of bytes.

Not thread-safe: the channel holds its lock around every call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cadran.channel.block_room import BlockRoom
from cadran.channel.series_backlog import (
    CHUNK_BYTES,
    CHUNK_POINT_BYTES,
    MAX_RUN_POINTS,
    MIN_CHUNK_POINTS,
    SERIES_BYTES,
    SINGLE_POINT_BYTES,
    SeriesBacklog,
    begun_with,
)
from cadran.updates.prepare import PreparedKpi, PreparedPoints, PreparedTable
from cadran.updates.update import ChartDataUpdated, KpiUpdated, XKind

KPI_BYTES = 300
TABLE_BYTES = 1_000
CHAR_BYTES = 4
REJECTED_SERIES_MAX = 1_000
"""Of so many series it is known how many points were left out of each."""

Ready = KpiUpdated | ChartDataUpdated | PreparedKpi | PreparedPoints | PreparedTable
"""What waits in the inbox. A ``KpiUpdated`` here holds a float, a ``ChartDataUpdated`` one pair of
floats, the x finite."""


@dataclass(slots=True)
class Backlog:
    """Pending KPIs, points and tables. Only the last value of a KPI is kept, whatever the bound."""

    max_items: int
    max_bytes: int
    kpis: dict[str, KpiUpdated | PreparedKpi] = field(default_factory=dict)
    text_keys: set[str] = field(default_factory=set)
    """Of KPIs that are or were texts: only they can take much."""
    points: dict[str, SeriesBacklog] = field(default_factory=dict)
    tables: dict[str, PreparedTable] = field(default_factory=dict)
    table_bytes: dict[str, int] = field(default_factory=dict)
    rooms: dict[str, BlockRoom] = field(default_factory=dict)
    """Where the backlog before this one made its blocks, by series: what is left there is used here."""
    num_updates: int = 0
    num_merged_kpis: int = 0
    num_rejected_points: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    """Points without a finite x by series, of the first ``REJECTED_SERIES_MAX`` that have such."""
    num_lossy_values: int = 0
    num_dropped_points: int = 0
    num_dropped_states: int = 0
    items_at_most: int = 0
    bytes_at_most: int = 0

    def fold(self, items: Sequence[Ready], slack: float = 0.0) -> None:
        """Take in ``items`` in order, then hold the bounds once they are passed by the fraction ``slack``."""
        kpis, points = self.kpis, self.points
        num_keys, num_singles, num_others = len(kpis), 0, 0
        name: str | None = None  # the series that the two appends belong to
        for item in items:
            if type(item) is KpiUpdated:
                kpis[item.key] = item
            elif type(item) is ChartDataUpdated:
                if item.series is not name:
                    name = item.series
                    series = points.get(name) or self._series(name, item.x)
                    if len(series.xs) > MAX_RUN_POINTS:
                        series.close_run()  # while its numbers are still in the cache
                    append_x, append_y = series.xs.append, series.ys.append
                x, y = item.points  # type: ignore[misc]  # a pair, checked at send
                append_x(x)  # type: ignore[arg-type]  # a pair of floats, checked at send: a cast would take as long
                append_y(y)  # type: ignore[arg-type]
                num_singles += 1
            elif isinstance(item, PreparedKpi):
                kpis[item.key] = item
                self.num_lossy_values += item.num_lossy
                if isinstance(item.value, str):
                    self.bytes_at_most += len(item.value) * CHAR_BYTES
                    self.text_keys.add(item.key)
            else:
                num_others += 1
                if isinstance(item, PreparedPoints):
                    self._add_points(item)
                    name = None  # its lists may be others now
                elif isinstance(item, PreparedTable):
                    self._add_table(item)
        num_kpis = len(items) - num_singles - num_others
        self.num_updates += len(items)
        self.num_merged_kpis += num_kpis - (len(kpis) - num_keys)
        self.items_at_most += num_kpis + num_singles
        self.bytes_at_most += num_kpis * KPI_BYTES + num_singles * SINGLE_POINT_BYTES
        most = 1.0 + slack
        if self.items_at_most > self.max_items * most or self.bytes_at_most > self.max_bytes * most:
            self._hold_bounds()

    def _series(self, name: str, x: XKind) -> SeriesBacklog:
        """Begin a series."""
        series = self.points[name] = SeriesBacklog(x, room=self.rooms.get(name))
        self.bytes_at_most += SERIES_BYTES
        return series

    def _add_points(self, batch: PreparedPoints) -> None:
        self.num_lossy_values += batch.num_lossy
        if batch.num_rejected:
            self.num_rejected_points += batch.num_rejected
            if batch.series in self.rejected or len(self.rejected) < REJECTED_SERIES_MAX:
                self.rejected[batch.series] = self.rejected.get(batch.series, 0) + batch.num_rejected
        num_points = batch.xs.size
        if not num_points and not batch.replace:
            return
        series = self.points.get(batch.series)
        if series is None and num_points >= MIN_CHUNK_POINTS and not batch.replace:
            room = self.rooms.get(batch.series)
            self.points[batch.series] = begun_with(batch.x, batch.xs, batch.ys, batch.is_sorted, room)
            self.items_at_most += num_points
            self.bytes_at_most += SERIES_BYTES + num_points * CHUNK_POINT_BYTES + CHUNK_BYTES
            return
        series = series or self._series(batch.series, batch.x)
        if batch.replace:
            series.replace_all()
        if num_points:
            self.items_at_most += num_points
            self.bytes_at_most += series.add(batch.xs, batch.ys, batch.is_sorted)

    def _add_table(self, state: PreparedTable) -> None:
        self.tables[state.table] = state
        num_bytes = self.table_bytes[state.table] = TABLE_BYTES + int(state.frame.estimated_size())
        self.items_at_most += 1
        self.bytes_at_most += num_bytes

    # --- bounds ---------------------------------------------------------------------------------

    @property
    def num_items(self) -> int:
        """One for each KPI, each table and each point."""
        return len(self.kpis) + len(self.tables) + sum(series.num_points for series in self.points.values())

    @property
    def num_bytes(self) -> int:
        """What all that takes in memory, about."""
        kpis = (self.kpis.get(key) for key in self.text_keys)
        texts = sum(len(item.value) for item in kpis if item is not None and isinstance(item.value, str))
        states = len(self.kpis) * KPI_BYTES + texts * CHAR_BYTES + sum(self.table_bytes.values())
        return states + sum(series.num_bytes for series in self.points.values())

    def _hold_bounds(self) -> None:
        self._drop_oldest_points(self.num_items - self.max_items)
        if self.num_bytes > self.max_bytes:
            for series in self.points.values():
                if len(series.xs) >= MIN_CHUNK_POINTS:
                    series.close_run()  # a chunk takes a quarter of the room
            while (over := self.num_bytes - self.max_bytes) > 0:
                if not self._drop_oldest_points(-(-over // CHUNK_POINT_BYTES)):
                    break
        for name in [name for name, series in self.points.items() if not series.num_points and not series.replace]:
            del self.points[name]
        while (self.num_items > self.max_items or self.num_bytes > self.max_bytes) and self._drop_oldest_state():
            pass
        self.items_at_most, self.bytes_at_most = self.num_items, self.num_bytes

    def _drop_oldest_points(self, over: int) -> int:
        """Give up the ``over`` oldest points, of the longest series first; return how many went."""
        if over <= 0:
            return 0
        longest_first = sorted(self.points.values(), key=lambda series: series.num_points, reverse=True)
        level = _level_for([series.num_points for series in longest_first], over)
        num_left = over
        for series in longest_first:
            num_dropped = min(num_left, max(0, series.num_points - level))
            if num_dropped:
                series.drop_oldest(num_dropped)
                num_left -= num_dropped
        self.num_dropped_points += over - num_left
        return over - num_left

    def _drop_oldest_state(self) -> bool:
        if len(self.kpis) > 1 or (self.kpis and not self.tables):
            num_dropped = max(1, len(self.kpis) // 8)
            for key in list(self.kpis)[:num_dropped]:
                del self.kpis[key]
        elif self.tables:
            num_dropped, name = 1, next(iter(self.tables))
            del self.tables[name], self.table_bytes[name]
        else:
            return False
        self.num_dropped_states += num_dropped
        return True

    def rooms_used(self) -> dict[str, BlockRoom]:
        """Return where blocks were made, by series; the memory of a series that had none this time is let go of."""
        return {name: series.room for name, series in self.points.items() if series.room and series.is_room_used}


def _level_for(lengths_descending: list[int], over: int) -> int:
    """Return the greatest level such that cutting all lengths down to it gives at least ``over``."""
    total = 0
    for num_longest, length in enumerate(lengths_descending):
        if num_longest * length < total - over or total - num_longest * length >= over:
            break
        total += length
    else:
        num_longest = len(lengths_descending)
    return max(0, (total - over) // num_longest) if num_longest else 0

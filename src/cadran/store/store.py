"""The present state of everything that sources gave. Its mutators return what they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cadran.channel import Drained, Handful, PointsLanded
from cadran.polars_when_used import is_frame, pl
from cadran.readable import Floats, Points
from cadran.store.events import Event, From, Key, Reset, Value
from cadran.store.memory import memory_bytes, points_max
from cadran.store.rows import keep_recent, newest_time
from cadran.store.series import EVICTED_PART, SeriesColumns
from cadran.store.shared_x import SHARED_POINTS_MAX, Appended, share_tracks
from cadran.store.times import SourceTimes
from cadran.store.values import same_value
from cadran.updates.prepare import PreparedPoints

POINTS_MAX = points_max(memory_bytes())
"""The most points that all series together keep, whatever their ``keep`` says: those that fit in half of the memory."""
CHUNKS_MAX = 64
"""More pieces than this of a table are made one."""
ROWS_MAX = 1_000_000
"""The most rows that an append-only source keeps."""
_NO_SERIES: Mapping[str, SeriesColumns] = {}
OLD_LEFT = "old points left"
"""The cause where a series only lost points."""


@dataclass(slots=True)
class Cell:
    """One value, the S since which it is this, and why."""

    value: object
    changed_s: int
    cause: str


class _Named:
    """The key of a KPI or a series, and the cause of its last change: most changes are like the one before."""

    __slots__ = ("cause", "cell", "key", "num_points", "series")

    def __init__(self, key: Key, cause: str = "") -> None:
        self.key = key
        self.cause = cause
        self.num_points = -1
        """That came then."""
        self.cell: Cell | None = None
        self.series: SeriesColumns | None = None
        """Where it is kept, once it is, to the end: neither is ever replaced, or what lands would be lost."""


class Store:
    """Values by key, numbered changes, and the times of every source."""

    def __init__(self) -> None:
        self.s = 0
        self._cells: dict[Key, Cell] = {}
        self._series: dict[Key, SeriesColumns] = {}
        self._series_of: dict[str, dict[str, SeriesColumns]] = {}
        """The same by source and name."""
        self._kpi_names: dict[str, dict[str, _Named]] = {}
        self._series_names: dict[str, dict[str, _Named]] = {}
        """By source, as the series: of all that ever came."""
        self._num_points = 0
        """Of all series."""
        self._times: dict[str, SourceTimes] = {}
        self._dropped: dict[str, int] = {}
        self._newly_dropped: set[str] = set()

    # --- reading ---

    def cell(self, key: Key) -> Cell | None:
        """The value of a KPI, a table or a polled source; None before its first."""
        return self._cells.get(key)

    def series(self, key: Key) -> SeriesColumns | None:
        """The points of a series; None before its first."""
        return self._series.get(key)

    def series_of(self, source: str) -> Mapping[str, SeriesColumns]:
        """The series of a source, by name."""
        return self._series_of.get(source, _NO_SERIES)

    def at(self, key: Key) -> SeriesColumns | Cell | None:
        """What there is of that name, a series or one value."""
        series = self._series.get(key)
        return self._cells.get(key) if series is None else series

    def cause(self, key: Key) -> str:
        """Why a value last changed."""
        there = self.at(key)
        return "" if there is None else there.cause

    def times(self, source: str) -> SourceTimes:
        """The three times of a source."""
        times = self._times.get(source)
        if times is None:
            times = self._times[source] = SourceTimes()
        return times

    # --- changing ---

    def next_s(self) -> int:
        """Number a change that is kept elsewhere: a metric's value, a panel's state."""
        self.s += 1
        return self.s

    def apply(
        self,
        source: str,
        drained: Drained,
        *,
        now_wall: float,
        keep_secs: float | None,
        keep_points: int | None = None,
    ) -> list[Event]:
        """Apply all that a channel gave; let go of points over time older than ``keep_secs``, and in each series of
        all but about the newest ``keep_points``."""
        times = self.times(source)
        times.checked_at = now_wall
        events: list[Event] = []
        names = self._kpi_names.setdefault(source, {})
        for name, kpi in drained.kpis.items():
            at = now_wall if kpi.at is None else kpi.at
            if times.event_at is None or at > times.event_at:
                times.event_at = at
            named = names.get(name)
            if named is None:
                named = names[name] = _Named(Key(source, "kpi", name), f"KpiUpdated {name}")
            self._set(named.key, kpi.value, named.cause, events)
        appended: list[Appended] = []
        newest_time_x = -np.inf
        oldest_time = -np.inf if keep_secs is None else now_wall - keep_secs
        names = self._series_names.setdefault(source, {})
        for name, points in drained.points.items():
            named = names.get(name)
            if named is None:
                named = names[name] = _Named(Key(source, "series", name))
            is_time = points.x == "time"
            if is_time and points.blocks:
                newest_x = points.blocks[-1][0].item(-1) if points.is_sorted else points.newest_x
                newest_time_x = max(newest_time_x, newest_x)
            oldest_x = oldest_time if is_time else -np.inf
            self._land_points(named, points, oldest_x, keep_points, appended, events)
        for name, table in drained.tables.items():
            times.saw_event(now_wall)
            self._set(Key(source, "table", name), table.frame, f"TableUpdated {name}", events)
        if newest_time_x > -np.inf:
            times.saw_event(newest_time_x)
        share_tracks(appended)
        if events:
            times.changed_at = now_wall
        return events

    def apply_handful(
        self,
        source: str,
        handful: Handful,
        now_wall: float,
        keep_secs: float | None,
        keep_points: int | None = None,
    ) -> bool:
        """Do as ``apply``, but for telling what changed; False, and nothing is done, where a batch does not come
        behind all that its series has."""
        names = self._series_names.get(source, {})
        landing: list[tuple[_Named, SeriesColumns, PreparedPoints]] = []
        for name, batch in handful.batches.items():
            named = names.get(name)
            series = None if named is None else named.series
            if named is None or series is None or series.last_x is None or batch.xs.item(0) < series.last_x:
                return False
            landing.append((named, series, batch))
        times, before_s = self.times(source), self.s
        times.checked_at = now_wall
        self._set_values(source, handful.values, times, now_wall)
        appended: list[Appended] = []
        newest_x = -np.inf
        oldest_time = -np.inf if keep_secs is None else now_wall - keep_secs
        for named, series, batch in landing:
            xs, num = batch.xs, batch.xs.size
            if num != named.num_points:
                named.num_points, named.cause = num, f"ChartDataUpdated {named.key.name}: {num} points"
            oldest_x = -np.inf
            if batch.x == "time":
                oldest_x = oldest_time
                if (last_x := xs.item(-1)) > newest_x:
                    newest_x = last_x
            s, num_before, track, changed_s = self.s + 1, series.num_points, series.x_track, series.changed_s
            if not series.add_behind(xs, batch.ys, s):
                series.extend_blocks(((xs, batch.ys),), s)
            if num <= SHARED_POINTS_MAX:
                appended.append(Appended(series, track, xs, changed_s))
            if oldest_x > series.kept_x:
                series.evict(oldest_x, s)
            if keep_points is not None and series.num_points > keep_points:
                series.keep_newest(keep_points, s)
            self._num_points += series.num_points - num_before
            if self._num_points > POINTS_MAX:
                self._bound_points(s)
            self.s, series.cause = s, named.cause
        if newest_x > -np.inf:
            times.saw_event(newest_x)
        share_tracks(appended)
        if self.s > before_s:
            times.changed_at = now_wall
        return True

    def _set_values(self, source: str, values: Mapping[str, float], times: SourceTimes, now_wall: float) -> None:
        """Set these values, all of this moment."""
        if not values:
            return
        times.saw_event(now_wall)
        names = self._kpi_names.setdefault(source, {})
        for name, value in values.items():
            named = names.get(name)
            if named is None:
                named = names[name] = _Named(Key(source, "kpi", name), f"KpiUpdated {name}")
            cell = named.cell
            if cell is None or type(cell.value) is not float or value != value:
                self._set(named.key, value if value == value else None, named.cause, [])
                named.cell = self._cells.get(named.key)
            elif cell.value != value:
                self.s += 1
                cell.value, cell.changed_s, cell.cause = value, self.s, named.cause

    def land_whole(
        self,
        source: str,
        value: object,
        *,
        now_wall: float,
        time: str | None = None,
        cause: str = "read again",
        num_dropped: int = 0,
    ) -> list[Event]:
        """Apply a polled source's whole value; an equal one changes nothing but ``checked_at``. ``num_dropped``: rows
        that went past a bound before."""
        self._count_dropped(source, num_dropped)
        if is_frame(value):
            self._saw_rows(source, value, time, now_wall)
        else:
            self.times(source).saw_event(now_wall)
        events: list[Event] = []
        self._set(Key(source, "whole"), value, cause, events)
        return self._changed(source, events, now_wall)

    def land_rows(
        self, source: str, rows: pl.DataFrame, *, now_wall: float, time: str | None, keep_secs: float | None
    ) -> list[Event]:
        """Append a polled source's new rows and let go of what is older than ``keep_secs``."""
        key = Key(source, "whole")
        cell = self._cells.get(key)
        if not rows.height and cell is not None:
            return self._changed(source, [], now_wall)
        self._saw_rows(source, rows, time, now_wall)
        old = cell.value if cell is not None else None
        frame = pl.concat([old, rows], how="vertical_relaxed") if is_frame(old) else rows
        if frame.n_chunks() > CHUNKS_MAX:
            frame = frame.rechunk()  # or each append would make all that follow, and every query, slower
        frame, num_dropped = keep_recent(frame, time, keep_secs, now_wall, ROWS_MAX)
        self._count_dropped(source, num_dropped)
        s = self.next_s()
        cause = f"{rows.height} {'row' if rows.height == 1 else 'rows'} appended"
        self._cells[key] = Cell(frame, s, cause)
        return self._changed(source, [Value(key, s, cause)], now_wall)

    def checked(self, source: str, now_wall: float) -> None:
        """A read or a receipt that changed nothing."""
        self.times(source).checked_at = now_wall

    def forget(self, sources: Iterable[str]) -> None:
        """Polled sources are gone, and all that they gave."""
        for source in sources:
            key = Key(source, "whole")
            self._cells.pop(key, None)
            self._times.pop(source, None)
            self._dropped.pop(source, None)
            self._newly_dropped.discard(source)

    def take_dropped(self) -> dict[str, int]:
        """Return, for each source that lost points or rows to a bound since the last call, how many it ever lost."""
        if not self._newly_dropped:
            return {}
        newly, self._newly_dropped = self._newly_dropped, set()
        return {source: self._dropped[source] for source in sorted(newly)}

    def _count_dropped(self, source: str, num: int) -> None:
        if num:
            self._dropped[source] = self._dropped.get(source, 0) + num
            self._newly_dropped.add(source)

    def _changed(self, source: str, events: list[Event], now_wall: float) -> list[Event]:
        times = self.times(source)
        times.checked_at = now_wall
        if events:
            times.changed_at = now_wall
        return events

    def _saw_rows(self, source: str, rows: pl.DataFrame, time: str | None, now_wall: float) -> None:
        newest = newest_time(rows, time)
        if newest is not None:
            self.times(source).saw_event(newest)
        elif rows.height:
            self.times(source).saw_event(now_wall)

    def _set(self, key: Key, value: object, cause: str, events: list[Event]) -> None:
        cell = self._cells.get(key)
        if cell is not None and same_value(cell.value, value):
            return
        s = self.next_s()
        if cell is None:
            self._cells[key] = Cell(value, s, cause)
        else:
            cell.value, cell.changed_s, cell.cause = value, s, cause
        events.append(Value(key, s, cause))

    def _land_points(
        self,
        named: _Named,
        landed: PointsLanded,
        oldest_x: float,
        keep_points: int | None,
        appended: list[Appended],
        events: list[Event],
    ) -> None:
        """``appended``: to which is added what the series got behind all that it had."""
        key, blocks = named.key, landed.blocks
        xs = blocks[0][0] if len(blocks) == 1 else None
        num_landed = landed.num_points if xs is None else xs.size
        if num_landed != named.num_points:
            named.num_points, named.cause = num_landed, f"ChartDataUpdated {key.name}: {num_landed} points"
        cause = named.cause
        if landed.x == "free":
            self._set(key, Points(landed.xs, landed.ys), cause, events)
            return
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = SeriesColumns()
            self._series_of.setdefault(key.source, {})[key.name] = series
        named.series = series
        s, num_points = self.s + 1, series.num_points
        if landed.replace:
            points = Points(landed.xs, landed.ys)
            num_old = _num_old(points.xs, oldest_x, keep_points, is_sorted=landed.is_sorted)
            x0 = series.replace(points, s, is_sorted=landed.is_sorted, num_same=landed.num_same, num_old=num_old)
        elif landed.is_sorted:
            track, last_x, before_s = series.x_track, series.last_x, series.changed_s
            x0 = series.extend_blocks(blocks, s)
            is_behind = x0 is not None and (last_x is None or x0 >= last_x)
            if is_behind and xs is not None and num_landed <= SHARED_POINTS_MAX:
                appended.append(Appended(series, track, xs, before_s))
        else:
            x0 = series.extend(landed.xs, landed.ys, s)
        if oldest_x > series.kept_x:
            series.evict(oldest_x, s)
        if keep_points is not None and series.num_points > keep_points:
            series.keep_newest(keep_points, s)
        self._num_points += series.num_points - num_points
        if self._num_points > POINTS_MAX:
            self._bound_points(s)
        if series.changed_s != s:
            return
        self.s = s
        series.cause = cause = OLD_LEFT if x0 is None else cause
        if x0 is None:
            events.append(Value(key, s, cause))
        else:
            events.append(Reset(key, s, cause) if x0 == -np.inf else From(key, s, cause, x0))

    def _bound_points(self, s: int) -> None:
        """Past the bound the longest series loses its oldest sixteenth, as often as it takes."""
        while self._num_points > POINTS_MAX:
            key, longest = max(self._series.items(), key=lambda item: len(item[1]))
            num_points = max(1, len(longest) // EVICTED_PART)
            longest.drop_oldest(num_points, s)
            longest.cause = OLD_LEFT
            self._num_points -= num_points
            self._count_dropped(key.source, num_points)


def _num_old(xs: Floats, oldest_x: float, keep_points: int | None, *, is_sorted: bool) -> int:
    """Return how many points need not be kept: of those with the least x."""
    num_old = 0 if keep_points is None else max(0, xs.size - keep_points)
    if oldest_x == -np.inf:
        return num_old
    return max(num_old, int(xs.searchsorted(oldest_x, "left") if is_sorted else np.count_nonzero(xs < oldest_x)))

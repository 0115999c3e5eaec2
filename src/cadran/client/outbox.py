"""What waits to be sent, within a bound of items and of bytes, and the batches that it is taken in.

Not thread-safe: the channel holds its lock around every call.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from cadran.client.items import Item, KpiItem, PointsItem, TableItem
from cadran.client.series import CHUNK_POINT_BYTES, SINGLE_POINT_BYTES, WaitingSeries
from cadran.updates.prepare import PreparedPoints
from cadran.updates.update import ChartDataUpdated, KpiUpdated, XKind

BATCH_MESSAGES_MAX = 10_000


Given = KpiItem | TableItem | PreparedPoints | KpiUpdated | ChartDataUpdated
"""A ``KpiUpdated`` here holds a finite float and no time, a ``ChartDataUpdated`` one pair of floats, the x finite."""


@dataclass(slots=True)
class Outbox:
    """KPIs and tables by name, only the newest of each; points by series."""

    max_items: int
    max_bytes: int
    kpis: dict[str, KpiItem] = field(default_factory=dict)
    tables: dict[str, TableItem] = field(default_factory=dict)
    series: dict[str, WaitingSeries] = field(default_factory=dict)
    num_sent: int = 0
    num_merged: int = 0
    num_dropped: int = 0
    num_rejected: int = 0
    began_mono: float = math.inf
    """When the first was given since it was last empty; infinite while it is."""
    items_at_most: int = 0
    bytes_at_most: int = 0
    """Counted up as things come, and anew when that passes a bound: to count them each time would hold senders."""
    _turn: int = 0

    def fold(self, taken: Sequence[tuple[float, Given]]) -> None:
        """Take what was given, each with its moment by the monotonic clock, in order; then hold the bounds."""
        if not taken:
            return
        self.began_mono = min(self.began_mono, taken[0][0])
        num_points = 0
        for mono, given in taken:
            if type(given) is ChartDataUpdated:
                num_points += 1
                x, y = given.points  # type: ignore[misc]  # a pair, checked at send
                series = self.series.get(given.series) or self._series(given.series, given.x, mono)
                series.add_point(x, y)  # type: ignore[arg-type]
            elif type(given) is PreparedPoints:
                self._add_points(given, mono)
            else:
                self._add_state(given, mono)
        self.num_sent += num_points
        self._count(num_points, num_points * SINGLE_POINT_BYTES)
        self._hold_bounds()

    def _add_state(self, given: Given, mono: float) -> None:
        self.num_sent += 1
        if isinstance(given, KpiUpdated):
            item: Given = KpiItem(given.key, given.value, None, mono)  # type: ignore[arg-type]  # a float, checked at send
        else:
            item = given
        assert isinstance(item, KpiItem | TableItem)
        self._count(1, item.num_bytes)
        if isinstance(item, KpiItem):
            self._merge(self.kpis.get(item.key))
            self.kpis[item.key] = item  # in the place of an older one, so that none waits for ever behind others
        else:
            self._merge(self.tables.get(item.table))
            self.tables[item.table] = item

    def _count(self, num_items: int, num_bytes: int) -> None:
        self.items_at_most += num_items
        self.bytes_at_most += num_bytes

    def add_again(self, item: Item) -> bool:
        """Take what the server had and lost, unless something newer waits; return whether it was taken."""
        if isinstance(item, KpiItem):
            if item.key in self.kpis:
                return False
            self.kpis[item.key] = item
        elif isinstance(item, TableItem):
            if item.table in self.tables:
                return False
            self.tables[item.table] = item
        else:
            if item.series in self.series:
                return False
            series = self.series[item.series] = WaitingSeries(item.x, item.sent_mono, replace=True, is_again=True)
            series.add(item.xs, item.ys)
        item.is_again = True
        self.began_mono = min(self.began_mono, item.sent_mono)
        self._count(item.num_items, item.num_bytes)
        return True

    def _merge(self, old: KpiItem | TableItem | None) -> None:
        self.num_merged += old is not None and not old.is_again

    def _series(self, name: str, kind: XKind, mono: float) -> WaitingSeries:
        series = self.series.get(name)
        if series is None:
            series = self.series[name] = WaitingSeries(kind, mono)
            self._count(0, series.num_bytes)
        return series

    def _add_points(self, batch: PreparedPoints, mono: float) -> None:
        num_points = int(batch.xs.size)
        self.num_sent += num_points + batch.num_rejected
        self.num_rejected += batch.num_rejected
        if not num_points and not batch.replace:
            return
        series = self._series(batch.series, batch.x, mono)
        if batch.replace:
            num_replaced = series.replace_all()
            self.num_merged += 0 if series.is_again else num_replaced
            series.is_again, series.began_mono = False, mono
        if num_points:
            self._count(num_points, num_points * SINGLE_POINT_BYTES)
            series.add(batch.xs, batch.ys)

    # --- how much there is ----------------------------------------------------------------------

    @property
    def num_items(self) -> int:
        return len(self.kpis) + len(self.tables) + sum(one.num_points for one in self.series.values())

    @property
    def num_pending(self) -> int:
        """As ``num_items``, without what the server had taken before."""
        states: list[Item] = [*self.kpis.values(), *self.tables.values()]
        points = sum(one.num_points for one in self.series.values() if not one.is_again)
        return sum(not one.is_again for one in states) + points

    @property
    def num_bytes(self) -> int:
        states: list[Item] = [*self.kpis.values(), *self.tables.values()]
        return sum(one.num_bytes for one in states) + sum(one.num_bytes for one in self.series.values())

    @property
    def is_empty(self) -> bool:
        return not (self.kpis or self.tables or self.series)

    @property
    def oldest_mono(self) -> float:
        """When the oldest that waits was given, at the latest; infinite if nothing waits."""
        states: list[Item] = [*self.kpis.values(), *self.tables.values()]
        begins = [one.began_mono for one in self.series.values()] + [one.sent_mono for one in states]
        return min(begins, default=math.inf)

    # --- bounds ---------------------------------------------------------------------------------

    def _hold_bounds(self) -> None:
        """Give up the oldest points of the longest series, then what has waited longest of the rest."""
        if self.items_at_most <= self.max_items and self.bytes_at_most <= self.max_bytes:
            return
        over_items = self.num_items - self.max_items
        over_bytes = self.num_bytes - self.max_bytes
        if over_items > 0 or over_bytes > 0:
            self._drop_points(max(over_items, -(-over_bytes // CHUNK_POINT_BYTES)))
            while (self.num_items > self.max_items or self.num_bytes > self.max_bytes) and self._drop_states():
                pass
        self.count_anew()

    def count_anew(self) -> None:
        self.items_at_most, self.bytes_at_most = self.num_items, self.num_bytes
        if self.is_empty:
            self.began_mono = math.inf

    def _drop_points(self, num_points: int) -> None:
        longest = [(-one.num_points, name) for name, one in self.series.items()]
        heapq.heapify(longest)
        while num_points > 0 and longest:
            num_negative, name = heapq.heappop(longest)
            if not num_negative:
                break
            series = self.series[name]
            whole = series.num_points
            num_dropped = whole if series.x == "free" else min(num_points, max(1, whole // 8))
            series.drop_oldest(num_dropped)
            self.num_dropped += 0 if series.is_again else num_dropped
            num_points -= num_dropped
            if series.num_points:
                heapq.heappush(longest, (-series.num_points, name))
            elif not series.replace or series.x == "free":
                del self.series[name]

    def _drop_states(self) -> bool:
        if len(self.kpis) > 1 or (self.kpis and not self.tables):
            for key in list(self.kpis)[: max(1, len(self.kpis) // 8)]:
                self.num_dropped += not self.kpis.pop(key).is_again
        elif self.tables:
            self.num_dropped += not self.tables.pop(next(iter(self.tables))).is_again
        elif self.series:  # an order to clear a series, without points
            del self.series[next(iter(self.series))]
        else:
            return False
        return True

    # --- batches --------------------------------------------------------------------------------

    def take(self, num_bytes_max: int) -> list[Item]:
        """Take a batch of about so many bytes; one thing that can't be divided may be longer. Each kind comes first
        in turn, so that none keeps another waiting.
        """
        taken: list[Item] = []
        room = num_bytes_max
        kinds = [self._take_kpis, self._take_tables, self._take_points]
        self._turn += 1
        for index in range(3):
            room = kinds[(self._turn + index) % 3](taken, room)
        if self.is_empty:
            self.count_anew()
        return taken

    def _take_kpis(self, taken: list[Item], room: int) -> int:
        for key in list(self.kpis):
            item = self.kpis[key]
            if (taken and item.num_bytes > room) or len(taken) >= BATCH_MESSAGES_MAX:
                break
            taken.append(self.kpis.pop(key))
            room -= item.num_bytes
        return room

    def _take_tables(self, taken: list[Item], room: int) -> int:
        for name in list(self.tables):
            item = self.tables[name]
            if (taken and item.num_bytes > room) or len(taken) >= BATCH_MESSAGES_MAX:
                break
            taken.append(self.tables.pop(name))
            room -= item.num_bytes
        return room

    def _take_points(self, taken: list[Item], room: int) -> int:
        for name in list(self.series):
            series = self.series[name]
            num_wanted = room // CHUNK_POINT_BYTES
            is_too_long = series.x == "free" and series.num_points > num_wanted
            if (taken and (num_wanted < 1 or is_too_long)) or len(taken) >= BATCH_MESSAGES_MAX:
                break
            xs, ys, replace = series.take(max(1, num_wanted))
            item = PointsItem(name, xs, ys, replace, series.x, series.began_mono, series.is_again)
            taken.append(item)
            room -= item.num_bytes
            del self.series[name]
            if series.num_points:
                self.series[name] = series  # behind the others, which wait for their turn
        return room

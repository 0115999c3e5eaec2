"""What is sent to a channel, on its way in: checked, and held to bounded names and one kind per series."""

from __future__ import annotations

from typing import Any

from cadran.channel.backlog import Ready
from cadran.errors import UsageError
from cadran.updates.numbers import EXACT_INT
from cadran.updates.prepare import (
    Prepared,
    PreparedKpi,
    PreparedPoints,
    PreparedTable,
    is_finite_and_ascending,
    is_plain,
    prepare,
)
from cadran.updates.times import MAX_TIME_SECS
from cadran.updates.update import ChartDataUpdated, Columns, KpiUpdated, Update, XKind

MAX_NAMES = 100_000
"""KPIs, series and tables that a channel may hold, of each."""
INBOX_POINTS = 16_384
"""An inbox where each item had as many points as those of the newest send would hold so many: then it is folded.
Batches of decreasing size can at most make it eight times as many."""
BIG_TEXT_CHARS = 256


class Intake:
    """Checks updates, the common forms quickly. Thread-safe: names are only ever added."""

    def __init__(self, channel_name: str, max_bytes: int, max_names: int = MAX_NAMES) -> None:
        self._name = channel_name
        self._max_bytes = max_bytes
        self._max_names = max_names
        self.kpi_keys: set[str] = set()
        """Those that came before."""
        self._table_names: set[str] = set()
        self._kinds: dict[str, XKind] = {}
        self.appended: dict[str, XKind] = {}
        """The kinds of the series that came before, without "free" curves, which are whole states."""

    def ready(self, update: Any, before: PreparedPoints | None = None) -> Ready | None:
        """Return the common forms as they land, without a full check; None for the others.

        ``before``: a batch of the same send in ascending x, whose x may be those of this one too.
        """
        try:
            if type(update) is KpiUpdated:
                return self._ready_kpi(update)
            if type(update) is ChartDataUpdated and self.appended[update.series] == update.x:
                return _ready_batch(update, before) if type(update.points) is Columns else _ready_point(update)
        except Exception:
            return None  # something new, or odd, such as a name that can't be hashed: the full check says so
        return None

    def _ready_kpi(self, update: KpiUpdated) -> Ready | None:
        value = update.value
        if update.at is not None or update.key not in self.kpi_keys:
            return None
        if type(value) is float:
            return update
        if isinstance(value, float):  # NumPy's float64 is one
            return KpiUpdated(update.key, float(value))
        if type(value) is int and -EXACT_INT <= value <= EXACT_INT:
            return KpiUpdated(update.key, float(value))
        if type(value) is str and len(value) <= BIG_TEXT_CHARS and value.isascii():
            return PreparedKpi(update.key, value, None)
        if type(value) is bool or value is None:
            return PreparedKpi(update.key, value, None)
        return None

    def checked(self, updates: tuple[Update, ...]) -> tuple[list[Ready], int]:
        """Return ``updates`` as they land, and how many points they are, with what else is big counted as
        ``INBOX_POINTS``; nothing is kept of them if one is wrong."""
        is_one = len(updates) == 1  # and known not to be ready
        prepared: list[Ready] = []
        others: list[Prepared] = []
        batch: PreparedPoints | None = None
        num_points, num_chars = 0, 0
        for update in updates:
            ready = None if is_one else self.ready(update, batch)
            if ready is None:
                item = prepare(update)
                others.append(item)
                prepared.append(item)
                if type(item) is PreparedPoints and item.is_sorted:
                    batch = item
                continue
            prepared.append(ready)
            if type(ready) is PreparedPoints:
                num_points += ready.xs.size
                batch = ready
            elif type(ready) is PreparedKpi and type(ready.value) is str:
                num_chars += len(ready.value)
        kinds: dict[str, XKind] = {}
        for item in others:  # the names and kinds of those that were ready are known
            if isinstance(item, PreparedPoints):
                if kinds.setdefault(item.series, item.x) != item.x:
                    raise _two_kinds(f"channel {self._name!r}: send", item.series, kinds[item.series], item.x)
                num_points += item.xs.size
            elif isinstance(item, PreparedTable):
                self._check_fits(item)
                self._admit(self._table_names, item.table, f"channel {self._name!r}: tables")
                num_points += INBOX_POINTS
            else:
                self._admit(self.kpi_keys, item.key, f"channel {self._name!r}: KPIs")
                num_chars += len(item.value) if isinstance(item.value, str) else 0
        self.claim(kinds, f"channel {self._name!r}: send")
        return prepared, num_points + (INBOX_POINTS if num_chars > BIG_TEXT_CHARS else 0)

    def _check_fits(self, state: PreparedTable) -> None:
        num_bytes = state.frame.estimated_size()
        if num_bytes > self._max_bytes:
            got = f"{state.frame.height:,} rows of {num_bytes:,} bytes"
            limit = f"at most max_bytes={self._max_bytes:,}"
            raise UsageError(f"TableUpdated({state.table!r}): expected {limit}, got {got}; send fewer rows")

    def claim(self, kinds: dict[str, XKind], where: str) -> None:
        """Hold each series to one kind of x, all or none."""
        for name, kind in kinds.items():
            if (known := self._kinds.get(name, kind)) != kind:
                raise _two_kinds(where, name, known, kind)
        for name, kind in kinds.items():
            if name not in self._kinds:
                self._check_room(len(self._kinds), name, f"channel {self._name!r}: series")
                if self._kinds.setdefault(name, kind) != kind:  # another thread was first
                    raise _two_kinds(where, name, self._kinds[name], kind)
                if kind != "free":
                    self.appended[name] = kind

    def _admit(self, names: set[str], name: str, where: str) -> None:
        if name not in names:
            self._check_room(len(names), name, where)
            names.add(name)

    def _check_room(self, num_names: int, name: str, where: str) -> None:
        if num_names >= self._max_names:
            advice = "put what varies into the values, not into the name"
            raise UsageError(f"{where}: expected at most {self._max_names:,} names, got one more: {name!r}; {advice}")


def _ready_point(update: ChartDataUpdated) -> Ready | None:
    points: Any = update.points
    pair = points[0] if type(points) is list and len(points) == 1 else points
    if type(pair) is not tuple or len(pair) != 2 or update.replace is not False:
        return None
    x, y = pair
    if type(x) is not float or type(y) is not float:
        if not isinstance(x, float) or not isinstance(y, float):
            return None
        pair = x, y = float(x), float(y)  # NumPy's float64
    if x - x != 0.0 or (x > MAX_TIME_SECS and update.x == "time"):
        return None
    return update if pair is points else ChartDataUpdated(update.series, pair, False, update.x)


def _ready_batch(update: ChartDataUpdated, before: PreparedPoints | None) -> Ready | None:
    """Two float64 arrays in ascending x: most points come like this."""
    xs: Any
    ys: Any
    xs, ys = update.points  # type: ignore[misc]  # two columns, seen before
    if update.replace is not False or not is_plain(xs, 1) or not is_plain(ys, 1) or xs.size != ys.size:
        return None
    if before is not None and xs.size == before.xs.size and update.x == before.x:
        known = before.xs  # several lines of one sampler: their x is looked at, and copied, once
        if xs.tobytes() == known.tobytes():
            return PreparedPoints(update.series, known, ys.copy(), False, update.x, 0, 0, True)
    xs, ys = xs.copy(), ys.copy()
    if not xs.size or not is_finite_and_ascending(xs) or (xs.item(-1) > MAX_TIME_SECS and update.x == "time"):
        return None
    return PreparedPoints(update.series, xs, ys, False, update.x, 0, 0, True)


def _two_kinds(where: str, series: str, known: XKind, got: XKind) -> UsageError:
    return UsageError(f"{where}: series {series!r}: expected x={known!r} as before, got x={got!r}; keep one kind")

"""A shop whose orders are a database of two years and a channel: a line of past and present, and who looks at it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cadran as cd
from cadran.clock import Instant
from cadran.errors import OutsideError
from cadran.frames import pasts
from cadran.frames.pasts import DeepColumns, PastRead, Pasts
from cadran.jobs import JobDone
from cadran.readable import Points
from cadran.screen.past import PastOf
from cadran.sources import Query
from cadran.sources.past_reader import PastReader
from cadran.store import buckets_of, id_of
from cadran.store.past import Place
from cadran.testing import HeadlessViewer, Later, LiveScreen

NOW = 1_800_000_000.0
"""When the virtual clock begins."""
DAY = 86_400.0
X0, X1 = NOW - 700 * DAY, NOW - 500 * DAY
"""Where somebody looks: long before what is held."""
PAGED = "SELECT id, ts, amount FROM orders WHERE id > :cursor AND ts >= :since ORDER BY id LIMIT :limit"


class Shop:
    """A database of two years, one order an hour or so, and a channel that is fed the newest."""

    def __init__(self, folder: Path) -> None:
        rng = np.random.default_rng(7)
        xs = np.sort(NOW - rng.random(20_000) * 730 * DAY)
        self.points = Points(xs, rng.normal(size=xs.size).cumsum())
        self.file = sqlite3.connect(folder / "shop.db", isolation_level=None)
        self.file.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ts REAL, amount REAL)")
        self.file.execute("BEGIN")
        rows = zip(xs.tolist(), self.points.ys.tolist(), strict=True)
        self.file.executemany("INSERT INTO orders (ts, amount) VALUES (?, ?)", rows)
        self.file.execute("COMMIT")
        self.database = cd.database(f"sqlite:///{folder}/shop.db")
        self.press = cd.channel("press")

    def paged(self) -> Query:
        return self.database.query(PAGED, cursor="id", time="ts", every="5s", keep="14d", limit=50_000)

    def changeable(self, every: str = "5s") -> Query:
        """Of rows that may be changed in place, of which little is held."""
        held = f"SELECT ts, amount FROM orders WHERE ts > {NOW - 100_000:.0f}"
        return self.database.query(held, time="ts", every=every, past="SELECT * FROM orders")

    def screen(self, orders: Query, window: str = "1d") -> cd.DashboardScreen:
        @cd.screen("Shop")
        def shop(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
            line = cd.splice(history=orders.series("amount"), live=self.press.series("amount"))
            ui.line("Amount", line, window=window)

        return shop

    def feed(self, x: float, y: float) -> None:
        self.press.send(cd.ChartDataUpdated.point("amount", x, y))


class Disk:
    """Reads of the past, counted, which fail while it is broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_broken = False
        self.num_reads = 0
        for name in ("read", "read_rows"):
            monkeypatch.setattr(PastReader, name, self._steered(getattr(PastReader, name)))

    def _steered(self, read: Callable[..., object]) -> Callable[..., object]:
        def steered(*arguments: object) -> object:
            self.num_reads += 1
            if self.is_broken:
                raise OutsideError("the disk is gone")
            return read(*arguments)

        return steered


def assert_shown(viewer: HeadlessViewer, points: Points, x0: float, x1: float) -> None:
    """The viewer has the buckets of all points in a range, with their least and greatest values."""
    held = viewer.series("amount")
    assert held is not None
    whole = buckets_of(points, held.k, id_of(x0, held.k), id_of(x1, held.k))
    shown = (held.ids >= id_of(x0, held.k)) & (held.ids <= id_of(x1, held.k))
    np.testing.assert_array_equal(held.ids[shown], whole.ids)
    np.testing.assert_allclose(held.min[shown], whole.min, rtol=1e-6)
    np.testing.assert_allclose(held.max[shown], whole.max, rtol=1e-6)


def look(live: LiveScreen, viewer: HeadlessViewer, x0: float, x1: float, secs: float = 2.0) -> None:
    viewer.zoom("amount", x0, x1)
    live.advance(secs)


def slowly(reads: list[float], monkeypatch: pytest.MonkeyPatch, secs: float = 3.0) -> None:
    """Each read of the past takes a while; ``reads`` says where they begin."""
    read = PastReader.read

    def slow(self: PastReader, low_x: float, high_x: float, width: float, max_buckets: int) -> object:
        reads.append(low_x)
        try:
            return Later(secs, read(self, low_x, high_x, width, max_buckets))
        except OutsideError as error:
            return Later(secs, error)

    monkeypatch.setattr(PastReader, "read", slow)
    monkeypatch.setattr("cadran.frames.pasts._read", _read_slowly)
    read_rows = pasts._read_rows

    def slow_rows(reader: PastReader, place: Place, read_to: float) -> object:
        reads.append(pasts.range_to_read(place, read_to)[0])
        return Later(secs, read_rows(reader, place, read_to))

    monkeypatch.setattr("cadran.frames.pasts._read_rows", slow_rows)


def _read_slowly(reader: PastReader, place: Place, read_to: float) -> object:
    found: object = reader.read(*pasts.range_to_read(place, read_to))
    assert isinstance(found, Later)
    if isinstance(found.value, BaseException):
        return found
    return Later(found.secs, pasts.rows_of(found.value, place))  # type: ignore[arg-type]


def filled_one_after_the_other(shop: Shop, found: Pasts, read: PastRead) -> list[bool]:
    """Read this of five pasts, each looked at a second after the one before; return of which something is kept."""
    kept = []
    for number in range(5):
        query = shop.database.query(PAGED, cursor="id", time="ts", every="5s", keep="14d")
        past = found.of(PastOf(query, "ts", "amount"))
        kept.append((past, DeepColumns(past)))
        past.reach(10, 0.0, 100.0, NOW, float(number))
        (job,) = found.start(float(number))
        found.finish(JobDone(job, value=read), lambda: 1, Instant(float(number), NOW))
    return [past.blocks.num_bytes > 0 for past, _ in kept]

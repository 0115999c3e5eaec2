"""A drain in portions: what came all at once lands in steps, none of which holds the engine's loop for long.

Each portion is what its sender might have sent, and lands as such: with an S of its own, and whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from cadran.channel import Drained, Handful, PointsLanded, Taken
from cadran.channel.series_backlog import SeriesBacklog
from cadran.readable import Floats
from cadran.store import Key, SeriesColumns, Store, num_left_of, num_same_of

WORK_PER_STEP = 2_000
"""How much lands in one step, in about so many microseconds."""
WORK_PER_PORTION = WORK_PER_STEP // 4
KPI_WORK = 4
SERIES_WORK = 20
CHUNK_WORK = 5
"""For each chunk that late points fall into, or that new ones make."""
COPIED_PER_WORK = 100
"""So many points of short batches are put together and then copied into the tail."""
POINTS_PER_CHUNK = 16_384
"""A chunk has more, but for a few."""
POINTS_MAX = 4_000_000
"""A longer block that comes behind all others lands in parts."""
COMPARED_PER_WORK = 500
"""So many points are compared with those that are there."""
COMPARED_CHUNKS = 8
SORTED_PER_WORK = 10
"""So many points are sorted."""
UNSORTED_MAX = 4_096
"""So many points are sorted at a time."""
LATE_MAX = 32_768
LATE_SPAN = 80 * POINTS_PER_CHUNK
"""Late points that land at a time lie among so many others: they fall into few chunks."""


class Portion(NamedTuple):
    """A part of a drain, and about how much work it is to land it."""

    drained: Drained
    work: int


def work_of_handful(handful: Handful) -> int:
    """Return how much work it is to land all of it, behind all that is there; 0 where it is too much for one step."""
    work = KPI_WORK * len(handful.values) + (SERIES_WORK + CHUNK_WORK) * len(handful.batches)
    return work if work <= WORK_PER_STEP // 2 else 0


def portions_of(source: str, taken: Taken, store: Store) -> Iterator[Portion]:
    """Cut what a channel gave into portions, in the order in which they land.

    The next one depends on what the store has by then: ask for it once the last one has landed.
    """
    total = _work_of(source, taken, store)
    if total <= WORK_PER_STEP // 2:
        yield Portion(taken.whole(), total)
        return
    kpis = taken.kpis()
    while part := dict(islice(kpis, WORK_PER_PORTION // KPI_WORK)):
        yield Portion(Drained(kpis=part), KPI_WORK * len(part))
    together: dict[str, PointsLanded] = {}
    work = 0
    for name, waiting in taken.series():
        key = Key(source, "series", name)
        its_work = _work_of_series(waiting, store.series(key))
        if together and work + its_work > WORK_PER_PORTION:
            yield Portion(Drained(points=together), work)
            together, work = {}, 0
        points = waiting.landed()
        if its_work <= WORK_PER_PORTION:
            together[name] = points
            work += its_work
            continue
        for part_of_one, its_work in _parts_of(key, points, store):
            yield Portion(Drained(points={name: part_of_one} if part_of_one is not None else {}), its_work)
    if together:
        yield Portion(Drained(points=together), work)
    for name, table in taken.tables():
        yield Portion(Drained(tables={name: table}), WORK_PER_PORTION)


def _work_of(source: str, taken: Taken, store: Store) -> int:
    """How much work it is to land all of it, as far as that is known at a glance."""
    work = KPI_WORK * taken.num_kpis + SERIES_WORK * taken.num_series
    there = store.series_of(source)
    for name, waiting in taken.series():
        if work > WORK_PER_STEP:
            break
        series = there.get(name)
        last_x = None if series is None else series.last_x
        if last_x is not None and waiting.is_behind(last_x) and waiting.num_chunk_points < POINTS_PER_CHUNK:
            work += CHUNK_WORK  # as most do; the same as a closer look would give
        else:
            work += _work_of_series(waiting, series) - SERIES_WORK
    return work


def _work_of_series(waiting: SeriesBacklog, series: SeriesColumns | None) -> int:
    """How much work the points of one series are at most: as if each late one were in another chunk."""
    num_points = waiting.num_points
    if waiting.replace or waiting.x == "free":
        return SERIES_WORK + num_points // COMPARED_PER_WORK
    work = SERIES_WORK + waiting.num_loose_points // COPIED_PER_WORK
    work += 0 if waiting.is_sorted else num_points // SORTED_PER_WORK
    num_chunks = 1 + num_points // POINTS_PER_CHUNK
    if series is not None and series.num_in_tail and num_points >= POINTS_PER_CHUNK:
        work += num_points // COPIED_PER_WORK  # what the tail holds becomes the beginning of a chunk with them
    last_x = None if series is None else series.last_x
    if series is not None and last_x is not None and waiting.first_x < last_x:
        num_chunks = min(num_points, num_chunks + len(series) // POINTS_PER_CHUNK)
    return work + CHUNK_WORK * num_chunks


def _parts_of(key: Key, points: PointsLanded, store: Store) -> Iterator[tuple[PointsLanded | None, int]]:
    """Cut the points of one series. What takes the place of all that was there is compared in portions, for which
    nothing lands, and then lands whole."""
    if points.replace or points.x == "free":
        series = store.series(key)
        if series is not None and points.is_sorted and len(points.blocks) == 1:
            old, found = series.snapshot(), [0]
            xs, ys = points.blocks[0]
            kept = slice(num_left_of(old, xs), None)
            for num_same in num_same_of(old, xs[kept], ys[kept]):
                found.append(num_same)
                if len(found) % COMPARED_CHUNKS == 0:
                    yield None, WORK_PER_PORTION
            if series.snapshot() is old:  # what is kept of it may have become less meanwhile
                points = points._replace(num_same=found[-1])
        yield points, WORK_PER_PORTION
        return
    for xs, ys in _ascending(points):
        start = 0
        while start < xs.size:
            series = store.series(key)
            num = POINTS_MAX if series is None else _num_at_once(series, xs[start:])
            is_all = not start and num >= xs.size
            part = (xs, ys) if is_all else (xs[start : start + num], ys[start : start + num])
            start += num
            num_chunks = min(part[0].size, LATE_SPAN // POINTS_PER_CHUNK)
            yield PointsLanded((part,), False, points.x, is_sorted=True), SERIES_WORK + CHUNK_WORK * num_chunks


def _ascending(points: PointsLanded) -> Iterator[tuple[Floats, Floats]]:
    """Yield the blocks of a series in the order of arrival, each in ascending x."""
    for xs, ys in points.blocks:
        if points.is_sorted or bool((xs[1:] >= xs[:-1]).all()):
            yield xs, ys
            continue
        for start in range(0, xs.size, UNSORTED_MAX):
            part = slice(start, start + UNSORTED_MAX)
            order = xs[part].argsort(kind="stable")
            yield xs[part][order], ys[part][order]


def _num_at_once(series: SeriesColumns, xs: Floats) -> int:
    """Return how many of these points, in ascending x, may land in one portion."""
    last_x = series.last_x
    if last_x is None or xs[0] >= last_x:
        return POINTS_MAX
    snapshot = series.snapshot()
    stop = snapshot.count(float(xs[0]), "left") + LATE_SPAN
    num = LATE_MAX if stop >= len(snapshot) else int(xs[:LATE_MAX].searchsorted(snapshot.x_at(stop), "left"))
    return max(1, num)

"""W4: updates made, sent, drained and landed in the store, beside a deque and an array."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np

import cadran as cd
from bench.client_sends import add_client_sends
from bench.plan import Plan, say
from bench.processes import peer_child
from bench.results import FLOOR, Recorder
from cadran.store import SeriesColumns, Store, level_for

NUMBER = "W4"
TITLE = "Sends"
NOTE = """
Made, sent, drained 30 times a second, and landed in the store, with every one counted at the end; wall time, so that
16 threads share what one interpreter gives. The channel's bound is raised so that none is dropped. Floors: ready
tuples appended to a deque and popped from it; batches copied into an array that is large enough from the start. Peers
have no such channel: theirs is their data structure alone, nothing attached, in their own environment. All but peers,
who keep less, run once before without being measured: a system takes several times as long over memory that a process
has never had before as over memory that it gave back. *Levels*: the first view of the whole of a fresh series, which
catches up with its levels, less a second such view. *Client*: what `cadran.connect` sends from another process over
loopback, until the server's store holds all of it; its floor posts as many bytes in as many requests to a server that
reads and answers them, and nothing else. *Server away*: by how much a client grows that sends ten million points to
nobody; it holds 100,000 of them, and counts the others as dropped.
"""
DRAIN_SECS = 1 / 30
BATCH = 1_000
KPIS, POINTS, BATCHES = "KpiUpdated", "ChartDataUpdated.point", "batches of 1,000"
TIMEOUT_SECS = 60.0
STRUCTURES_SECS = 120.0
LEVELS = "levels caught up"
VIEW_PX = 1_500

Send = Callable[[int, int], None]
"""Sends a number of updates from the thread of a number."""


class Case(NamedTuple):
    """One form of sending."""

    name: str
    unit: str
    num_updates: int
    per_update: int
    send: Callable[[cd.Channel], Send]
    floor: Callable[[int], float]
    """Gives the seconds that the floor takes with a number of threads."""


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran and the floor with 1 and 16 threads, then the levels, then the peers' structures."""
    share = 8 if plan.is_quick else 1
    for case in _cases(share):
        _cadran_secs(case, 1)
        case.floor(1)
    for repeat in range(plan.repeats):
        for case in _cases(share):
            for num_threads in (1, 16):
                name = f"{case.name}, {num_threads} thread{'s' if num_threads > 1 else ''}"
                say(f"W4: {name}, {repeat + 1} of {plan.repeats}")
                num = case.num_updates // num_threads * num_threads * case.per_update
                recorder.add(name, "cadran", repeat, "landed", case.unit, num / _cadran_secs(case, num_threads) / 1e6)
                recorder.add(name, FLOOR, repeat, "landed", case.unit, num / case.floor(num_threads) / 1e6)
        say(f"W4: {LEVELS}, {repeat + 1} of {plan.repeats}")
        recorder.add(LEVELS, "cadran", repeat, "caught up", "M points/s", _levels(10_000_000 // share) / 1e6)
        add_client_sends(repeat, share, recorder)
    for name in plan.peers_in(NUMBER):
        say(f"W4: {name}")
        _add_structures(name, share, recorder)


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * (10.0 if plan.is_quick else 40.0) + 20.0 * len(plan.peers_in(NUMBER))


def _add_structures(peer: str, share: int, recorder: Recorder) -> None:
    try:
        with peer_child(peer, "structures.py", str(40_000 // share), str(1_000 // share)) as child:
            while not (line := child.line(STRUCTURES_SECS)).startswith("{"):
                continue  # a banner
    except (TimeoutError, RuntimeError) as error:
        say(f"W4: {peer}: failed ({error})")
        recorder.fail(f"{POINTS}, 1 thread", peer, str(error))
        return
    found = msgspec.json.decode(line, type=dict[str, float])
    recorder.add(f"{POINTS}, 1 thread", peer, 0, "landed", "M points/s", found["singles"] / 1e6)
    recorder.add(f"{BATCHES}, 1 thread", peer, 0, "landed", "M points/s", found["batches"] / 1e6)


def _levels(num_points: int) -> float:
    """Return the points a second that a first view of everything takes in."""
    series, batch = SeriesColumns(), 1_000_000
    for start in range(0, num_points, batch):
        xs = np.arange(start, start + min(batch, num_points - start)) / 1_000.0
        series.extend(xs, np.sin(xs), s=1, is_sorted=True)
    last_x = float(series.last_x or 0.0)
    k = level_for(last_x, VIEW_PX, last_x)
    spent: list[float] = []
    for _ in range(2):
        began = time.perf_counter()
        series.view(k, 0.0)
        spent.append(time.perf_counter() - began)
    return num_points / max(1e-9, spent[0] - spent[1])


def _cases(share: int) -> tuple[Case, ...]:
    num_singles, num_batches = 400_000 // share, 16_000 // share
    return (
        Case(KPIS, "M updates/s", num_singles, 1, _kpis, partial(_deque_secs, num_singles)),
        Case(POINTS, "M points/s", num_singles, 1, _points, partial(_deque_secs, num_singles)),
        Case(BATCHES, "M points/s", num_batches, BATCH, _batches, partial(_array_secs, num_batches)),
    )


def _kpis(channel: cd.Channel) -> Send:
    def send(num: int, thread: int) -> None:
        key = f"kpi{thread}"
        for i in range(num):
            channel.send(cd.KpiUpdated(key, i * 0.5))

    return send


def _points(channel: cd.Channel) -> Send:
    def send(num: int, thread: int) -> None:
        series = f"series{thread}"
        for i in range(num):
            channel.send(cd.ChartDataUpdated.point(series, i * 0.01, i * 0.5))

    return send


def _batches(channel: cd.Channel) -> Send:
    xs = np.arange(BATCH * 16_000) * 0.001
    ys = np.sin(xs)

    def send(num: int, thread: int) -> None:
        series = f"series{thread}"
        for start in range(0, num * BATCH, BATCH):
            channel.send(cd.ChartDataUpdated.xy(series, xs[start : start + BATCH], ys[start : start + BATCH]))

    return send


def _cadran_secs(case: Case, num_threads: int) -> float:
    channel, store = cd.channel("bench", keep=None, max_items=20_000_000, max_bytes=2**30), Store()
    num_landed = 0

    def drain() -> None:
        nonlocal num_landed
        drained = channel.drain()
        store.apply(channel.id, drained, now_wall=0.0, keep_secs=None)
        num_landed += drained.num_updates

    secs = timed(case.send(channel), case.num_updates, num_threads, drain)
    counts = channel.statistics()
    wanted = case.num_updates // num_threads * num_threads
    if num_landed != wanted or counts.num_dropped_points or counts.num_dropped_states:
        raise RuntimeError(f"{case.name}: sent {wanted}, landed {num_landed}: {counts}")
    return secs


def _deque_secs(num: int, num_threads: int) -> float:
    queue: deque[tuple[str, float, float]] = deque()
    item = ("series", 1.0, 2.0)

    def send(num_items: int, thread: int) -> None:
        append = queue.append
        for _ in range(num_items):
            append(item)

    def drain() -> None:
        popleft = queue.popleft
        for _ in range(len(queue)):
            popleft()

    return timed(send, num, num_threads, drain)


def _array_secs(num: int, num_threads: int) -> float:
    xs, ys = np.arange(BATCH, dtype=np.float64), np.ones(BATCH)
    room = np.zeros((2, num * BATCH))

    def send(num_items: int, thread: int) -> None:
        first = thread * num_items * BATCH
        for start in range(first, first + num_items * BATCH, BATCH):
            room[0, start : start + BATCH] = xs
            room[1, start : start + BATCH] = ys

    return timed(send, num, num_threads, lambda: None)


def timed(send: Send, num: int, num_threads: int, drain: Callable[[], None]) -> float:
    """Return the seconds until all that the threads send is drained. Raises ``TimeoutError`` after a minute."""
    share = num // num_threads
    threads = [threading.Thread(target=send, args=(share, i), daemon=True) for i in range(num_threads)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(DRAIN_SECS)
            drain()
            if time.perf_counter() - began > TIMEOUT_SECS:
                raise TimeoutError(f"{num} updates were not sent within {TIMEOUT_SECS:g} s")
    drain()
    return time.perf_counter() - began

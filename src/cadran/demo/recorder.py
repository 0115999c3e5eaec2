"""Once a second: samples, processes and events into the database. Trouble there never reaches the live half."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence

from cadran.channel import Sender, Stop
from cadran.demo.events import Events
from cadran.demo.history import SAMPLE_COLUMNS, Event, History, is_damage
from cadran.demo.place import Place, WriterLock, make_folder, remove_temporary
from cadran.demo.processes import Look, ProcessWatch
from cadran.demo.sampler import Sample
from cadran.errors import OutsideError
from cadran.updates import ChartDataUpdated, KpiUpdated

log = logging.getLogger("cadran")

EVERY_SECS = 1.0
PRUNE_SECS = 60.0
RETRY_SECS = 5.0
PROCESSES_KEPT = 60
Row = tuple[float, Sequence[float | None]]
ON, OTHER = "On", "By another demo"


class Recorder:
    """Takes what the sampler left and writes it. ``tick`` is called once a second by its thread."""

    def __init__(
        self,
        place: Place,
        samples: deque[Sample],
        *,
        watch: ProcessWatch | None = None,
        temperature: Callable[[], float | None] | None = None,
    ) -> None:
        self._place = place
        self._samples = samples
        self._watch = watch or ProcessWatch()
        self._temperature = temperature
        self._lock = WriterLock(place.path)
        self._history: History | None = None
        self._retry_at = self._prune_at = float("-inf")
        self._held: list[Sample] = []  # of the second that is not over yet
        self._seconds: deque[Row] = deque(maxlen=600)
        self._events: deque[Event] = deque(maxlen=200)
        self._noticing = Events()
        self.state = "Starting"

    def tick(self, mono: float, wall: float) -> list[KpiUpdated | ChartDataUpdated]:
        """Do what is due and return what the screen should know."""
        is_open = self._is_open(mono, wall)  # first: the screen may be waiting for the file
        degrees = self._temperature() if self._temperature is not None else None
        for row in self._whole_seconds(degrees):
            self._seconds.append(row)
            self._events.extend(self._noticing.of_second(*row))
        look = self._watch.look(mono) if mono >= self._watch.due else None
        if look is not None:
            self._events.extend(self._noticing.of_look(wall, look))
        if is_open:
            self._write(mono, wall, look)
        updates: list[KpiUpdated | ChartDataUpdated] = [KpiUpdated("recording", self.state)]
        if look is not None:
            updates.append(KpiUpdated("processes", len(look.running)))
            updates.append(ChartDataUpdated.point("processes", wall, len(look.running)))
        if self._temperature is not None:
            updates.append(KpiUpdated("temperature", degrees))
            updates.append(ChartDataUpdated.point("temperature", wall, degrees))
        return updates

    def close(self) -> None:
        """Close the file; one in a temporary place goes."""
        self._let_go(float("inf"))
        self._lock.give_back()
        if self._place.is_temporary:
            remove_temporary(self._place.path)

    def _whole_seconds(self, degrees: float | None) -> list[Row]:
        while self._samples:
            self._held.append(self._samples.popleft())
        rows: list[Row] = []
        while self._held and int(self._held[-1][0]) != int(self._held[0][0]):
            second = int(self._held[0][0])
            num = next(i for i, (ts, _) in enumerate(self._held) if int(ts) != second)
            rows.append((second, means_of([values for _, values in self._held[:num]], degrees)))
            del self._held[:num]
        return rows

    def _is_open(self, mono: float, wall: float) -> bool:
        if self._history is not None and not self._place.path.exists():  # somebody emptied the cache
            self._let_go(mono)
        if self._history is None and mono >= self._retry_at:
            try:
                make_folder(self._place.path)
                if self._lock.take():
                    self._history = History(self._place.path, wall)
                    self.state = ON
                else:
                    self.state = OTHER  # it sees the same machine: its rows are as good as ours
                    self._seconds.clear()
                    self._events.clear()
            except (sqlite3.Error, OSError, OutsideError) as problem:
                self._failed(problem)
            self._retry_at = mono + RETRY_SECS
        return self._history is not None

    def _write(self, mono: float, wall: float, look: Look | None) -> None:
        assert self._history is not None
        processes = None
        if look is not None:
            by_cpu = sorted(look.running, key=lambda one: (-one.cpu, -one.memory))[:PROCESSES_KEPT]
            by_memory = sorted(look.running, key=lambda one: -one.memory)[:PROCESSES_KEPT]
            processes = list(dict.fromkeys(by_cpu + by_memory))
        try:
            self._history.write(wall, self._seconds, processes, look.secs_by_name if look else None, self._events)
            self._seconds.clear()
            self._events.clear()
            if mono >= self._prune_at:
                self._history.prune(wall)
                self._prune_at = mono + PRUNE_SECS
            self.state = ON
        except sqlite3.Error as problem:
            self._failed(problem)
            if is_damage(problem):
                self._let_go(mono)  # opened again, it is moved aside

    def _let_go(self, mono: float) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None
        self._retry_at = mono

    def _failed(self, problem: Exception) -> None:
        state = f"Paused: {problem}"
        if state != self.state:
            log.warning("the demonstration does not record: %s", problem)
        self.state = state


def means_of(samples: list[dict[str, float | None]], degrees: float | None) -> list[float | None]:
    """Return one row of the database: the means of a second's samples, and the processor's peak."""
    row: list[float | None] = []
    for name in SAMPLE_COLUMNS:
        numbers = [value for values in samples if (value := values.get(name.removesuffix("_peak"))) is not None]
        if name == "temperature":
            row.append(degrees)
        elif not numbers:
            row.append(None)
        else:
            row.append(max(numbers) if name.endswith("_peak") else round(sum(numbers) / len(numbers), 2))
    return row


def record(
    send: Sender,
    stop: Stop,
    recorder: Recorder,
    *,
    mono: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> None:
    """Record until stopped."""
    try:
        while True:
            send(*recorder.tick(mono(), wall()))
            if stop.wait(EVERY_SECS):
                return
    finally:
        recorder.close()

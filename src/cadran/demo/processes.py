"""The processes of this machine, without their arguments: those hold secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import psutil

LEAST_SECS = 3.0
COST_SHARE = 0.01
"""Looking takes at most this share of the time: on a machine with thousands of processes it is done less often."""


class Running(NamedTuple):
    """A process at one moment."""

    pid: int
    started: float
    name: str
    cpu: float
    """Per cent of one core since the last look."""
    memory: float
    """Resident bytes."""
    cpu_secs: float
    """Processor time since it started."""


@dataclass(frozen=True, slots=True)
class Look:
    """All processes at one moment, and what happened since the last look."""

    running: tuple[Running, ...]
    began: tuple[Running, ...]
    """Seen twice by now: what comes and goes between two looks is not worth a line."""
    ended: tuple[Running, ...]
    secs_by_name: dict[str, float]
    """Processor time since the last look, by program."""


class ProcessWatch:
    """Looks at all processes from time to time, and compares."""

    def __init__(self, read: Callable[[], Iterable[tuple[int, float, str, float, float]]] | None = None) -> None:
        self._read = read or read_processes
        self._held: dict[tuple[int, float], Running] = {}
        self._known: dict[tuple[int, float], None] = {}
        self._looked_at: float | None = None
        self.due = 0.0

    def look(self, mono: float, cost_clock: Callable[[], float] = time.thread_time) -> Look:
        """Look now; ``due`` then says when it is worth it again."""
        begun = cost_clock()
        is_first = self._looked_at is None
        elapsed = 0.0 if self._looked_at is None else max(1e-3, mono - self._looked_at)
        held: dict[tuple[int, float], Running] = {}
        secs_by_name: dict[str, float] = {}
        for pid, started, name, cpu_secs, memory in self._read():
            before = self._held.get((pid, started))
            # One that is new spent all its time since the last look.
            spent = 0.0 if is_first else max(0.0, cpu_secs - (before.cpu_secs if before else 0.0))
            cpu = round(100.0 * spent / elapsed, 1) if elapsed else 0.0
            held[pid, started] = Running(pid, started, name, cpu, memory, cpu_secs)
            if spent > 0:
                secs_by_name[name] = secs_by_name.get(name, 0.0) + spent
        known = dict.fromkeys(held) if is_first else self._known
        began = {key: one for key, one in held.items() if key in self._held and key not in known}
        ended = {key: self._held[key] for key in known if key not in held}
        self._known = {key: None for key in (*known, *began) if key in held}
        self._held, self._looked_at = held, mono
        self.due = mono + max(LEAST_SECS, (cost_clock() - begun) / COST_SHARE)
        return Look(tuple(held.values()), tuple(began.values()), tuple(ended.values()), secs_by_name)


def read_processes() -> Iterable[tuple[int, float, str, float, float]]:
    """Yield pid, start, name, processor seconds and resident bytes of each process that may be read."""
    for process in psutil.process_iter():
        try:
            with process.oneshot():
                times = process.cpu_times()
                memory = float(process.memory_info().rss)
                if memory <= 0:  # the kernel's own, and those that just ended
                    continue
                name = process.name() or f"process {process.pid}"
                yield process.pid, round(process.create_time(), 2), name, times.user + times.system, memory
        except (psutil.Error, OSError):
            continue

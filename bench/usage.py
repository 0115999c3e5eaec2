"""CPU and memory of processes, as the kernel counts them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

import psutil

MB = 1e6


class CpuMeter:
    """Seconds of CPU, user and system, of some processes; those that end keep what they had used.

    The kernel's run time of each thread is exact but forgets threads that ended; the ticks of a process forget
    nothing and count in 10 ms. The greater of both is right.
    """

    def __init__(self, find: Callable[[], Iterable[psutil.Process]]) -> None:
        self._find = find
        self._ticks: dict[int, float] = {}
        self._threads: dict[str, float] = {}
        self._began_mono = 0.0
        self._began = (0.0, 0.0)

    @classmethod
    def of(cls, pid: int) -> Self:
        """Measure one process and all that it started."""
        process = psutil.Process(pid)
        return cls(lambda: tree_of(process))

    def start(self) -> None:
        """Begin a window."""
        self._began, self._began_mono = self._used(), time.monotonic()

    def cores(self) -> float:
        """Return the cores used since ``start``: 1.0 is one core, all the time."""
        used, secs = self._used(), time.monotonic() - self._began_mono
        in_ticks, in_threads = (now - before for now, before in zip(used, self._began, strict=True))
        return (in_threads if in_threads and in_ticks < in_threads + 0.05 else in_ticks) / secs

    def _used(self) -> tuple[float, float]:
        for process in self._find():
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue  # it has just ended
            self._ticks[process.pid] = times.user + times.system
            self._threads |= _thread_secs(process.pid)
        return sum(self._ticks.values()), sum(self._threads.values())


def _thread_secs(pid: int) -> dict[str, float]:
    """Return the run time of each thread, by its place in /proc; nothing where the kernel does not say."""
    found: dict[str, float] = {}
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            found[str(file)] = int(file.read_text().split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            continue  # it has just ended
    return found


def tree_of(process: psutil.Process) -> list[psutil.Process]:
    """Return a process and all that it started."""
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def rss_mb(processes: Iterable[psutil.Process]) -> float:
    """Return the megabytes that are resident; pages that two share count twice."""
    total = 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue  # it has just ended
    return total / MB


def pss_mb(processes: Iterable[psutil.Process]) -> float:
    """Return the megabytes that are resident, each shared page by its share; 0 where the kernel does not say."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has just ended, or is not ours
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total / MB

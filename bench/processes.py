"""The bench's child processes: started, measured, and always stopped."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import psutil

from bench.contender import Tally
from bench.load import Load

ROOT = Path(__file__).parents[1]
READY_SECS = 30.0
ANSWER_SECS = 10.0
STOP_SECS = 5.0


class Child:
    """A process that answers with lines. Use as a context manager."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "bench.child", *arguments]
        self._what = " ".join(arguments[:2])
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: deque[str] = deque(maxlen=1_000)
        self._num_said = threading.Semaphore(0)
        threading.Thread(target=self._read, daemon=True).start()
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()  # its sign to end
            self._process.wait(STOP_SECS)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(STOP_SECS)

    def line(self, timeout_secs: float) -> str:
        """Return its next line. Raises ``TimeoutError`` if none comes, ``RuntimeError`` if it has ended."""
        if not self._num_said.acquire(timeout=timeout_secs):
            raise TimeoutError(f"{self._what} said nothing for {timeout_secs:g} s")
        line = self._lines.popleft()
        if not line:
            raise RuntimeError(f"{self._what} ended by itself with {self._process.wait(STOP_SECS)}")
        return line

    def tell(self, line: str) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in itertools.chain(self._process.stdout, [""]):
            self._lines.append(line.strip())
            self._num_said.release()


class ServerChild(Child):
    """A contender's server; ``url`` is its page."""

    def __init__(self, contender: str, load: Load) -> None:
        super().__init__("serve", contender, msgspec.json.encode(load).decode())
        try:
            self.url = self.line(READY_SECS).removeprefix("ready ")
        except BaseException:
            self.__exit__(None, None, None)
            raise


class WatchChild(Child):
    """Some viewers without a browser, in a process of their own; returns once all have a picture."""

    def __init__(self, contender: str, url: str, num_viewers: int) -> None:
        super().__init__("watch", contender, url, str(num_viewers))
        try:
            until = time.monotonic() + READY_SECS
            while self.tally().num_open < num_viewers:
                if time.monotonic() > until:
                    raise TimeoutError(f"not all of {num_viewers} viewers got a picture within {READY_SECS:g} s")
                time.sleep(0.1)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def tally(self) -> Tally:
        """What they received so far."""
        self.tell("tally")
        return msgspec.json.decode(self.line(ANSWER_SECS), type=Tally)


class CpuMeter:
    """Seconds of CPU, user and system, of some processes; those that end keep what they had used."""

    def __init__(self, find: Callable[[], Iterable[psutil.Process]]) -> None:
        self._find = find
        self._secs: dict[int, float] = {}
        self._began_mono = 0.0
        self._began = 0.0

    @classmethod
    def of(cls, pid: int) -> Self:
        """Measure one process."""
        process = psutil.Process(pid)
        return cls(lambda: [process])

    def start(self) -> None:
        """Begin a window."""
        self._began, self._began_mono = self._used(), time.monotonic()

    def cores(self) -> float:
        """Return the cores used since ``start``: 1.0 is one core, all the time."""
        return (self._used() - self._began) / (time.monotonic() - self._began_mono)

    def _used(self) -> float:
        for process in self._find():
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue  # it has just ended
            self._secs[process.pid] = times.user + times.system
        return sum(self._secs.values())

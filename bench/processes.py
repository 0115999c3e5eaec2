"""The bench's child processes: started, asked, and always stopped."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from bench.contender import PEERS, Tally, peer_names
from bench.environments import python_of
from bench.load import Load
from bench.plan import LIFE_SECS

ROOT = Path(__file__).parents[1]
LOGS = Path(__file__).parent / "results" / "logs"
READY_SECS = 30.0
PEER_READY_SECS = 60.0
"""A peer may hold a history, and start slowly."""
VIEWER_SECS = 0.05
"""How much longer each viewer may take."""
ANSWER_SECS = 10.0
STOP_SECS = 5.0


class Child:
    """A process that answers with lines, in a process group of its own. Use as a context manager."""

    def __init__(self, what: str, command: Sequence[str], environment: Mapping[str, str], log: Path | None) -> None:
        self._what = what
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
        with open(log or os.devnull, "ab") as errors:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors if log is not None else None,
                text=True,
                start_new_session=True,
            )
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
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.stdin.close()  # its sign to end
            self._process.wait(STOP_SECS)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # and what it started
        self._process.wait(STOP_SECS)

    def line(self, timeout_secs: float) -> str:
        """Return its next line. Raises ``TimeoutError`` if none comes, ``RuntimeError`` if it has ended."""
        if not self._num_said.acquire(timeout=timeout_secs):
            raise TimeoutError(f"{self._what} said nothing for {timeout_secs:g} s")
        line = self._lines.popleft()
        if not line:
            raise RuntimeError(f"{self._what} ended by itself with {self._process.wait(STOP_SECS)}")
        return line

    def ask(self, line: str, timeout_secs: float = ANSWER_SECS) -> str:
        """Send it a line and return its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.line(timeout_secs)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in itertools.chain((line for line in said if line.strip()), [""]):
                if len(self._lines) < 1_000:  # more is chatter that nobody asked for
                    self._lines.append(line.strip())
                    self._num_said.release()


def own_child(*arguments: str, life_secs: float = LIFE_SECS) -> Child:
    """Start ``bench.child`` with this interpreter."""
    command = [sys.executable, "-m", "bench.child", *arguments]
    return Child(" ".join(arguments[:2]), command, {"BENCH_LIFE_SECS": f"{life_secs:g}"}, None)


def peer_child(peer: str, script: str, *arguments: str) -> Child:
    """Start a peer's script with its own interpreter; what it says as errors goes to a file."""
    command = [str(python_of(peer)), "-u", str(PEERS / peer / script), *arguments]
    path = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    return Child(f"{peer} {script}", command, path, LOGS / f"{peer}.txt")


class ServerChild:
    """A server of the common screen; ``url`` is its page. Use as a context manager."""

    def __init__(self, name: str, load: Load, *, life_secs: float = LIFE_SECS) -> None:
        is_peer = name in peer_names()
        if is_peer:
            self._child = peer_child(name, "serve.py", load.to_json())
        else:
            self._child = own_child("serve", name, load.to_json(), life_secs=life_secs)
        self.pid = self._child.pid
        until = time.monotonic() + (PEER_READY_SECS if is_peer or load.history_points else READY_SECS)
        try:
            while not (line := self._child.line(until - time.monotonic())).startswith("ready "):
                continue  # a banner
        except BaseException:
            self._child.__exit__(None, None, None)
            raise
        self.url = line.removeprefix("ready ")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._child.__exit__(kind, error, traceback)

    def answer(self, question: str) -> Any:
        """Return what the contender's ``answer`` gives."""
        return msgspec.json.decode(self._child.ask(question))


class WatchChild:
    """Viewers without a browser, in a process of their own; made once all have a picture. A context manager."""

    def __init__(self, contender: str, url: str, num_viewers: int, *, life_secs: float = LIFE_SECS) -> None:
        self._child = own_child("watch", contender, url, str(num_viewers), life_secs=life_secs)
        self.pid = self._child.pid
        try:
            wait_secs = READY_SECS + num_viewers * VIEWER_SECS
            until = time.monotonic() + wait_secs
            while self.tally().num_open < num_viewers:
                if time.monotonic() > until:
                    raise TimeoutError(f"not all of {num_viewers} viewers got a picture within {wait_secs:g} s")
                time.sleep(0.1)
        except BaseException:
            self._child.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._child.__exit__(kind, error, traceback)

    def tally(self) -> Tally:
        """What they received so far, and how late since this was last asked."""
        return msgspec.json.decode(self._child.ask("tally"), type=Tally)

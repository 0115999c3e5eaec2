"""Programs served in a process of their own, and what tests tell and ask them."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).parent
PLANT, MOUNTED = HERE / "plant.py", HERE / "mounted.py"
WAIT_SECS = 60.0

Update = dict[str, Any]
_numbers = itertools.count(1)


def fresh_number() -> float:
    """A value that no test has sent before, with one digit after the point: 1.5, 2.5 …"""
    return next(_numbers) + 0.5


class Served:
    """A script that prints its address once it serves. ``folder`` holds its log, and for the plant what steers it."""

    def __init__(self, script: Path | None, folder: Path, *args: str, env: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._env = {**os.environ, **(env or {})}
        self._command = [sys.executable, *([str(script)] if script else []), *args]
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @classmethod
    def plant(cls, folder: Path, port: int = 0) -> Self:
        return cls(PLANT, folder, str(port), str(folder))

    def restart(self, port: int) -> None:
        """Start a plant again on a port; it knows nothing of what it was told before."""
        self._command[-2] = str(port)
        self.start()

    @property
    def port(self) -> int:
        return int(self.url.split(":")[2].split("/")[0])

    def start(self) -> None:
        """Start, and wait until it serves."""
        with (self.folder / "log").open("a") as log:
            self._process = subprocess.Popen(
                self._command, env=self._env, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = [word for word in line.split() if word.startswith("http://")]
        assert found, f"no address, but {line!r}: {(self.folder / 'log').read_text()}"
        self.url = found[0]

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._end()

    def stop(self) -> None:
        """End it in good order, if it still runs."""
        if self._process is None:
            return
        self._process.terminate()
        self._end()

    def _end(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.wait(WAIT_SECS)
        self._process.stdout.close()
        self._process = None

    # --- what tests tell it ---

    def send(self, channel: str, *updates: Update) -> None:
        """Post updates to a channel."""
        request = urllib.request.Request(
            f"{self.url}api/channels/{channel}",
            json.dumps(updates).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with _opener.open(request, timeout=WAIT_SECS) as answer:
            answer.read()

    def set(self, **values: object) -> None:
        """Give KPIs of ``press`` these values."""
        self.send("press", *(kpi(key, value) for key, value in values.items()))

    def fill(self, series: str, points: list[tuple[float, float]]) -> None:
        """Put these points in the place of all that a series of ``press`` had."""
        self.send("press", chart(series, points, replace=True))

    def add(self, series: str, *points: tuple[float, float]) -> None:
        """Add points to a series of ``press``."""
        self.send("press", chart(series, list(points)))

    # --- what tests ask it ---

    def reads(self, source: str) -> list[float]:
        """The moments at which a source of the plant was read."""
        file = self.folder / f"{source}.reads"
        return [float(line) for line in file.read_text().split()] if file.exists() else []


def kpi(key: str, value: object) -> Update:
    return {"type": "KpiUpdated", "key": key, "value": value}


def chart(series: str, points: Sequence[tuple[float, float | None]], *, replace: bool = False) -> Update:
    return {"type": "ChartDataUpdated", "series": series, "points": list(points), "replace": replace}


def table(name: str, rows: list[dict[str, object]], key: str | None = None) -> Update:
    return {"type": "TableUpdated", "table": name, "rows": rows, "key": key}


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

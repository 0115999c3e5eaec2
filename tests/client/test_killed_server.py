"""F6 for those who send: a real server is killed under a real client, and another takes its place."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import cadran as cd

pytestmark = pytest.mark.slow
WAIT_SECS = 60.0
PROGRAM = """
import os, sys, threading
import cadran as cd
from cadran.server.run import serve

threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()  # it ends with its test

press = cd.channel("press", keep=None)

@cd.metric(press.series("n", x="number"))
def count(points: cd.Points) -> int:
    return len(points.xs)

@cd.metric(press.series("n", x="number"))
def total(points: cd.Points) -> float:
    return float(points.xs.sum())

@cd.screen("Oven")
def oven(ui, tokens):
    ui.kpi("Temperature", press.kpi("temperature"))
    ui.kpi("Count", count)
    ui.kpi("Total", total)

serve(cd.Program([oven]), port=int(os.environ["PORT"]), on_ready=lambda url: print(url, flush=True))
"""


class Server:
    """A server in a process of its own, on the same port each time."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "program.py"
        self._file.write_text(PROGRAM)
        self._port = 0
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        env = {**os.environ, "PORT": str(self._port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = subprocess.Popen(
            [sys.executable, str(self._file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
        )
        self._process = process
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(WAIT_SECS), "the server said nothing"
        self.url = process.stdout.readline().strip()
        assert self.url, "the server ended"
        self._port = int(self.url.rstrip("/").rpartition(":")[2])

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(WAIT_SECS)
            for stream in (self._process.stdin, self._process.stdout):
                assert stream is not None
                stream.close()
            self._process = None

    def shown(self) -> dict[str, Any]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}api/screens/oven", timeout=WAIT_SECS) as answer:
            return {panel["title"]: panel["value"] for panel in json.load(answer)["panels"]}

    def wait_until(self, **expected: float | None) -> None:
        deadline = time.monotonic() + WAIT_SECS
        while (shown := self.shown()) != expected:
            assert time.monotonic() < deadline, shown


def test_f06_a_server_killed_and_started_again_loses_nothing_that_the_client_holds(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        with cd.connect(server.url) as client:
            press = client.channel("press")
            press.send(cd.KpiUpdated("temperature", 81.5))
            press.send(cd.ChartDataUpdated("n", [(float(i), 1.0) for i in range(1_000)], x="number"))
            assert press.flush(WAIT_SECS)
            server.wait_until(Temperature=81.5, Count=1_000, Total=499_500.0)
            server.kill()
            for i in range(1_000, 3_000):
                press.send(cd.ChartDataUpdated.point("n", float(i), 1.0, kind="number"))
            assert not press.flush(0.2)
            server.start()
            assert press.flush(WAIT_SECS)
            server.wait_until(Temperature=81.5, Count=2_000, Total=sum(range(1_000, 3_000)))
            counts = press.statistics()
            assert (counts.num_sent, counts.num_accepted, counts.num_restarts) == (3_001, 3_001, 1)
            assert counts.num_dropped == counts.num_refused == 0
    finally:
        server.kill()


def test_f06_killed_at_any_moment_what_was_not_acknowledged_arrives_once(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        with cd.connect(server.url) as client:
            press = client.channel("press", max_items=10_000_000, max_bytes=2**30)
            number = 0
            for _ in range(3):
                accepted = press.statistics().num_accepted
                while press.statistics().num_accepted < accepted + 2_000:  # in the midst of its requests
                    for _ in range(50):
                        press.send(cd.ChartDataUpdated.point("n", float(number), 1.0, kind="number"))
                        number += 1
                server.kill()
                press.send(cd.ChartDataUpdated.point("n", float(number), 1.0, kind="number"))
                number += 1
                deadline = time.monotonic() + WAIT_SECS
                while press.statistics().last_error is None:  # then no answer of that server is still on its way
                    assert time.monotonic() < deadline
                held_from = press.statistics().num_accepted
                server.start()
            press.send(cd.ChartDataUpdated.point("n", float(number), 1.0, kind="number"))
            assert press.flush(WAIT_SECS)
            expected = range(held_from, number + 1)
            server.wait_until(Temperature=None, Count=len(expected), Total=sum(expected))
    finally:
        server.kill()

"""What measuring itself costs: the accounts that are always kept, and the questions of a page with ``?debug``."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.processes import ServerChild, WatchChild
from bench.results import CADRAN, Recorder
from bench.usage import CpuMeter
from bench.workloads.w1_lines import Case

CASE = str(Case(1_000, 10.0))
DEBUG, ACCOUNTS = "?debug", "accounts"
ASKED_EVERY_SECS = 1.0
"""As the page asks while its view of costs is open."""
TURNS = 4
"""In each repeat: a process as it is, asked, and without accounts, one after the other."""


def own(what: str) -> str:
    """Return the name of a measure, in % of a core."""
    return f"{what}, own cost"


def share(what: str) -> str:
    """Return the name of a measure, in % of what the server uses without it."""
    return f"{what}, of the server's CPU"


def measure_own_cost(plan: Plan, recorder: Recorder) -> None:
    """Record what the same server uses as it is, asked, and without accounts, in turns."""
    load = Load(began=plan.began, points_per_sec=1_000, updates_per_sec=10.0)
    with (
        ServerChild(CADRAN, load, life_secs=plan.life_secs) as server,
        WatchChild(CADRAN, server.url, 1, life_secs=plan.life_secs),
    ):
        watch_for(4 * plan.settle_secs)
        for turn in range(plan.repeats * TURNS):
            say(f"W9: what measuring costs, {turn + 1} of {plan.repeats * TURNS}")
            plain = _cores(server, plan)
            with asking(server.url):
                asked = _cores(server, plan)
            server.answer("accounts off")
            without = _cores(server, plan)
            server.answer("accounts on")
            for measure, unit, value in (
                ("server CPU", "% of a core", 100 * plain),
                (own(DEBUG), "% of a core", 100 * (asked - plain)),
                (share(DEBUG), "%", 100 * (asked - plain) / plain),
                (own(ACCOUNTS), "% of a core", 100 * (plain - without)),
                (share(ACCOUNTS), "%", 100 * (plain - without) / without),
            ):
                recorder.add(CASE, CADRAN, turn, measure, unit, value)


def own_cost_secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return plan.repeats * TURNS * 3 * plan.viewers_secs + 10.0


def _cores(server: ServerChild, plan: Plan) -> float:
    cpu = CpuMeter.of(server.pid)
    cpu.start()
    watch_for(plan.viewers_secs)
    return cpu.cores()


@contextmanager
def asking(url: str) -> Iterator[None]:
    """Ask what the screen costs, once a second over one connection, as a page does."""
    address, stop = urlsplit(url), threading.Event()
    statuses: list[int] = []
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10.0)

    def ask() -> None:
        while True:
            connection.request("GET", "/api/screens/bench/debug")
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
            if stop.wait(ASKED_EVERY_SECS):
                return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15.0)
        connection.close()
    if set(statuses) != {200}:
        raise RuntimeError(f"asked what a screen costs, the server answered {statuses}")

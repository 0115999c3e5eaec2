"""W3: what a server costs while nothing happens."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from bench.chromium import Chromium, chromium_path
from bench.contender import find_peer
from bench.live_page import wait_until_drawn
from bench.load import Load
from bench.plan import Plan, say, watch_for
from bench.probe import probe_script
from bench.processes import ServerChild, WatchChild
from bench.results import FLOOR, Recorder
from bench.usage import CpuMeter

NUMBER = "W3"
TITLE = "Idle"
NOTE = """
The common screen while nothing new comes, and nobody, 1 or 20 viewers who look at it. The floor is the same server
library with as many open sockets, and says nothing at all; Cadran says every 5 s that it still vouches for what is
shown. Peers are seen by one real page, measured once, and would show new data 10 times a second if there were any.
"""
NUM_MANY = 20
PEER_RATE, PEER_SECS = 10.0, 5.0


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran and the floor at the same time, as they do nothing; then the peers."""
    with ExitStack() as stack:
        load = Load(began=plan.began, is_idle=True)
        servers = {name: stack.enter_context(ServerChild(name, load)) for name in ("cadran", FLOOR)}
        watch_for(2 * plan.settle_secs)
        for num in (0, 1, NUM_MANY):
            _measure(servers, num, plan, recorder)
    path = chromium_path()
    for name in plan.peers_in(NUMBER) if path else ():
        say(f"W3: {name}")
        try:
            _measure_peer(str(path), name, plan, recorder)
        except (TimeoutError, RuntimeError) as error:
            say(f"W3: {name}: failed ({error})")
            recorder.fail(viewers(1), name, str(error))


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    return 3 * plan.repeats * (plan.idle_secs + 0.5) + 8.0 + len(plan.peers_in(NUMBER)) * (PEER_SECS + 10.0)


def viewers(num: int) -> str:
    """Return the name of a case."""
    return f"{num} viewer{'' if num == 1 else 's'}"


def _measure(servers: Mapping[str, ServerChild], num: int, plan: Plan, recorder: Recorder) -> None:
    with ExitStack() as stack:
        crowds: dict[str, WatchChild] = {}
        if num:
            for name, server in servers.items():
                crowds[name] = stack.enter_context(WatchChild(name, server.url, num))
        watch_for(2 * plan.settle_secs)
        meters = {name: CpuMeter.of(server.pid) for name, server in servers.items()}
        for repeat in range(plan.repeats):
            say(f"W3: {viewers(num)}, {repeat + 1} of {plan.repeats}")
            before = {name: one.tally().num_bytes for name, one in crowds.items()}
            for meter in meters.values():
                meter.start()
            watch_for(plan.idle_secs)
            for name, meter in meters.items():
                recorder.add(viewers(num), name, repeat, "server CPU", "% of a core", 100 * meter.cores())
            for name, one in crowds.items():
                num_bytes = one.tally().num_bytes - before[name]
                recorder.add(viewers(num), name, repeat, "bytes to each", "B/s", num_bytes / plan.idle_secs / num)


def _measure_peer(path: str, name: str, plan: Plan, recorder: Recorder) -> None:
    peer = find_peer(name)
    load = Load(began=plan.began, updates_per_sec=PEER_RATE, is_idle=True)
    with ServerChild(name, load) as server, Chromium(path) as browser:
        browser.page.open(server.url, probe_script(peer.page), timeout_secs=peer.open_secs)
        wait_until_drawn(browser.page, peer.page, load.num_lines, 0, peer.open_secs)
        watch_for(2 * plan.settle_secs)
        before = browser.page.evaluate(peer.page.bytes_js)
        meter = CpuMeter.of(server.pid)
        meter.start()
        watch_for(PEER_SECS)
        cores, num_bytes = meter.cores(), browser.page.evaluate(peer.page.bytes_js) - before
    recorder.add(viewers(1), name, 0, "server CPU", "% of a core", 100 * cores)
    recorder.add(viewers(1), name, 0, "bytes to each", "B/s", num_bytes / PEER_SECS)

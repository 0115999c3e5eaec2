"""Whether a worker that decodes and draws pays: the same code on a page's own thread, or in a worker with its canvases.

Twelve lines of 600 points each, drawn anew at every update, and eight texts; a hand moves, drags, clicks and presses
keys. The floor's server sends. What is drawn is the same; measured are all of the browser's processes, and how long
input waits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import quote

from bench.chromium import Chromium, chromium_path
from bench.hand import POINTER_JS, Hand, Spots
from bench.load import Load
from bench.plan import say, watch_for
from bench.processes import ServerChild
from bench.results import FLOOR, quantile
from bench.usage import CpuMeter

PAGE = Path(__file__).with_suffix(".html")
NUM_POINTS = 600
WINDOW_SECS = 6.0
RATES = (10.0, 30.0)
OWN, WORKER = "the page's thread", "a worker"
OPEN_SECS = 20.0
_FORGET = "(hand.delays.length = hand.long.length = 0, found.draws)"


def main() -> int:
    """Measure both in turns, and print medians. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.aside.canvases")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--window-secs", type=float, default=6.0)
    args = parser.parse_args()
    path = chromium_path()
    if path is None:
        say("there is no Chromium (set CHROMIUM to its path)")
        return 2
    print("| updates/s | drawn by | page CPU, % of a core | drawn a second | delay of input, p50, p95 (ms) |")
    print("| ---: | --- | ---: | ---: | ---: |")
    for rate in RATES:
        found: dict[str, list[tuple[float, ...]]] = {OWN: [], WORKER: []}
        for turn in range(args.turns):
            say(f"{rate:g} updates/s, {turn + 1} of {args.turns}")
            for name in (OWN, WORKER) if turn % 2 else (WORKER, OWN):
                found[name].append(_measure(path, rate, args.window_secs, turn, in_worker=name == WORKER))
        for name, rows in found.items():
            cpu, drawn, median, p95 = (statistics.median(column) for column in zip(*rows, strict=True))
            print(f"| {rate:g} | {name} | {cpu:.1f} | {drawn:.1f} | {median:.1f}, {p95:.1f} |", flush=True)
        ratios = [worker[0] / own[0] for own, worker in zip(found[OWN], found[WORKER], strict=True)]
        print(f"| {rate:g} | *ratio, median and range* | {statistics.median(ratios):.2f}", end=" ")
        print(f"({min(ratios):.2f}–{max(ratios):.2f}) | | |", flush=True)
    return 0


def _measure(path: str, rate: float, window_secs: float, seed: int, *, in_worker: bool) -> tuple[float, ...]:
    """Return % of a core of all of the browser's processes, draws a second, and two quantiles of delays in ms."""
    points_per_sec = round(NUM_POINTS / WINDOW_SECS)
    load = Load(began=time.time(), points_per_sec=points_per_sec, updates_per_sec=rate, window_secs=WINDOW_SECS)
    with ServerChild(FLOOR, load) as server, Chromium(path) as browser:
        page = browser.page
        asked = {
            "address": f"{server.url.replace('http', 'ws', 1)}ws",
            "windowSecs": WINDOW_SECS,
            "room": 4 * NUM_POINTS,
            "numKpis": load.num_kpis,
            "numLines": load.num_lines,
            "inWorker": in_worker,
        }
        page.open(f"{PAGE.as_uri()}#{quote(json.dumps(asked))}", POINTER_JS)
        page.wait_for(f"found.points >= {0.95 * NUM_POINTS}", OPEN_SECS)
        watch_for(1.0)
        cpu = CpuMeter(browser.processes)
        before = page.evaluate(_FORGET)
        cpu.start()
        watch_for(window_secs)
        cores = cpu.cores()
        draws = page.evaluate(_FORGET) - before
        Hand(page, Spots.of(page, "document.querySelectorAll('canvas')", "kpis"), seed).work(window_secs)
        delays = [millis for _, millis in page.evaluate("hand.delays")]
    return 100 * cores, draws / window_secs, quantile(delays, 0.5), quantile(delays, 0.95)


if __name__ == "__main__":
    sys.exit(main())

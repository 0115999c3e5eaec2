"""``python -m bench [W1,W3]``: measures, prints a Markdown report, and keeps the figures as JSON."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence

from bench.conditions import conditions
from bench.contender import find_contender, find_peer, peer_names
from bench.document import LATEST, read_results, write_document, write_results
from bench.environments import ready_peers, versions_of
from bench.plan import RATES, Plan, say
from bench.report import markdown
from bench.results import CADRAN, FLOOR, STROKES, Failure, Part, Recorder, Results, figures_of
from bench.workloads import NUMBERS, Workload, find_workload, notes, w1long_growth


def main() -> int:
    """Run what is asked for; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    args = _arguments()
    numbers = wanted_numbers(args.only, is_long=args.long)
    peers = wanted_peers(args.peers, is_quick=args.quick)
    unknown = [one for one in numbers if one not in NUMBERS] + [one for one in peers if one not in peer_names()]
    if unknown:
        say(f"expected some of {','.join(NUMBERS)} and peers among {','.join(peer_names())}, got {','.join(unknown)}")
        return 2
    plan = Plan(
        began=time.time(),
        is_quick=args.quick,
        repeats=args.repeats or (1 if args.quick else 2),
        peers=tuple(ready_peers(peers)),
        rates=tuple(int(rate) for rate in args.rates.split(",")) if args.rates else RATES,
        asked_window_secs=args.window_secs or None,
    )
    workloads = [find_workload(number) for number in numbers]
    say(f"{', '.join(numbers)}: about {sum(one.secs(plan) for one in workloads) / 60:.0f} min")
    measured = Results()
    for workload in workloads:
        measured = measured.merged(Results(parts=(_measure(workload, plan),)))
        write_results(LATEST, read_results(LATEST).merged(measured))
    if args.docs:
        write_document(measured)
    print(markdown(measured, notes()))
    say(f"{time.time() - plan.began:.0f} s; all figures are in {LATEST}")
    return 0


def _measure(workload: Workload, plan: Plan) -> Part:
    say(f"{workload.NUMBER}: {workload.TITLE}, about {workload.secs(plan):.0f} s")
    began, where, recorder = time.monotonic(), conditions(plan), Recorder(workload.NUMBER)
    workload.run(plan, recorder)
    say(f"{workload.NUMBER}: took {time.monotonic() - began:.0f} s")
    took_part = {one.contender for one in recorder.samples} | {one.contender for one in recorder.failures}
    about = {name: find_contender(name).about for name in (CADRAN, FLOOR, STROKES) if name in took_part}
    about |= {name: f"{find_peer(name).about} ({versions_of(name)})" for name in plan.peers_in(workload.NUMBER)}
    return Part(
        workload=workload.NUMBER,
        conditions=where,
        contenders=about,
        figures=figures_of(recorder.samples),
        failures=tuple(recorder.failures + cannot(workload.NUMBER, plan.peers)),
    )


def cannot(number: str, peers: Sequence[str]) -> list[Failure]:
    """Return which of the peers of this run cannot do a workload, and why."""
    reasons = {name: find_peer(name).cannot.get(number) for name in peers}
    return [Failure(case="", contender=name, reason=reason) for name, reason in reasons.items() if reason]


def wanted_numbers(only: str, *, is_long: bool) -> list[str]:
    """Return the workloads to run. What takes many minutes is only run if it is asked for, and then in W1's stead."""
    numbers = [one.upper() for one in only.split(",") if one] or [one for one in NUMBERS if one != w1long_growth.NUMBER]
    if not is_long:
        return numbers
    if not only:
        return list(NUMBERS)
    return list(dict.fromkeys(w1long_growth.NUMBER if one == "W1" else one for one in numbers))


def wanted_peers(text: str, *, is_quick: bool) -> list[str]:
    """Return the peers to run: all, or none in a quick run, unless it is said."""
    if text.lower() in ("0", "no", "none") or (not text and is_quick):
        return []
    return peer_names() if text.lower() in ("", "1", "all", "yes") else text.split(",")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, beside the floor of the same run.")
    parser.add_argument("only", nargs="?", default="", help=f"some of {','.join(NUMBERS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="rougher figures, in a few minutes")
    parser.add_argument("--repeats", type=int, default=0, help="how often to measure each (default 2; quick: 1)")
    parser.add_argument(
        "--long", action="store_true", help="W1 for five minutes a page, in the stead of W1: 20 minutes"
    )
    peers = f"some of {','.join(peer_names())}; all (default; they add about 20 minutes), or 0 (default if --quick)"
    parser.add_argument("--peers", default="", help=peers)
    parser.add_argument("--rates", default="", help="points a second of W1 (default 10,100,1000,10000)")
    parser.add_argument("--window-secs", type=float, default=0.0, help="of W1, W2, W6, W7 and W8, such as 60 or 300")
    parser.add_argument("--docs", action="store_true", help="put these parts into docs/performance.json, .md and plots")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

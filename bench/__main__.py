"""``python -m bench [sends,age,viewers,idle]``: measures, prints a Markdown table, and keeps the figures as JSON."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

import msgspec

from bench.conditions import conditions
from bench.contender import find_contender, peer_names
from bench.plan import Plan, say
from bench.report import markdown
from bench.results import FLOOR, Recorder, Results, Sample, figures_of

WORKLOADS = ("sends", "age", "viewers", "idle")
LATEST = Path(__file__).parent / "results" / "latest.json"
DOCS = Path(__file__).parents[1] / "docs"


def main() -> int:
    """Run what is asked for; return the exit code."""
    args = _arguments()
    names = args.only.split(",") if args.only else list(WORKLOADS)
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        say(f"expected some of {','.join(WORKLOADS)}, got {','.join(unknown)}")
        return 2
    if args.docs and names != list(WORKLOADS):
        say("the documents show all workloads: leave ONLY out")
        return 2
    peers = peer_names() if args.peers else []
    contenders = ("cadran", FLOOR, *peers)
    repeats = args.repeats or (1 if args.quick else 3)
    plan = Plan(is_quick=args.quick, repeats=repeats, contenders=contenders, began=time.time())
    results = measure(names, plan)
    document = markdown(results, notes())
    _keep(LATEST, results)
    if args.docs:
        _keep(DOCS / "performance.json", results)
        (DOCS / "performance.md").write_text(document, "utf-8")
    print(document)
    say(f"{time.time() - plan.began:.0f} s; figures in {LATEST}")
    return 0


def measure(names: list[str], plan: Plan) -> Results:
    """Run the named workloads."""
    where, samples = conditions(plan), list[Sample]()
    for name in names:
        recorder = Recorder(name)
        importlib.import_module(f"bench.workloads.{name}").run(plan, recorder)
        samples += recorder.samples
    about = {name: find_contender(name).about for name in plan.contenders}
    return Results(conditions=where, contenders=about, figures=figures_of(samples))


def notes() -> dict[str, tuple[str, str]]:
    """Return the title and the explanation of each workload."""
    modules = {name: importlib.import_module(f"bench.workloads.{name}") for name in WORKLOADS}
    return {name: (module.TITLE, module.NOTE.strip()) for name, module in modules.items()}


def _keep(file: Path, results: Results) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure, beside the floor of the same run.")
    parser.add_argument("only", nargs="?", default="", help=f"some of {','.join(WORKLOADS)}")
    parser.add_argument("--quick", action="store_true", help="less than a minute, rougher figures")
    parser.add_argument("--repeats", type=int, default=0, help="how often to measure each (default 3; quick: 1)")
    parser.add_argument("--peers", action="store_true", help="also what is in bench/peers")
    parser.add_argument("--docs", action="store_true", help="write docs/performance.md and .json")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

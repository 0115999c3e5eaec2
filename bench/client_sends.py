"""The part of W4 that another process sends: points through ``cadran.connect``, beside bare requests."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack

import msgspec

from bench.client_process import BATCH
from bench.plan import LIFE_SECS, say
from bench.processes import Child
from bench.results import FLOOR, Recorder
from bench.usage import MB

SINGLES, BATCHES = "client, ChartDataUpdated.point", "client, batches of 1,000"
AWAY = "client, server away"
NUM_SINGLES, NUM_BATCHED, NUM_AWAY = 400_000, 10_000_000, 10_000_000
"""Points."""
ANSWER_SECS = 120.0


def add_client_sends(repeat: int, share: int, recorder: Recorder) -> None:
    """Measure each form once, with a share of its points; both servers and the client are processes of their own."""
    with ExitStack() as stack:
        cadran, floor, client = (
            stack.enter_context(_child(*arguments))
            for arguments in (("serve", "cadran"), ("serve", "floor"), ("send",))
        )
        url, floor_url = (one.line(ANSWER_SECS).removeprefix("ready ") for one in (cadran, floor))
        num_before = 0
        for case, num, per_update in ((SINGLES, NUM_SINGLES // share, 1), (BATCHES, NUM_BATCHED // share, BATCH)):
            say(f"W4: {case}, {repeat + 1}")
            sent = _ask(client, f"send {url} {num} {per_update} {num_before}")
            num_before += num
            recorder.add(case, "cadran", repeat, "landed", "M points/s", num / sent["secs"] / 1e6)
            bare = _ask(client, f"post {floor_url} {num} {sent['num_posts']:.0f}")
            recorder.add(case, FLOOR, repeat, "landed", "M points/s", num / bare["secs"] / 1e6)
        away = _ask(client, f"away - {NUM_AWAY // share}")
        recorder.add(AWAY, "cadran", repeat, "memory", "MB", away["grown_bytes"] / MB)


def _ask(client: Child, line: str) -> Mapping[str, float]:
    return msgspec.json.decode(client.ask(line, ANSWER_SECS), type=dict[str, float])


def _child(*arguments: str) -> Child:
    command = [sys.executable, "-m", "bench.client_process", *arguments]
    return Child(" ".join(arguments), command, {"BENCH_LIFE_SECS": f"{LIFE_SECS:g}"}, None)

"""A server that fails as it is told, and virtual time to drive a channel against it: no thread, no wait."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from cadran.client.channel import RemoteChannel
from cadran.client.items import PointsItem
from cadran.client.transport import Answer, LinkError
from cadran.updates.arrival import Arrival
from cadran.updates.binary import decode_messages
from cadran.updates.prepare import PreparedKpi, PreparedPoints, prepare

Fate = Literal[
    "well", "unreached", "cut", "answer lost", "stale", "twice", "late double", "busy", "killed before", "killed after"
]
FATES: tuple[Fate, ...] = (
    "well", "unreached", "cut", "answer lost", "stale", "twice", "late double", "busy", "killed before", "killed after",
)  # fmt: skip


@dataclass
class FakeServer:
    """Takes batches as the real one does: all or none, each key once for as long as it lives."""

    epoch: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    kpis: dict[str, object] = field(default_factory=dict)
    kpi_times: dict[str, float | None] = field(default_factory=dict)
    points: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    tables: dict[str, object] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    refuses: Callable[[list[object]], str | None] = lambda updates: None
    late: deque[tuple[bytes, str | None]] = field(default_factory=lambda: deque(maxlen=4))
    wall: float = 0.0
    num_known: dict[str, int] = field(default_factory=dict)
    """Points by series whose answer reached the client: it holds them no more."""
    num_known_lost: dict[str, int] = field(default_factory=dict)
    """Of these, what the last restart took."""

    def restart(self) -> None:
        """What a killed process leaves: nothing."""
        self.epoch += 1
        self.keys, self.kpis, self.points, self.tables = {}, {}, {}, {}
        self.late.clear()
        self.num_known_lost = dict(self.num_known)

    def take(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        key = headers.get("Idempotency-Key")
        if key is None or key not in self.keys:
            updates = decode_messages(body, Arrival(self.wall, float(headers.get("Cadran-Waited", "0"))))
            refusal = self.refuses([prepare(update) for update in updates])
            if refusal is not None:
                return Answer(400, None, None, "bad_updates", refusal)
            self.bodies.append(body)
            for update in updates:
                self._land(prepare(update))
            if key is not None:
                self.keys[key] = len(updates)
        return Answer(202, 0 if key is None else self.keys[key], str(self.epoch))

    def _land(self, update: object) -> None:
        if isinstance(update, PreparedKpi):
            self.kpis[update.key], self.kpi_times[update.key] = update.value, update.at
        elif isinstance(update, PreparedPoints):
            points = self.points.setdefault(update.series, [])
            if update.replace:
                points.clear()
            points += zip(update.xs.tolist(), update.ys.tolist(), strict=True)
        else:
            self.tables[update.table] = update.frame  # type: ignore[attr-defined]


class Driven:
    """A channel in virtual time, with what its client's thread does done by ``step``."""

    def __init__(
        self, server: FakeServer | None = None, *, max_items: int = 100_000, max_bytes: int = 2**26, seed: int = 1
    ) -> None:
        self.server = server or FakeServer()
        self.mono = 1_000.0
        self.num_posts = 0
        self.num_rings = 0
        self.channel = RemoteChannel(
            "press",
            "sender",
            max_items=max_items,
            max_bytes=max_bytes,
            ring=self._ring,
            monotonic=lambda: self.mono,
            rng=random.Random(seed).random,
        )

    def _ring(self) -> None:
        self.num_rings += 1

    def step(self, fate: Fate = "well", answer: Answer | None = None) -> bool:
        """Post what is due, if anything, and let ``fate`` have it; return whether there was something."""
        batch, _ = self.channel.next_batch()
        if batch is None:
            return False
        self.num_posts += 1
        self.server.wall = 1e9 + self.mono
        headers = batch.headers(self.mono)
        outcome = answer or self._post(batch.body, headers, fate)
        if isinstance(outcome, Answer) and outcome.is_taken:
            for item in batch.items:
                if isinstance(item, PointsItem):
                    known = self.server.num_known.get(item.series, 0)
                    self.server.num_known[item.series] = known + item.num_items
        self.channel.settle(batch, outcome)
        return True

    def _post(self, body: bytes, headers: Mapping[str, str], fate: Fate) -> Answer | LinkError:
        server = self.server
        if fate == "unreached":
            return LinkError("refused", is_unsent=True)
        if fate == "stale":
            return LinkError("closed", is_unsent=False, is_stale=True)
        if fate == "busy":
            return Answer(503, code="stopped", wait_secs=1.0)
        if fate == "cut":
            return LinkError("cut", is_unsent=False)
        if fate == "killed before":
            server.restart()
            return LinkError("reset", is_unsent=False)
        if fate == "late double" and server.late:
            server.take(*server.late.popleft())  # type: ignore[arg-type]
        answer = server.take(body, headers)
        if fate == "twice":
            assert server.take(body, headers) == answer
        if fate == "late double":
            server.late.append((body, headers))  # type: ignore[arg-type]
        if fate == "killed after":
            server.restart()
        return LinkError("no answer in time", is_unsent=False) if fate in ("answer lost", "killed after") else answer

    def advance(self, secs: float) -> None:
        self.mono += secs

    def settle(self, max_secs: float = 600.0) -> None:
        """Let all go well until nothing is left to do but to beat."""
        end = self.mono + max_secs
        while self.channel.statistics().num_pending or not self.channel._delivery.is_idle:
            if not self.step():
                self.mono = max(self.mono, min(self.channel.next_batch()[1], self.mono + 1.0))
            assert self.mono < end, "it never came to an end"

"""Recalculation: only what is watched, and only what reads something that changed.

The graph is pulled: each value remembers up to which S its inputs are in it, so a change costs
nothing until somebody looks, and equal results stop there (early cut-off).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import NamedTuple

from cadran.clock import Instant
from cadran.jobs import Job, JobBegan, JobDone, JobWaits
from cadran.metrics.builtins import compute
from cadran.metrics.computed import FOREVER, Computed
from cadran.metrics.evaluate import evaluate, has_async, has_metric, leaves_of, run_now
from cadran.metrics.leaf import newer_than
from cadran.metrics.lens import Present
from cadran.metrics.metric import Metric
from cadran.metrics.node import Node, NodeFault, Run
from cadran.metrics.results import MISSING, UNREAD, result_of
from cadran.metrics.splice import lacks_values
from cadran.metrics.work import POINTS_AT_ONCE, points_passed
from cadran.readable import Previous, Readable, Sparkline
from cadran.store import Cell, Store, same_value
from cadran.timings import Stopwatch
from cadran.turn import Turn, endless
from cadran.words import describe_error

BUILTIN_TIMEOUT_SECS = 30.0
RETRY_SECS_MAX = 30.0
NODES_AT_ONCE = 32
"""So many values that nothing has to be computed for are looked at before time is. A power of two."""


class Order(NamedTuple):
    """The nodes below some roots, each before those that read it."""

    all: tuple[Node, ...]
    leaves: tuple[Node, ...]
    """Those that sources give."""
    read: frozenset[Node]
    """Those that others of these nodes read."""
    computed: tuple[Node, ...]
    """The others."""
    members: frozenset[Node]


class Graph:
    """The values of one engine, interned by their description."""

    def __init__(self, store: Store, stopwatch: Stopwatch = perf_counter, turn: Turn | None = None) -> None:
        self._store = store
        self._stopwatch = stopwatch
        self._turn = turn or endless()
        self._nodes: dict[Readable[object], Node] = {}
        self._orders: dict[frozenset[Readable[object]], Order] = {}
        self._runs: dict[Job, Node] = {}
        self._roots: frozenset[Readable[object]] = frozenset()
        """What was last looked at."""
        self._position = 0
        """Where the next look at these goes on, leaves first: a look may take several turns."""
        self.looked_wall = 0.0
        """The wall second at which the last look at them began: they all are what they are then."""
        self._is_outdated = False
        """What was looked at already may be another since."""
        self.is_asked_meanwhile = False
        """Something was asked for during the last look, which may have passed it by."""
        self.is_under_way = False
        """Whether ``advance`` has to go on."""
        self.num_recalculations = 0
        self.num_waits = 0

    def node(self, readable: Readable[object]) -> Node:
        """Return the node of a readable, the same for equal ones."""
        node = self._nodes.get(readable)
        if node is None:
            # A value over another window depends on what sources give, not on the present value.
            reads = leaves_of(readable) if isinstance(readable, Previous | Sparkline) else readable.inputs
            node = self._nodes[readable] = Node(readable, tuple(self.node(one) for one in reads))
        return node

    def advance(self, roots: frozenset[Readable[object]], now: Instant, *, is_tick_over: bool = False) -> list[Job]:
        """Bring the roots and all below them up to date as far as possible; return the calls to make for the rest.

        Call again after each ``finish``, and while it ``is_under_way``: what takes longer than a turn goes on in the
        next. Values whose job runs keep their old value, and so does what reads them. What is asked for meanwhile is
        looked at again, unless ``is_tick_over``: then it waits for the next tick.
        """
        if roots != self._roots:
            self._let_go(roots)
            self._position = 0
        if self._position:
            now = now._replace(wall=self.looked_wall)
        else:
            self.looked_wall = now.wall
            self._is_outdated = self.is_asked_meanwhile = False
        self.is_under_way = True
        jobs: list[Job] = []
        order = self._order(roots)
        num_leaves, read = len(order.leaves), order.read
        for position in range(self._position, num_leaves):
            leaf = order.leaves[position]
            self._refresh_leaf(leaf, leaf in read)
            if position % NODES_AT_ONCE == NODES_AT_ONCE - 1 and self._turn.is_over():
                self._position = position + 1
                return jobs
        for position in range(max(0, self._position - num_leaves), len(order.computed)):
            node = order.computed[position]
            cause = self._cause_to_run(node, now) if node.run is None and not self._is_waiting(node) else None
            if cause is not None:
                jobs += self._recalculate(node, cause, now)
            elif position % NODES_AT_ONCE != NODES_AT_ONCE - 1:
                continue
            if self._turn.is_over():
                self._position = num_leaves + position + 1
                return jobs
        self._position = 0
        self.is_under_way = self._is_outdated or (self.is_asked_meanwhile and not is_tick_over)
        return jobs

    def finish(self, done: JobDone, now: Instant) -> Node | None:
        """Take a job's result. Returns its node, or None for a job that is not the graph's."""
        node = self._runs.pop(done.job, None)
        if node is None or node.run is None:
            return None
        self._outdate()
        run, node.run = node.run, None
        node.times.add(now.mono - run.started_mono)
        if done.error is not None:
            self._fail(node, describe_error(node.label, done.error), run.input_s, now)
            return node
        try:
            computed = done.value if isinstance(done.value, Computed) else Computed(result_of(done.value, node.label))
            self._land(node, computed._replace(until=min(computed.until, run.until)), run.input_s)
        except Exception as error:  # a result may be of any kind, and fail in any way when it is looked at
            self._fail(node, describe_error(node.label, error), run.input_s, now)
        return node

    def mark_late(self, now: Instant, *, is_tick_over: bool) -> bool:
        """Mark runs late when the tick waited long enough, and hung past their time-out; return whether any was."""
        is_any = False
        for node in self._runs.values():
            run = node.run
            if run is None:
                continue
            if is_tick_over and not run.is_late:
                run.is_late = is_any = True
                node.num_late += 1
            if not run.is_hung and now.mono >= run.limit_mono:
                run.is_hung = is_any = True
                node.fault = NodeFault(run.words(), now.wall)
        return is_any

    def is_settled(self, roots: frozenset[Readable[object]]) -> bool:
        """Whether all roots were looked at, and none waits for a call that is neither done nor late."""
        if self.is_under_way:
            return False
        if not self._runs:
            return True
        members = self._order(roots).members
        runs = self._runs.values()
        return not any(node.run is not None and not node.run.is_late and node in members for node in runs)

    def next_wall(self, roots: frozenset[Readable[object]]) -> float:
        """The next wall second at which time alone changes a root; ``inf`` for never."""
        computed = self._order(roots).computed
        return min((node.until for node in computed if node.run is None), default=FOREVER) if computed else FOREVER

    def next_retry_mono(self, roots: frozenset[Readable[object]]) -> float:
        """When the next failed root is tried again; ``inf`` for never."""
        computed = self._order(roots).computed
        return min((node.retry_mono for node in computed if node.run is None), default=FOREVER) if computed else FOREVER

    def next_hung_mono(self) -> float:
        """When the next run is past its time-out, or has waited too long; ``inf`` for never."""
        runs = (node.run for node in self._runs.values())
        return min((run.limit_mono for run in runs if run is not None and not run.is_hung), default=math.inf)

    def follow(self, one: JobWaits | JobBegan, now: Instant) -> None:
        """A job of ours waits for a thread, or has one at last: its time-out counts from then."""
        node = self._runs.get(one.job)
        if node is not None and node.run is not None:
            self.num_waits += isinstance(one, JobWaits)
            node.run.follow(one, now.mono)

    def ask(self, readable: Readable[object], cause: str) -> None:
        """Recalculate this although nothing that it reads changed."""
        self.node(readable).asked = cause
        self.is_asked_meanwhile = self.is_under_way

    def owns(self, job: Job) -> bool:
        """Whether a job is one of ours, under way."""
        return job in self._runs

    @property
    def num_jobs(self) -> int:
        """Recalculations under way elsewhere."""
        return len(self._runs)

    def under(self, readable: Readable[object]) -> tuple[Node, ...]:
        """All nodes that a readable needs, itself last."""
        return self._order(frozenset((readable,))).all

    def keep_only(self, roots: Iterable[Readable[object]]) -> None:
        """Forget all values that these do not need, but for those whose calls are still under way."""
        kept: dict[Node, None] = {}
        for root in roots:
            self._collect(self.node(root), kept)
        for node in [node for node in self._nodes.values() if node.run is not None]:
            self._collect(node, kept)
        for leaf in self._order(self._roots).leaves:
            leaf.value = MISSING  # the next look takes what is needed from the store again
        self._outdate()
        self._position = 0
        self._nodes = {node.readable: node for node in kept}
        self._orders.clear()
        self._roots = frozenset(root for root in self._roots if root in self._nodes)

    def nodes(self) -> Iterable[Node]:
        """Every node."""
        return self._nodes.values()

    def _let_go(self, roots: frozenset[Readable[object]]) -> None:
        """What a source gives is not held for values that nobody looks at: points would outlive their time there."""
        kept = set(self._order(roots).leaves)
        for node in self._order(self._roots).leaves:
            if node not in kept:
                node.value = MISSING
        self._roots = roots

    def _outdate(self) -> None:
        """Values that a look under way has passed may be others: it begins again once it is through."""
        self._is_outdated = self.is_under_way

    # --- one node ---

    def _refresh_leaf(self, node: Node, is_read: bool) -> None:
        """``is_read``: some value is computed from it. Of a series that is only shown no snapshot is taken."""
        assert node.key is not None
        there = self._store.at(node.key)
        if there is None:
            node.value, node.changed_s, node.cause = MISSING, 0, ""
            return
        value = there.value if isinstance(there, Cell) else there.snapshot() if is_read else UNREAD
        if value is not node.value or there.changed_s != node.changed_s:
            node.value, node.changed_s, node.cause = value, there.changed_s, there.cause

    def _is_waiting(self, node: Node) -> bool:
        return any(one.run is not None and not one.run.is_late for one in node.inputs)

    def _cause_to_run(self, node: Node, now: Instant) -> str | None:
        if node.asked is not None:
            return node.asked
        newest = max(node.inputs, key=lambda one: one.changed_s)
        if newest.changed_s > node.input_s and self._has_only_newer(node):
            node.input_s = newest.changed_s
        if newest.changed_s > node.input_s:
            return f"{newest.label} changed ({newest.cause})" if newest.cause else f"{newest.label} changed"
        if now.mono >= node.retry_mono:
            return "tried again"
        if now.wall >= node.until:
            return "time passed"
        return "first look" if node.input_s < 0 else None

    def _has_only_newer(self, node: Node) -> bool:
        """Whether all that is new are points of stored series beyond what the value depends on."""
        return node.reads_to < math.inf and all(
            newer_than(one.readable, self._store, node.input_s, node.reads_to)
            for one in node.inputs
            if one.changed_s > node.input_s
        )

    def _recalculate(self, node: Node, cause: str, now: Instant) -> list[Job]:
        input_s = max(one.changed_s for one in node.inputs)
        failed = next((one for one in node.inputs if one.fault is not None), None)
        if failed is not None and failed.fault is not None:
            self._pass_on(node, failed, failed.fault, input_s)
            return []
        values = tuple(one.value for one in node.inputs)
        node.asked, readable = None, node.readable
        if lacks_values(readable, values):
            node.input_s, node.value, node.until, node.reads_to = input_s, MISSING, FOREVER, math.inf
            return []
        node.cause = cause
        node.num_recalculations += 1
        self.num_recalculations += 1
        if isinstance(readable, Metric):
            call: Callable[[], object] = partial(readable.called_with, values)
            return [self._start(node, call, readable.is_async, readable.timeout_secs, input_s, cause, now)]
        if isinstance(readable, Previous | Sparkline) and has_metric(readable):
            call, is_async = self._deep_call(readable, node, now)
            return [self._start(node, call, is_async, BUILTIN_TIMEOUT_SECS, input_s, cause, now)]
        builtin = partial(_computed, readable, values, self._leaf_of(node), now.wall)
        if points_passed(readable, values, now.wall) > POINTS_AT_ONCE:
            return [self._start(node, builtin, False, BUILTIN_TIMEOUT_SECS, input_s, cause, now, is_ours=True)]
        began_secs = self._stopwatch()
        try:
            computed = builtin()
        except Exception as error:  # a fault stays in its panel, whatever a library below raises
            self._fail(node, describe_error(node.label, error), input_s, now)
            return []
        finally:
            node.times.add(self._stopwatch() - began_secs)
        self._land(node, computed, input_s)
        return []

    def _deep_call(self, readable: Readable[object], node: Node, now: Instant) -> tuple[Callable[[], object], bool]:
        leaf, lens = self._leaf_of(node), Present(now.wall)
        if has_async(readable):
            return (lambda: evaluate(readable, leaf, lens)), True
        return (lambda: run_now(evaluate(readable, leaf, lens))), False

    def _leaf_of(self, node: Node) -> Callable[[Readable[object]], object]:
        values = {one.readable: one.value for one in node.inputs}
        return values.__getitem__

    def _start(
        self,
        node: Node,
        call: Callable[[], object],
        is_async: bool,
        timeout_secs: float,
        input_s: int,
        cause: str,
        now: Instant,
        *,
        is_ours: bool = False,
    ) -> Job:
        job = Job(node.label, call, is_async, timeout_secs, is_ours)
        node.run = Run(job, input_s, now.mono, cause, FOREVER)
        self._runs[job] = node
        return job

    def _land(self, node: Node, computed: Computed, input_s: int) -> None:
        node.input_s, node.until, node.retry_mono = input_s, computed.until, FOREVER
        node.reads_to = computed.reads_to
        recovered = node.fault is not None
        node.fault, node.num_failures = None, 0
        if recovered or not same_value(node.value, computed.value):
            node.value = computed.value
            node.changed_s = self._store.next_s()

    def _fail(self, node: Node, message: str, input_s: int, now: Instant) -> None:
        node.num_failures += 1
        delay_secs = min(RETRY_SECS_MAX, 2.0 ** (node.num_failures - 1))
        since = node.fault.since if node.fault is not None else now.wall
        node.input_s, node.until, node.retry_mono = input_s, FOREVER, now.mono + delay_secs
        node.reads_to = math.inf
        node.fault = NodeFault(message, since, now.wall + delay_secs)
        node.changed_s = self._store.next_s()

    def _pass_on(self, node: Node, failed: Node, fault: NodeFault, input_s: int) -> None:
        """What reads a failed value shows that failure, and its own old value."""
        node.input_s, node.until, node.retry_mono = input_s, FOREVER, FOREVER
        if node.fault is None or node.fault.message != fault.message:
            node.fault = NodeFault(fault.message, fault.since, fault.next_try)
            node.changed_s = self._store.next_s()

    def _order(self, roots: frozenset[Readable[object]]) -> Order:
        """The nodes below the roots."""
        order = self._orders.get(roots)
        if order is None:
            if len(self._orders) >= ORDERS_MAX:
                self._orders.clear()
            found: dict[Node, None] = {}
            for root in roots:
                self._collect(self.node(root), found)
            leaves = tuple(node for node in found if node.is_leaf)
            order = self._orders[roots] = Order(
                tuple(found),
                leaves,
                frozenset(one for node in found for one in node.inputs),
                tuple(one for one in found if not one.is_leaf),
                frozenset(found),
            )
        return order

    def _collect(self, node: Node, found: dict[Node, None]) -> None:
        if node in found:
            return
        for one in node.inputs:
            self._collect(one, found)
        found[node] = None


def _computed(
    readable: Readable[object], values: tuple[object, ...], leaf: Callable[[Readable[object]], object], now_wall: float
) -> Computed:
    """Compute a built-in, in any thread: its inputs are immutable."""
    if isinstance(readable, Previous | Sparkline):
        return run_now(evaluate(readable, leaf, Present(now_wall)))
    return compute(readable, values, Present(now_wall))


ORDERS_MAX = 256
"""How many sets of roots are remembered in order."""

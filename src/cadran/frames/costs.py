"""What frames cost, by panel: encoding, handing over, bytes. All viewers of a panel share one account."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from time import thread_time

from cadran.timings import Durations, Histogram, Stopwatch
from cadran.turn import Turn, endless

HOLD_BOUNDS_SECS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
"""Buckets of how long the engine held its loop for one step."""
NOTES_MAX = 512
"""So much is noted before it is put on the accounts."""


class PanelCosts:
    """One panel's account."""

    __slots__ = ("encoded_bytes", "encoding", "last_encoded_bytes", "sending", "sent_bytes")

    def __init__(self) -> None:
        self.encoding = Durations()
        """Each time that something of it was really encoded."""
        self.sending = Durations()
        """From the settled tick, or the step's beginning, until its new pieces were handed over."""
        self.encoded_bytes = 0
        self.last_encoded_bytes = 0
        self.sent_bytes = 0
        """To all viewers together, without the heads of messages."""


Share = tuple[PanelCosts, int]
"""Bytes of one panel in a frame."""


class Costs:
    """The accounts of all panels, and how long the engine held its loop.

    A step reads the stopwatch three times, twice more for each encoding, and now and then in long work to learn whether
    its turn is over: never for a viewer who gets what another got.
    """

    def __init__(self, stopwatch: Stopwatch, turn: Turn | None = None, cpu_watch: Stopwatch = thread_time) -> None:
        """``cpu_watch``: how long the processor has worked for the thread that asks."""
        self.stopwatch = stopwatch
        self._cpu_watch = cpu_watch
        self._turn = turn or endless()
        self.hold = Histogram(HOLD_BOUNDS_SECS)
        self.hold_cpu = Histogram(HOLD_BOUNDS_SECS)
        """What of it was work: the rest the engine waited for the interpreter, or its thread for a processor."""
        self._panels: dict[tuple[str, int], PanelCosts] = {}
        # What was noted in the last steps, and is put on the accounts together: to look at each of them in each step
        # takes several times as long. Bounded: put down past ``NOTES_MAX``, at the end of a step.
        self._encoded: list[tuple[PanelCosts, float, int]] = []
        self._sent: list[tuple[Sequence[Share], int]] = []
        self._num_shares = 0
        self._steps: list[tuple[int, float]] = []
        """By the end of each step: how many encodings are noted, and how long it was until all was handed over."""
        self._num_handed_over = 0
        self._began_secs = 0.0
        self._worked_secs: float | None = None
        """What the processor had worked at the end of the last hold: meanwhile the thread only waits."""
        self._built_from_secs = 0.0

    def panel(self, stage: str, index: int) -> PanelCosts:
        """Return the account of a panel of a stage, by that one's key."""
        costs = self._panels.get((stage, index))
        if costs is None:
            costs = self._panels[stage, index] = PanelCosts()
        return costs

    def find(self, stage: str, index: int) -> PanelCosts | None:
        """Return the account of a panel with all that is known, if anything was ever put on it."""
        self._put_down()
        return self._panels.get((stage, index))

    def forget(self, stages: Collection[str]) -> None:
        """These stages are gone, or their numbers mean other panels."""
        self._put_down()
        for key in [key for key in self._panels if key[0] in stages]:
            del self._panels[key]

    def encoded(self, costs: PanelCosts, secs: float, num_bytes: int) -> None:
        """Something of a panel was encoded."""
        self._encoded.append((costs, secs, num_bytes))

    def encoded_each(self, notes: Sequence[tuple[PanelCosts, float, int]]) -> None:
        """Something of each of these panels was encoded: how long that took, and its bytes."""
        self._encoded += notes

    def sent(self, shares: Sequence[Share], num_viewers: int) -> None:
        """So many viewers were sent these bytes of each panel; nobody changes ``shares`` afterwards."""
        self._sent.append((shares, num_viewers))
        self._num_shares += len(shares)

    # --- a step or a look, by whoever lets the core live ---

    def begin_step(self) -> None:
        """The core is about to step, or to be looked at."""
        self._began_secs = self._built_from_secs = self.stopwatch()
        self._turn.begin(self._began_secs)
        if self._worked_secs is None:
            self._worked_secs = self._cpu_watch()

    def settled(self) -> None:
        """S is settled: from here on frames are built."""
        now_secs = self.stopwatch()
        if len(self._encoded) > self._num_handed_over:  # nobody told the end of that step
            self._hand_over(now_secs)
        self._built_from_secs = now_secs

    def end_step(self) -> None:
        """All that the step gave was handed over, or the look is over."""
        now_secs = self.stopwatch()
        self._turn.begin()
        self.hold.add(now_secs - self._began_secs)
        worked_secs = self._cpu_watch()
        self.hold_cpu.add(worked_secs - (self._worked_secs or 0.0))
        self._worked_secs = worked_secs
        self._hand_over(now_secs)

    def _hand_over(self, now_secs: float) -> None:
        if len(self._encoded) > self._num_handed_over:
            self._num_handed_over = len(self._encoded)
            self._steps.append((self._num_handed_over, now_secs - self._built_from_secs))
        if self._num_handed_over + self._num_shares > NOTES_MAX:
            self._put_down()

    def _put_down(self) -> None:
        """Put what was noted on the accounts, but for what is not handed over yet."""
        start = 0
        for stop, secs in self._steps:
            for costs, encoding_secs, num_bytes in self._encoded[start:stop]:
                costs.encoding.add(encoding_secs)
                costs.encoded_bytes += num_bytes
                costs.last_encoded_bytes = num_bytes
            for costs in {one[0] for one in self._encoded[start:stop]}:
                costs.sending.add(secs)
            start = stop
        del self._encoded[:start]
        for shares, num_viewers in self._sent:
            for costs, num_bytes in shares:
                costs.sent_bytes += num_viewers * num_bytes
        self._steps.clear()
        self._sent.clear()
        self._num_handed_over = self._num_shares = 0

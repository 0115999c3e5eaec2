"""The lines of one panel: tails at once; histories as blocks, within a bound of work for each step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from cadran.frames.blocks import Block, Blocks, LineKey, range_pieces
from cadran.frames.guarded import GuardedPieces
from cadran.frames.holding import Held
from cadran.frames.round import Round
from cadran.frames.series_frames import Lack, lack_of, tail_from
from cadran.frames.shown import ShownSeries
from cadran.frames.span import Range
from cadran.frames.stage import Stage
from cadran.frames.wire import PanelView

ROWS_PER_STEP = 50_000
"""How many points and rows of levels one step passes over for histories: a few milliseconds. More is a job's work."""


TAIL_PART = 0.75
"""A tail after a block begins in its last quarter, or the block is made anew."""


class Lacking(NamedTuple):
    """What is lacking of a panel's lines."""

    pieces: list[bytes]
    held: dict[int, Held]
    """What a viewer then holds, by slot."""
    history_bytes: int
    """Of lines that are sent anew."""
    is_partial: bool = False
    """What lies further back is still being read."""


NOTHING = Lacking([], {}, 0)


class _Plan(NamedTuple):
    """How a viewer gets what it lacks of one line."""

    shown: ShownSeries
    lack: Lack
    block: Block | None
    """To begin with, where all is lacking and there is one."""
    from_id: float
    """Then the tail from here on, or all; ``inf`` for nothing."""
    rows: int
    """That are passed over for it."""
    num_late: int
    """So many blocks came too late in a row, as the line changed faster than they were made."""

    @property
    def is_whole(self) -> bool:
        """Whether all must be worked out anew."""
        return self.lack.replace and self.block is None


class Lines:
    """Works out what is lacking of lines; keeps the account of what a step may still pass over."""

    def __init__(self, guarded: GuardedPieces, blocks: Blocks, rows_per_step: int = ROWS_PER_STEP) -> None:
        self._guarded = guarded
        self._blocks = blocks
        self.rows_per_step = rows_per_step
        self.rows_left = rows_per_step
        """How much this step may still pass over."""
        self.rows_max = 0
        """The most that a step passed over."""
        self.is_put_off = False
        """Something was left to the next step; whoever sees to that takes this back."""

    def begin_step(self) -> None:
        """A step begins, with all that it may do."""
        self.rows_left = self.rows_per_step

    def pass_over(self, rows: int) -> None:
        """Take so much from what this step may still pass over."""
        self.rows_left -= rows
        self.rows_max = max(self.rows_max, self.rows_per_step - self.rows_left)

    def lacking(
        self,
        stage: Stage,
        lines: Sequence[tuple[ShownSeries, Held | None]],
        view: PanelView,
        now: Round,
        paused_at: float | None,
        coarser: int,
    ) -> Lacking | None:
        """Return what is lacking of a panel's lines at their level or a coarser one; None: later, all together."""
        at, is_paused = now.at if paused_at is None else paused_at, paused_at is not None
        held: dict[int, Held] = {}
        plans: list[_Plan] = []
        is_partial = False
        for shown, had in lines:
            if is_paused:
                shown.adopt()  # the panel is not watched, but what is sent of it counts as that of S
            lack = lack_of(shown, view, had, now.s, at, now.mono, is_paused=is_paused, coarser=coarser)
            held[shown.spec.slot] = lack.held
            is_partial = is_partial or lack.is_partial
            if lack.is_sent:
                plans.append(self._plan(stage, shown, lack))
        rows = sum(plan.rows for plan in plans)
        if rows > self.rows_left and self._puts_off(stage, plans, rows, now):
            now.is_open = True
            return None
        self.pass_over(rows)
        pieces: list[bytes] = []
        history_bytes = 0
        for plan in plans:
            of_one = self._pieces(stage, plan, now)
            pieces += of_one
            history_bytes += sum(map(len, of_one)) if plan.lack.replace else 0
        return Lacking(pieces, held, history_bytes, is_partial)

    def _puts_off(self, stage: Stage, plans: Sequence[_Plan], rows: int, now: Round) -> bool:
        """Whether all this waits for the next step, or for jobs that are asked for. Tails never wait, if short."""
        if rows <= self.rows_per_step:
            self.is_put_off = self.is_put_off or any(plan.is_whole for plan in plans)
            return any(plan.is_whole for plan in plans)
        # What passes over nothing, such as a line that was emptied, waits for the others but is no job's work.
        whole = [plan for plan in plans if plan.is_whole and plan.rows]
        if rows <= self._rows_at_once(max((plan.num_late for plan in whole), default=0)):
            return False
        for plan in whole:
            wanted = plan.lack.wanted
            self._blocks.ask(_line_key(stage, plan.shown, wanted), plan.shown, wanted, now.s, plan.num_late)
        return bool(whole)

    def _rows_at_once(self, num_late: int) -> int:
        """How much a step passes over for a line of which so many blocks came too late: twice as much after each, or
        a viewer would wait for ever for what changes faster than it can be made."""
        return self.rows_per_step << num_late

    def _plan(self, stage: Stage, shown: ShownSeries, lack: Lack) -> _Plan:
        rows = self._rows(shown, lack, lack.from_id, lack.replace)
        if not lack.replace:
            if rows <= self.rows_per_step or lack.keeps_rest:
                return _Plan(shown, lack, None, lack.from_id, rows, 0)
            lack = lack._replace(from_id=lack.wanted.low, replace=True)  # late points: as long as all of it
        columns, wanted = shown.columns, lack.wanted
        block, num_late = self._blocks.find(_line_key(stage, shown, wanted), shown, wanted)
        if block is not None:
            from_id = tail_from(columns, block.s, wanted)
            tail_rows = self._rows(shown, lack, from_id, False)
            is_late_enough = not block.is_used or from_id >= block.low + TAIL_PART * (block.last_id - block.low)
            if is_late_enough and tail_rows <= self._rows_at_once(0 if block.is_used else num_late):
                return _Plan(shown, lack, block, from_id, tail_rows, num_late)
            num_late = 0 if block.is_used else num_late + 1
        return _Plan(shown, lack, None, wanted.low, rows, num_late)

    def _rows(self, shown: ShownSeries, lack: Lack, from_id: float, replace: bool) -> int:
        """What a part passes over: nothing where it is encoded already."""
        wanted = lack.wanted
        if from_id == math.inf or self._guarded.cache.has(
            shown, shown.columns.changed_s, wanted.variant(from_id, replace)
        ):
            return 0
        return shown.columns.cost(wanted.k, from_id, wanted.high)

    def _pieces(self, stage: Stage, plan: _Plan, now: Round) -> list[bytes]:
        shown, wanted = plan.shown, plan.lack.wanted
        slot, snapshot = shown.spec.slot, shown.columns.snapshot()
        pieces: list[bytes] = []
        if plan.block is not None:
            plan.block.is_used = True
            pieces = plan.block.pieces
        if plan.from_id == math.inf:
            return pieces
        variant = wanted.variant(plan.from_id, plan.is_whole)
        encode = partial(range_pieces, slot, snapshot, wanted, plan.from_id, replace=plan.is_whole)
        encoded = self._guarded.get(shown, shown.columns.changed_s, variant, encode)
        if plan.is_whole:
            self._blocks.keep(_line_key(stage, shown, wanted), shown.columns, wanted, now.s, encoded)
        return pieces + encoded


def _line_key(stage: Stage, shown: ShownSeries, wanted: Range) -> LineKey:
    return (stage.key, stage.revision, shown.spec.slot, wanted.k, wanted.high)

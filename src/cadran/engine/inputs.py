"""Inputs that wait for the core: as many are taken in one step as its turn allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from cadran.engine.messages import Input, Rang, Received
from cadran.turn import Turn

INPUTS_AT_ONCE = 64
"""So many that are no work are taken before time is looked at."""
ACK_HEAD = b'{"t":"ack"'
"""How the page begins an acknowledgement. One that is written otherwise is understood as well, and wakes the engine."""


class Waiting(deque[Input]):
    """In the order in which they came. Bounded by what comes in within the few steps that a frame takes."""

    is_turn_over = False
    """What was taken last takes all the time that a step has, whether or not more waits."""

    def in_turn(self, turn: Turn) -> Iterator[Input]:
        """Take one after the other until the turn is over, but one at least."""
        self.is_turn_over = False
        num_taken = 0
        while self and not self.is_turn_over:
            one = self.popleft()
            yield one
            num_taken += 1
            is_short = type(one) is Rang or (type(one) is Received and one.text.startswith(ACK_HEAD))
            if (not is_short or num_taken % INPUTS_AT_ONCE == 0) and turn.is_over():
                self.is_turn_over = True

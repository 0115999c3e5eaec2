"""Inputs that wait for the core: as many are taken in one step as its turn allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from cadran.engine.messages import DescriptionChanged, Input, Received
from cadran.turn import Turn

INPUTS_AT_ONCE = 64
"""So many are taken before time is looked at."""
SHORT_BYTES = 256
"""After what is longer than this, such as how a viewer sees many panels, it is looked at, too."""


class Waiting(deque[Input]):
    """In the order in which they came. Bounded by what comes in within the few steps that a frame takes."""

    is_turn_over = False
    """What was taken last took all the time that a step has, whether or not more waits."""

    def in_turn(self, turn: Turn) -> Iterator[Input]:
        """Take one after the other until the turn is over, but one at least."""
        self.is_turn_over = False
        num_taken = 0
        while self and not self.is_turn_over:
            one = self.popleft()
            yield one
            num_taken += 1
            is_long = type(one) is DescriptionChanged or (type(one) is Received and len(one.text) > SHORT_BYTES)
            self.is_turn_over = (is_long or num_taken % INPUTS_AT_ONCE == 0) and turn.is_over()

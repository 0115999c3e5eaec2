"""Inputs that wait for the core: as many are taken in one step as its turn allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from cadran.engine.messages import Input, Received
from cadran.turn import Turn

INPUTS_AT_ONCE = 64
"""So many are taken before time is looked at."""
SHORT_BYTES = 256
"""After what is longer than this, such as how a viewer sees many panels, it is looked at, too."""


def in_turn(waiting: deque[Input], turn: Turn) -> Iterator[Input]:
    """Take one after the other until the turn is over, but one at least."""
    num_taken = 0
    while waiting:
        one = waiting.popleft()
        yield one
        num_taken += 1
        is_long = type(one) is Received and len(one.text) > SHORT_BYTES
        if waiting and (is_long or num_taken % INPUTS_AT_ONCE == 0) and turn.is_over():
            return

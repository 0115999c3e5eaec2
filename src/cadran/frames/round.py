"""One round: what is worked out once for all viewers who see and hold the same, at one S and one moment."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cadran.frames.costs import PanelCosts, Share
from cadran.frames.health import Health
from cadran.frames.holding import Held, Holding
from cadran.frames.message import message
from cadran.frames.wire import COMMIT, FIRST, HEADER
from cadran.turn import Turn

MESSAGE_BYTES = 8 * 1024
"""Longer messages are of one piece, which may have up to ``MESSAGE_BYTES_MAX``."""
PARTS_AT_ONCE = 32
"""So many are let go of before time is looked at."""
VARIANTS_MAX = 64
"""Distinct heads of one frame whose messages are kept for the next viewer."""


class PanelPart(NamedTuple):
    """What a viewer gets of one panel, and what it then holds of it."""

    panel: int
    pieces: list[bytes]
    held: dict[int, Held]
    status_s: int | None
    is_partial: bool
    """Something is owed still."""
    account: PanelCosts
    num_bytes: int
    history_bytes: int
    """Of these: of lines that are sent anew, and may come coarse first."""
    is_waiting: bool
    """Its lines are not there yet."""
    is_put_off: bool = False
    """It was not looked at: others come first."""

    @property
    def is_tail(self) -> bool:
        """Whether only tails of its lines are lacking, if anything."""
        return not self.history_bytes and not self.is_waiting


class Frame:
    """What all viewers get who see and hold the same, and what they then hold."""

    def __init__(
        self,
        pieces: Sequence[bytes],
        parts: list[PanelPart],
        holding: Holding,
        *,
        flags: int,
        s: float,
        at: float,
        shares: Sequence[Share] = (),
    ) -> None:
        """``shares``: of panels that are no ``parts``."""
        self.holding = holding
        self.parts = parts
        self.is_partial = self.is_put_off = False
        self.is_empty = not pieces
        self.num_bytes = sum(map(len, pieces))
        self.history_bytes = 0
        self.shares: list[Share] = list(shares)
        for part in parts:
            self.is_partial = self.is_partial or part.is_partial
            self.is_put_off = self.is_put_off or part.is_put_off
            self.history_bytes += part.history_bytes
            if part.num_bytes:
                self.shares.append((part.account, part.num_bytes))
        self._flags = flags
        self.s = s
        self._at = at
        self._groups = _groups_of(pieces)
        self._variants: dict[tuple[int, float], list[bytes]] = {}
        self._num_uncounted = 0

    def messages(self, view: int, base: float) -> list[bytes]:
        """Return the messages for a viewer of this view number that builds on S ``base``; do not change the list."""
        self._num_uncounted += 1
        key = (view, base)
        messages = self._variants.get(key)
        if messages is None:
            last = len(self._groups) - 1
            messages = []
            for position, group in enumerate(self._groups):
                flags = (FIRST | self._flags if position == 0 else 0) | (COMMIT if position == last else 0)
                messages.append(message(group, flags=flags, view=view, s=self.s, base=base, at=self._at))
            if len(self._variants) < VARIANTS_MAX:
                self._variants[key] = messages
        return messages

    def count_again(self) -> None:
        """One more viewer gets messages that were asked for before."""
        self._num_uncounted += 1

    def take_count(self) -> int:
        """Return to how many viewers this was sent since the last call."""
        num, self._num_uncounted = self._num_uncounted, 0
        return num


class Alike(NamedTuple):
    """A frame of one message which all get who are alike: their credit decides whether, not what."""

    frame: Frame
    message: bytes


class Round:
    """``health``, S and the wall second ``at``, at which S still is the state."""

    def __init__(self, health: Mapping[str, Health], s: int, at: float, mono: float) -> None:
        self.health = health
        self.s = s
        self.at = at
        self.mono = mono
        self.is_open = False
        """Something was put off, so that the same viewers may lack something else in the next step."""
        self.frames: dict[Hashable, Frame] = {}
        self.parts: dict[Hashable, PanelPart] = {}
        self.alike: dict[Hashable, Alike] = {}
        """By what a viewer sees and holds, its view number and its base."""
        self.times: dict[Hashable, list[bytes]] = {}
        self.beats: dict[Hashable, bytes] = {}

    def let_go(self, turn: Turn) -> Iterator[None]:
        """Empty a round that is over: thousands of parts take milliseconds. Yields whenever the turn is over."""
        for frame in self.frames.values():
            while len(frame.parts) > PARTS_AT_ONCE:
                del frame.parts[-PARTS_AT_ONCE:]
                if turn.is_over():
                    yield
        while len(self.parts) > PARTS_AT_ONCE:
            for _ in range(PARTS_AT_ONCE):
                self.parts.popitem()
            if turn.is_over():
                yield


def _groups_of(pieces: Sequence[bytes]) -> list[list[bytes]]:
    """Cut pieces into groups for a message each: short ones, of which a slow viewer has a few under way."""
    groups: list[list[bytes]] = [[]]
    room = MESSAGE_BYTES - HEADER.size
    for one in pieces:
        if len(one) > room and groups[-1]:
            groups.append([])
            room = MESSAGE_BYTES - HEADER.size
        groups[-1].append(one)
        room -= len(one)
    return groups

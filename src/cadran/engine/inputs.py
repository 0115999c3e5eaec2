"""Inputs that wait for the core: as many are taken in one step as its turn allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cadran.engine.heard import is_paused, kind_of
from cadran.engine.messages import Input, Rang, Received
from cadran.turn import Turn

INPUTS_AT_ONCE = 64
"""So many that are no work are taken before time is looked at."""
REFRESHES_MAX = 64
"""So many different refreshes wait of a viewer; what it asks for beyond is left out, whatever others ask for."""
ACK_HEAD = b'{"t":"ack"'
"""How the page begins an acknowledgement. One that is written otherwise is understood as well, and wakes the engine."""
VIEW_HEAD = b'{"t":"view"'
"""How the page begins a view. What others write otherwise is looked through for what it is."""
ODD_MAX = 2
"""So many hellos, and messages that can't be read, wait of a viewer: the second closes it, whatever comes then."""
SUPERSEDED_BYTES_MAX = 64 * 1024
"""So much is kept of what one view superseded."""


class Waiting(deque[Input]):
    """In the order in which they came.

    Bounded by the viewers: of each the last view waits, in the place of the one before it, and a refresh that is asked
    for twice once, but not across each other: a refresh means what was seen when it was asked for. What a view
    superseded goes with it: the page has dropped what came since then of what was to be seen otherwise. Of what else a
    viewer may say all but its acknowledgements, which the server bounds, closes it when it is said again.
    """

    is_turn_over = False
    """What was taken last takes all the time that a step has, whether or not more waits."""

    def __init__(self) -> None:
        super().__init__()
        self._num_taken = 0
        self._places: dict[int, dict[bytes, int]] = {}
        """Where each viewer's last view waits, or its refreshes since; counted from the first input ever. Of what was
        taken there is none, or they would grow as long as something always waits."""
        self._refresh_places: dict[int, list[int]] = {}
        """Where all refreshes of a viewer wait, those before its last view too, in order."""
        self._odd_places: dict[int, list[int]] = {}
        """Where its hellos wait, and what can't be read."""
        self.num_merged = 0
        """Views that were superseded while they waited, and refreshes that were asked for again."""
        self.num_dropped = 0
        """Refreshes beyond those that may wait of a viewer, and what came after that with which one is closed."""

    def join(self, inputs: Iterable[Input]) -> None:
        """Add what came while others wait."""
        for one in inputs:
            if type(one) is not Received or not self._needs_no_place(one):
                self.append(one)

    def _needs_no_place(self, one: Received) -> bool:
        """Put a view or a refresh into the place of one that waits, or drop it; else note where it will be."""
        kind = _kind_of(one.text)
        if kind == "ack":
            return False
        if kind not in ("view", "refresh"):
            return not self._has_place(self._odd_places, one.viewer, ODD_MAX)
        is_view = kind == "view"
        places = self._places.get(one.viewer, {})
        key = b"" if is_view else one.text
        place = places.get(key, -1) - self._num_taken
        if place >= 0:
            self.num_merged += 1
            self[place] = _superseding(self[place], one) if is_view else one
            return True
        if not is_view and not self._has_place(self._refresh_places, one.viewer, REFRESHES_MAX):
            return True
        if is_view or b"" in places:
            places.clear()
        places[key] = self._num_taken + len(self)
        self._places[one.viewer] = places
        return False

    def _has_place(self, places_of: dict[int, list[int]], viewer: int, num_max: int) -> bool:
        """Note where one more of a kind will wait, of which so many may wait of a viewer; else count it as dropped."""
        places = places_of.setdefault(viewer, [])
        if len(places) >= num_max:
            self.num_dropped += 1
            return False
        places.append(self._num_taken + len(self))
        return True

    def in_turn(self, turn: Turn) -> Iterator[Input]:
        """Take one after the other until the turn is over, but one at least."""
        self.is_turn_over = False
        num_taken = 0
        while self and not self.is_turn_over:
            one = self.popleft()
            is_short = type(one) is Rang or (type(one) is Received and one.text.startswith(ACK_HEAD))
            if not is_short:
                self._forget_place(one)
            self._num_taken += 1
            yield one
            num_taken += 1
            if (not is_short or num_taken % INPUTS_AT_ONCE == 0) and turn.is_over():
                self.is_turn_over = True

    def _forget_place(self, one: Input) -> None:
        """The first that waits is taken."""
        if type(one) is not Received:
            return
        for places_of in (self._odd_places, self._refresh_places):
            waiting = places_of.get(one.viewer)
            if waiting is not None and waiting[0] == self._num_taken:
                del waiting[0]
                if not waiting:
                    del places_of[one.viewer]
        places = self._places.get(one.viewer)
        if places is None:
            return
        key = b"" if _kind_of(one.text) == "view" else one.text
        if places.get(key) == self._num_taken:
            del places[key]
            if not places:
                del self._places[one.viewer]


def _kind_of(text: bytes) -> str:
    """Return what a message is: of what the page says most often it is seen at the first bytes."""
    return "ack" if text.startswith(ACK_HEAD) else "view" if text.startswith(VIEW_HEAD) else kind_of(text)


def _superseding(before: Input, one: Received) -> Received:
    """Return a view with all that it supersedes: the one that waits, and what that one does."""
    assert isinstance(before, Received)
    kept = None if before.superseded is None else (*before.superseded, before.text)
    if kept is not None and sum(map(len, kept)) > SUPERSEDED_BYTES_MAX:
        kept = None
    return replace(one, superseded=kept, has_followed=before.has_followed or not is_paused(before.text))

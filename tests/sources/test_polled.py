from __future__ import annotations

from cadran.sources import PolledSource


class Own(PolledSource):
    """A source that calls no constructor above it."""

    def __init__(self) -> None:
        self.id = "own:1"


def test_a_refresh_tells_whoever_is_bound() -> None:
    own, other, told = Own(), Own(), []
    own.refresh()
    undo = own.bind(lambda: told.append("a"))
    own.bind(lambda: told.append("b"))
    other.bind(lambda: told.append("other"))
    own.refresh()
    undo()
    undo()
    own.refresh()
    assert told == ["a", "b", "b"]

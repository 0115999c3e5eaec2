"""Which series of channels some panel shows, on any screen."""

from __future__ import annotations

from cadran.readable import SeriesOf
from cadran.screen.program import Program
from cadran.screen.reach import readables_from
from cadran.screen.slots import Description, roots_of


class ShownSeries:
    """Looked up again only when a screen has another layout."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._descriptions: list[Description] = []
        self._shown: frozenset[tuple[str, str]] = frozenset()

    def has(self, channel: str, series: str) -> bool:
        """Whether a panel reads this series of a channel, by that one's id."""
        descriptions = [self._program.description(slug) for slug in self._program.screens]
        if list(map(id, descriptions)) != list(map(id, self._descriptions)):
            roots = (root for one in descriptions for slot in one.slots for root in roots_of(slot))
            found = (one for one in readables_from(*roots) if isinstance(one, SeriesOf))
            self._shown = frozenset((one.source.id, one.series) for one in found)
            self._descriptions = descriptions
        return (channel, series) in self._shown

"""A table, and all that is known of it when its screen is composed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cadran.open.columns import ColumnRole
from cadran.open.facts import TableFacts
from cadran.open.plan import Read
from cadran.open.spans import Span
from cadran.open.wording import Writing, words_of, writing_of
from cadran.readable import Floats
from cadran.screen.slug import slug_from


@dataclass(slots=True)
class Table:
    """What panels are proposed from. Hands out their keys."""

    facts: TableFacts
    roles: tuple[ColumnRole, ...]
    noun: str
    time: ColumnRole | None
    span: Span | None
    times: Floats
    """Of the rows that were looked at last, seconds since 1970 UTC."""
    measures: list[ColumnRole]
    categories: list[ColumnRole]
    cadence: float | None
    """Seconds between rows that come at even distances; None where they don't."""
    money: str | None
    """The currency of all amounts, where a column says one."""
    read: Read
    long: ColumnRole | None = None
    """The category that says what the one measure of a row is of."""
    written: dict[str, Writing] = field(default_factory=dict)
    """How measures are written of which more is known than their names say."""
    taken: set[str] = field(default_factory=set)

    def key_for(self, title: str) -> str | None:
        """Return a panel's key where its title alone would make none, or one that is taken."""
        made = slug_from(title)
        key = made or "panel"
        number = 2
        while key in self.taken:
            key, number = f"{made or 'panel'}-{number}", number + 1
        self.taken.add(key)
        return None if key == made else key

    def writing(self, column: ColumnRole) -> Writing:
        """Return how a measure is written."""
        known = self.written.get(column.name)
        return known or writing_of(column.name, column.low, column.high, column.is_whole, self.money)

    @property
    def counted(self) -> str:
        """What the number of rows is called: a noun in the plural says it alone."""
        words = words_of(self.noun)
        return self.noun if words and words[-1].endswith("s") else f"{self.noun}, rows"

    @property
    def window(self) -> str | None:
        return None if self.span is None else self.span.window

    @property
    def card_window(self) -> str | None:
        """What cards show: the window, or the last one of data that ended."""
        ended = None if self.span is None else self.span.ended
        return self.window if ended is None else ended.window

    @property
    def card_until(self) -> str | None:
        """Where a window of data that ended does."""
        return None if self.span is None or self.span.ended is None else self.span.ended.until

    @property
    def card_words(self) -> str:
        """The window of cards for people; empty for the whole period."""
        if self.span is None:
            return ""
        return self.span.words if self.span.ended is None else self.span.ended.words

    @property
    def compare(self) -> Literal["previous"] | None:
        """What cards are compared with."""
        if self.span is None:
            return None
        return "previous" if self.span.ended or (self.span.window and self.span.has_previous) else None

    @property
    def during(self) -> str:
        """What titles say of the window, such as *, 24 h*."""
        return "" if self.span is None or not self.span.words else f", {self.span.words}"

"""How a source is doing, as panels need to know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

SourceState = Literal["loading", "live", "stale", "error"]
STATE_NUMBERS: dict[SourceState, int] = {"loading": 0, "live": 1, "stale": 2, "error": 3}


class Health(Struct, frozen=True):
    """One source's state, its times, and how long the server vouches for them."""

    state: SourceState
    message: str | None = None
    since: float | None = None
    """Wall seconds of the fault's beginning, or of the last sign of life of a stale source."""
    next_try: float | None = None
    event_at: float | None = None
    changed_at: float | None = None
    checked_at: float | None = None
    promise_secs: float = 0.0
    slow_secs: float | None = None
    """The interval at which it is read, where that is longer than wanted as reading takes too long."""
    capped_rows: int | None = None
    """How many rows were read, where there were more than may be."""
    is_behind: bool = False
    """Something that it gave is not in the store yet."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Points that were left out since the start, as they have no finite x, by series."""

    @property
    def told(self) -> tuple[object, ...]:
        """What panels show of it beside its times: another means another picture."""
        return self.state, self.message, self.is_behind, self.rejected

    @property
    def is_noted(self) -> bool:
        """Whether people are told something of it although it is live."""
        return self.slow_secs is not None or self.capped_rows is not None or self.is_behind

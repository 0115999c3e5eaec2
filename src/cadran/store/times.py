"""The three times of a source. They differ, and people need each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class SourceTimes:
    """Wall seconds; None: never yet."""

    event_at: float | None = None
    """Of the newest datum."""
    changed_at: float | None = None
    """Of the last change in the store."""
    checked_at: float | None = None
    """Of the last successful read or receipt: what *last update* shows."""

    def saw_event(self, at: float) -> None:
        """A datum of this time arrived."""
        if self.event_at is None or at > self.event_at:
            self.event_at = at

"""What was asked of a source so far, and how it is known that nothing changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Asked:
    """Counts since the start, of all readers of one source."""

    how: str = "digest"
    """``cursor``, ``late cursor``, ``probe + digest`` or ``digest``."""
    num_queries: int = 0
    """Statements run for data. Of a cursor query also those that only found nothing new."""
    num_probes: int = 0
    """Looks at whether anything changed at all."""
    num_rows: int = 0
    """Rows that were fetched."""

    def start_again(self) -> None:
        """Count from here."""
        self.num_queries = self.num_probes = self.num_rows = 0

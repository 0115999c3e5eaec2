"""What is posted at once."""

from __future__ import annotations

from dataclasses import dataclass

from cadran.client.items import Item
from cadran.updates.arrival import AGE_SHOWN_SECS
from cadran.updates.binary import encode_messages


@dataclass(slots=True)
class Batch:
    """Items that go together; ``key`` names them for good. An empty one only asks."""

    key: str | None
    items: list[Item]
    made_mono: float
    is_maybe_applied: bool = False
    """It was sent, and no answer came: it must stay as it is."""
    num_slow: int = 0
    """So often the link took it too slowly."""
    _body: bytes | None = None

    @property
    def body(self) -> bytes:
        """The same bytes each time."""
        if self._body is None:
            self._body = encode_messages([item.message(self.made_mono) for item in self.items])
        return self._body

    def headers(self, now_mono: float) -> dict[str, str]:
        headers = {"Content-Type": "application/vnd.msgpack"}
        if self.key is not None:
            headers["Idempotency-Key"] = self.key
        waited_secs = now_mono - self.made_mono
        if waited_secs >= AGE_SHOWN_SECS:
            headers["Cadran-Waited"] = f"{waited_secs:.3f}"
        return headers

    @property
    def oldest_mono(self) -> float:
        """When the oldest part of it was given."""
        return min((item.sent_mono for item in self.items), default=self.made_mono)

    @property
    def num_fresh(self) -> int:
        return sum(item.num_items for item in self.items if not item.is_again)

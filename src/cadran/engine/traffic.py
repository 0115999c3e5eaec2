"""What viewers were sent."""

from __future__ import annotations

from typing import NamedTuple

from cadran.frames.viewer import Viewer


class Traffic(NamedTuple):
    """Of some viewers together."""

    num_bytes: int = 0
    """Beats count."""
    num_starved: int = 0
    """Settled states that a viewer did not get for want of credit: it got a later one instead."""

    def plus(self, viewer: Viewer) -> Traffic:
        """Return the sum with a viewer's."""
        return Traffic(
            self.num_bytes + viewer.credit.sent_bytes,
            self.num_starved + viewer.num_starved,
        )

"""What a client counts: nothing is lost, merged or sent twice without a number here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientStatistics:
    """Counts since the channel was opened: one for each KPI value, each table and each point.

    ``num_sent = num_accepted + num_merged + num_dropped + num_refused + num_rejected + num_pending``.
    """

    num_sent: int
    """Given to ``send``."""
    num_accepted: int
    """Taken by the server."""
    num_merged: int
    """Replaced by newer ones before they were sent: KPI values, tables, series sent with ``replace=True``."""
    num_dropped: int
    """Given up at the bound: the oldest points, and once there are none the KPIs and tables that waited longest."""
    num_refused: int
    """Refused by the server, which said why: ``last_refusal``."""
    num_rejected: int
    """Points whose x was None, NaN or infinite."""
    num_pending: int
    """Waiting, or on their way."""
    pending_bytes: int
    num_batches: int
    """Batches that the server took."""
    num_retries: int
    """Batches that had to be sent again."""
    num_restarts: int
    """Times that the server began anew, with nothing in its memory."""
    num_resent: int
    """KPIs, tables and curves given to the server again because it had begun anew."""
    last_error: str | None
    """Why the last batch was not taken; None once one was."""
    last_refusal: str | None
    """What the server said of the last update that it refused."""

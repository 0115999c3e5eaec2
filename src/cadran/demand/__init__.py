"""Who watches what: a leaf room that all others may import."""

from cadran.demand.leases import LINGER_SECS, Leases

__all__ = ["LINGER_SECS", "Leases"]

"""The zone in which a screen shows times."""

from cadran.zones import check_zone, local_zone

__all__ = ["check_zone", "local_zone"]

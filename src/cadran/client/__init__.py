"""Sending to a server in another process or on another machine: ``cadran.connect(url).channel("press")``."""

from cadran.client.channel import RemoteChannel
from cadran.client.client import Client, connect
from cadran.client.statistics import ClientStatistics

__all__ = ["Client", "ClientStatistics", "RemoteChannel", "connect"]

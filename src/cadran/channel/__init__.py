"""Bounded, thread-safe channels: senders on one side, the engine on the other."""

from cadran.channel.backlog import REJECTED_SERIES_MAX
from cadran.channel.channel import Channel, channel
from cadran.channel.feed import Feed, RunningFeed, Sender
from cadran.channel.handful import Handful
from cadran.channel.landed import ChannelStatistics, Drained, KpiLanded, PointsLanded, TableLanded
from cadran.channel.stop import Stop
from cadran.channel.taken import Taken

__all__ = [
    "REJECTED_SERIES_MAX",
    "Channel",
    "ChannelStatistics",
    "Drained",
    "Feed",
    "Handful",
    "KpiLanded",
    "PointsLanded",
    "RunningFeed",
    "Sender",
    "Stop",
    "TableLanded",
    "Taken",
    "channel",
]

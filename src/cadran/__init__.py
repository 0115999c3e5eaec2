"""Cadran: live dashboards. Work happens only when something changed and someone is watching.

``import cadran as cd``, describe data (``database``, ``channel``, ``source``, ``metric``) and a ``screen``;
``cadran run file.py`` serves it. The kit for testing screens is ``cadran.testing``.
"""

from cadran.channel import Channel, Sender, Stop, channel
from cadran.client import Client, RemoteChannel, connect
from cadran.errors import CadranError, ClosedError, OutsideError, SourceTimeout, UsageError
from cadran.metrics.metric import Metric, metric
from cadran.metrics.sql import sql
from cadran.readable import Points, Readable, Scalar
from cadran.readable.splice import splice
from cadran.screen.bands import above, below, between, reference
from cadran.screen.columns import column
from cadran.screen.formats import byte_size, currency, date, duration, number, percent
from cadran.screen.link import link
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen, screen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.sources import database, source
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated

__version__ = "0.1.0"

__all__ = [
    "CadranError",
    "Channel",
    "ChartDataUpdated",
    "Client",
    "ClosedError",
    "DashboardScreen",
    "DesignTokens",
    "KpiUpdated",
    "Metric",
    "OutsideError",
    "Points",
    "Program",
    "Readable",
    "RemoteChannel",
    "Scalar",
    "Sender",
    "SourceTimeout",
    "Stop",
    "TableUpdated",
    "Ui",
    "UsageError",
    "__version__",
    "above",
    "below",
    "between",
    "byte_size",
    "channel",
    "column",
    "connect",
    "currency",
    "database",
    "date",
    "duration",
    "link",
    "metric",
    "number",
    "percent",
    "reference",
    "screen",
    "source",
    "splice",
    "sql",
]

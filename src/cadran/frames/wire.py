"""The wire: structs and numbers shared with the page. ``docs/protocol.md`` says the same in words.

Server to viewer: binary messages of at most ``MESSAGE_BYTES_MAX``, a header and pieces.
Viewer to server: JSON text messages, each a tagged struct of ``ViewerMessage``.
"""

from __future__ import annotations

import struct
from typing import Literal

from msgspec import Struct

from cadran.screen.layout import Layout

VERSION = 2
MESSAGE_BYTES_MAX = 65_536
BEAT_SECS = 5.0
"""The server's heartbeat; a viewer that misses two counts itself disconnected."""

HEADER = struct.Struct("<BBHIddd")
"""version, flags, number of pieces, view number, S, base S, server wall seconds."""
PIECE = struct.Struct("<BBHI")
"""kind, flags, index (slot, panel or 0), payload bytes before padding to 8."""

# Flags of a message.
FIRST, COMMIT, RESET, BEAT = 1, 2, 4, 8

# Kinds of piece.
WELCOME, PANEL, TIMES, SCALAR, SERIES, TABLE, CURVE, NOTICE = 1, 2, 3, 4, 5, 6, 7, 8

# Flag of a WELCOME piece: its payload goes on in the next piece.
WELCOME_MORE = 1
# Flags of a SERIES piece.
SERIES_REPLACE, SERIES_FLAT, SERIES_F32, SERIES_STEP, SERIES_U16, SERIES_U32 = 1, 2, 4, 8, 16, 32
# Types of a SCALAR.
SCALAR_GAP, SCALAR_NUMBER, SCALAR_BOOL, SCALAR_TEXT = 0, 1, 2, 3

SCALAR_HEAD = struct.Struct("<ddII")
"""value, previous (NaN: none), type, bytes of text that follow."""
SERIES_HEAD = struct.Struct("<hHfdd")
"""k (buckets are 2**k wide), number of buckets, cadence in buckets (NaN: unknown), first id covered, newest x."""
SERIES_STEPS = struct.Struct("<II")
"""With ``SERIES_STEP``: the first bucket's id less the first id covered, and the step from each to the next."""
TIMES_ROW = struct.Struct("<HHffff")
"""source, state, then ages in seconds before the header's time: event, change, check; then seconds of promise."""
CURVE_HEAD = struct.Struct("<II")
"""number of points in this piece, index of its first point in the curve."""

PanelState = Literal["loading", "live", "behind", "stale", "error", "empty"]
"""What the server says of a panel; the page adds ``paused`` and ``disconnected``, and ``stale`` past a promise."""


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with a panel, for the people who look at it."""

    message: str
    detail: str | None = None
    """Where it happened: a source's or a metric's name and the error's text."""
    since: float
    """Wall seconds."""
    next_try: float | None = None
    """Wall seconds of the next attempt; None where nothing is scheduled."""


class PanelStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Payload of a PANEL piece: many come at once when a screen opens, so what is null is left out."""

    state: PanelState
    since: float
    """Wall seconds at which the state began."""
    fault: Fault | None = None
    slow_secs: float | None = None
    """The interval of a source that is read less often than wanted, as reading takes too long; None: of none."""
    capped_rows: int | None = None
    """Of a source with more rows only so many first ones were read; None: of none."""
    num_rejected: int | None = None
    """Points that were left out of its series since the start, as they have no finite x; None: none."""


class TableColumn(Struct, frozen=True, kw_only=True):
    """A column of the data."""

    name: str
    type: Literal["number", "text", "bool", "time"]
    """``time``: numbers of seconds since 1970 UTC."""


Cell = float | int | str | bool | None


class TableRows(Struct, frozen=True, kw_only=True):
    """Payload of a TABLE piece: the order of all rows, and those that are new or changed.

    Row ids are small integers, unique in a table while the row is present.
    """

    columns: tuple[TableColumn, ...]
    order: tuple[int, ...]
    """Ids of all rows, top to bottom."""
    rows: dict[str, tuple[Cell, ...]]
    """Rows by id (JSON keys are text)."""
    replace: bool = False
    """Forget the rows that were held before."""
    num_rows: int
    """How many rows there are at the source, of which the first ``len(order)`` are shown."""


class Notice(Struct, frozen=True, kw_only=True):
    """Payload of a NOTICE piece: something that people should know and that belongs to no panel."""

    key: str
    """A later notice of the same key replaces this one."""
    level: Literal["info", "warning", "error"]
    message: str | None
    """None withdraws the notice."""


class RefusedChoice(Struct, frozen=True, kw_only=True):
    """A choice of a viewer that is ignored."""

    name: str
    why: Literal["unknown", "malformed", "crowded"]
    """``crowded``: too many different choices are shown to others at present."""


class Welcome(Struct, frozen=True, kw_only=True):
    """Payload of a WELCOME piece, the first of a connection."""

    version: int
    epoch: str
    resumed: bool
    """Whether the viewer's ``have`` still counts; if not it forgets all data."""
    layout: Layout
    beat_secs: float
    choices: dict[str, tuple[str, ...]] = {}
    """What is shown is of these: values by parameter. All data after it is of them, and all before it of others."""
    refused: tuple[RefusedChoice, ...] = ()
    tokens_hash: str = ""
    """Names the style sheet of the screen's tokens, ``tokens.css?`` and this: a page that has another loads it."""


class PanelView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visible panel, as this viewer sees it."""

    i: int
    """The panel's index."""
    px: int = 0
    """Width of the drawing area in device pixels; 0 where nothing is drawn over x."""
    span: float | None = None
    """Width of the live range in units of x, where the viewer chose another than the layout's."""
    x0: float | None = None
    x1: float | None = None
    """A range that the viewer zoomed to; None follows the present."""


class View(Struct, frozen=True, kw_only=True, tag_field="t", tag="view"):
    """What a viewer sees from now on. ``n`` grows by one with each."""

    n: int
    hidden: bool = False
    paused: bool = False
    paused_at: float | None = None
    """While paused: the header's time of the newest frame that was shown when the pause began; None: now."""
    refresh_secs: float | None = None
    """The interval that this viewer chose; None leaves it to the sources."""
    panels: tuple[PanelView, ...] = ()
    """Visible panels only."""
    choices: dict[str, tuple[str, ...]] = {}
    """Values by the names of ``Layout.controls``; what is not named is not chosen."""


class Have(Struct, frozen=True, array_like=True):
    """What a viewer still holds of a slot when it comes back."""

    slot: int
    k: int
    """Level of the buckets held; 0 for what has no levels."""
    low: float
    """Lowest bucket id held."""
    s: float
    """The S of which this is the state."""


class Hello(Struct, frozen=True, kw_only=True, tag_field="t", tag="hello"):
    """The first message of a connection."""

    version: int
    epoch: str | None = None
    have: tuple[Have, ...] = ()
    view: View


class Ack(Struct, frozen=True, kw_only=True, tag_field="t", tag="ack"):
    """Sent after painting, in the long run at most 5 times a second, and on every beat."""

    s: float
    """The newest S that was painted."""
    bytes: float
    """Bytes of all messages handled since the connection opened."""


class Refresh(Struct, frozen=True, kw_only=True, tag_field="t", tag="refresh"):
    """Read again now: the sources of these panels, or of all that are visible."""

    panels: tuple[int, ...] | None = None


ViewerMessage = Hello | View | Ack | Refresh

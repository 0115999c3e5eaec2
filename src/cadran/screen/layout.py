"""The layout of a screen as the page gets it: no data, only what to draw and where.

These structs are the one source of the page's types; ``make types`` writes the TypeScript.
A *slot* is one value that a panel shows (a KPI's number, its sparkline, one line of a chart);
slots, panels and sources are numbered from 0 within a layout.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Level = Literal["good", "warning", "error"]
XKind = Literal["time", "number", "free"]


class Format(Struct, frozen=True, kw_only=True):
    """How a number is written; the page adds the viewer's locale."""

    kind: Literal["number", "currency", "percent", "duration", "bytes", "date", "text"] = "number"
    decimals: int | None = None
    """Digits after the point; None lets the page choose by magnitude."""
    currency: str | None = None
    """ISO 4217 code, for ``currency``."""
    whole: float = 1.0
    """For ``percent``: the value that reads as 100 %."""
    compact: bool = False
    """Short notation: 48.2 k."""
    date_style: Literal["date", "time", "datetime"] = "datetime"


class Band(Struct, frozen=True, kw_only=True):
    """A range of values that deserves attention: ``op`` ``value`` gives ``level``. The last that matches wins."""

    op: Literal["above", "below"]
    value: float
    level: Level


class Reference(Struct, frozen=True, kw_only=True):
    """A named horizontal line in a chart."""

    value: float
    label: str
    level: Level | None = None


class SourceInfo(Struct, frozen=True, kw_only=True):
    """A source as the page names it."""

    index: int
    label: str
    kind: Literal["channel", "query", "function"]
    every_secs: float | None
    """The floor of its interval; None for what is pushed."""


class LineSeries(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a chart: a layout may have many, so what is null is left out."""

    slot: int
    label: str
    color: str | None = None
    """A token's name such as ``series.2``, or a CSS colour; None takes the next of the palette."""
    finished_slot: int | None = None
    """The slot with the x from which on its points are of unfinished buckets of time; None: it has no buckets."""


class Compare(Struct, frozen=True, kw_only=True):
    """What a KPI's change is measured against."""

    label: str
    """Such as ``1 h`` or ``previous``: shown after *vs*."""
    period_secs: float


class _Panel(Struct, frozen=True, kw_only=True):
    """What every panel has."""

    index: int
    """Its place in ``Layout.panels``."""
    key: str
    """By which it is known when the layout is another."""
    title: str
    sources: tuple[int, ...]
    """Whose times and states the panel shows: places in ``Layout.sources``."""
    note: str | None = None
    """One line of help, shown on demand."""
    always: bool = False
    """Kept live even when nobody sees it."""
    append_only: bool = False
    """Rows of its sources are only ever added: what changes or goes at a source stays here as it was."""


class KpiPanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="kpi"):
    """A card: one value, its change and its sparkline."""

    value_slot: int
    spark_slot: int | None = None
    spark_secs: float | None = None
    """The sparkline's window, in seconds; None where it shows all."""
    follows_range: bool = False
    """Whether the sparkline's window is the range that a viewer picks."""
    unit: str | None = None
    format: Format = Format()
    icon: str | None = None
    compare: Compare | None = None
    good: Literal["up", "down"] | None = None
    """Which direction is good news; None colours neither."""
    bands: tuple[Band, ...] = ()
    color: str | None = None


class LinePanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="line"):
    """Lines over time, over a number, or a free curve."""

    series: tuple[LineSeries, ...]
    x: XKind = "time"
    window_secs: float | None = None
    """Width of the live range in units of x; None shows all that is kept."""
    unit: str | None = None
    format: Format = Format()
    references: tuple[Reference, ...] = ()
    y_min: float | None = None
    y_max: float | None = None
    fill: bool | None = None
    """Fill below a single line; None fills where the axis starts at zero."""
    reaches_back: bool = False
    """Before what is held there is more: it is read when somebody looks there."""


class Link(Struct, frozen=True, kw_only=True):
    """Another screen that opens from a bar, a slice or a row."""

    screen: str
    """Its slug."""
    params: dict[str, str]
    """By the name of its parameter the column whose value in that row it gets; none named: that of the label."""


class BarPanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="bar"):
    """Bars from a table of (label, value)."""

    slot: int
    unit: str | None = None
    format: Format = Format()
    color: str | None = None
    references: tuple[Reference, ...] = ()
    link: Link | None = None
    finished_slot: int | None = None
    """The slot with the time from which on its bars are of unfinished buckets of time; None: it has no buckets."""


class PiePanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="pie"):
    """Shares of a whole from a table of (label, value)."""

    slot: int
    unit: str | None = None
    format: Format = Format()
    link: Link | None = None


class Column(Struct, frozen=True, kw_only=True):
    """How one column of a table is shown."""

    name: str
    title: str | None = None
    format: Format | None = None
    bar: bool = False
    """Draw a bar in the cell for its share of ``bar_max``, or of the column's maximum."""
    bar_max: float | None = None
    bands: tuple[Band, ...] = ()


class TablePanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="table"):
    """Rows."""

    slot: int
    columns: tuple[Column, ...] | None = None
    """What to show, in order; None shows all columns of the data."""
    link: Link | None = None
    finished_slot: int | None = None
    """The slot with the time from which on its rows are of unfinished buckets of time; None: it has no buckets."""


class TextPanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Plain text; blank lines separate paragraphs. Never HTML."""

    body: str


class OptionsPanel(_Panel, frozen=True, kw_only=True, tag_field="kind", tag="options"):
    """What a filter offers, from data: one column of texts. In no row; it is seen while the filter's menu is open."""

    slot: int


Panel = KpiPanel | LinePanel | BarPanel | PiePanel | TablePanel | TextPanel | OptionsPanel


class FilterControl(Struct, frozen=True, kw_only=True, tag_field="kind", tag="filter"):
    """Shows only the rows whose ``column`` is what was chosen."""

    name: str
    """Of the parameter, in the address too."""
    label: str
    column: str
    several: bool = False
    """Whether more than one value may be chosen at a time."""
    options: tuple[str, ...] | None = None
    """What can be chosen; None: what the panel of that number holds."""
    panel: int | None = None


class SearchControl(Struct, frozen=True, kw_only=True, tag_field="kind", tag="search"):
    """Shows only the rows that contain a text."""

    name: str
    label: str


class RangeControl(Struct, frozen=True, kw_only=True, tag_field="kind", tag="range"):
    """Picks the time range: a span up to now such as ``1h``, or ``FROM~TO`` in seconds since 1970 UTC."""

    name: str
    label: str
    default_secs: float
    spans_secs: tuple[float, ...]


Control = FilterControl | SearchControl | RangeControl


class Row(Struct, frozen=True, kw_only=True):
    """Panels side by side: at most ``columns`` in a row, fewer on a narrow page."""

    columns: int
    panels: tuple[int, ...]
    """Places in ``Layout.panels``."""


class Section(Struct, frozen=True, kw_only=True):
    """A titled group of rows."""

    title: str | None
    rows: tuple[Row, ...]


class Layout(Struct, frozen=True, kw_only=True):
    """Everything the page needs to draw an empty screen."""

    title: str
    slug: str
    zone: str
    """IANA name of the zone in which times are shown."""
    lang: Literal["en", "fr"] | None
    """The language of viewers who chose none; None takes their browser's."""
    refresh_secs: float | None
    """The interval the picker starts with; None where every source decides for itself."""
    intervals_secs: tuple[float, ...]
    """What the picker offers."""
    sections: tuple[Section, ...]
    panels: tuple[Panel, ...]
    sources: tuple[SourceInfo, ...]
    num_slots: int
    controls: tuple[Control, ...] = ()
    """What viewers may choose beside their view: filters, a search, a time range."""

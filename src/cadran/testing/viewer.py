"""A viewer without a browser: it speaks the real protocol and keeps what a page would."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from cadran.frames.message import RawPiece, split_message
from cadran.frames.wire import (
    BEAT,
    COMMIT,
    CURVE,
    CURVE_HEAD,
    FIRST,
    NOTICE,
    PANEL,
    RESET,
    SCALAR,
    SCALAR_BOOL,
    SCALAR_HEAD,
    SCALAR_NUMBER,
    SCALAR_TEXT,
    SERIES,
    SERIES_REPLACE,
    TABLE,
    TIMES,
    TIMES_ROW,
    VERSION,
    WELCOME,
    WELCOME_MORE,
    Ack,
    Have,
    Hello,
    Notice,
    PanelStatus,
    PanelView,
    Refresh,
    TableRows,
    View,
    Welcome,
)
from cadran.readable import Floats, Scalar
from cadran.screen.layout import KpiPanel, Layout, LinePanel, Panel, TextPanel
from cadran.testing.held import SeriesHeld, joined
from cadran.testing.told import Told


@dataclass(slots=True)
class Picture:
    """All data that a viewer holds."""

    scalars: dict[int, tuple[Scalar, float]] = field(default_factory=dict)
    """Value and previous, by slot."""
    series: dict[int, SeriesHeld] = field(default_factory=dict)
    tables: dict[int, tuple[tuple[str, ...], list[tuple[Any, ...]]]] = field(default_factory=dict)
    table_rows: dict[int, dict[int, tuple[Any, ...]]] = field(default_factory=dict)
    curves: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)
    status: dict[int, PanelStatus] = field(default_factory=dict)
    slot_s: dict[int, float] = field(default_factory=dict)
    filled_by: dict[int, int] = field(default_factory=dict)
    """By slot of a line: the number of the view that it came whole for, as ``Told.filled_by`` says it."""


class HeadlessViewer:
    """Holds a picture, sends views and acknowledgements. ``outbox`` is what it has said."""

    def __init__(self, *, px: int = 600) -> None:
        self.px = px
        self.outbox: list[bytes] = []
        self.layout: Layout | None = None
        self.epoch: str | None = None
        self.picture = Picture()
        self.s = 0.0
        self.at = 0.0
        self.promises: dict[int, float] = {}
        """By source: the server's second until which it vouches."""
        self.checked_at: dict[int, float] = {}
        self.source_states: dict[int, int] = {}
        self.notices: dict[str, Notice] = {}
        self.num_frames = 0
        self.num_data_pieces = 0
        self.num_messages = 0
        self.num_bytes = 0
        self.num_beats = 0
        self.max_message_bytes = 0
        self.close_code: int | None = None
        self.does_ack = True
        self.resumed: bool | None = None
        self._view = View(n=1)
        self.is_connected = False
        self.choices: dict[str, tuple[str, ...]] = {}
        """What is shown is of these, as the server said."""
        self.refused: dict[str, str] = {}
        """The choices that the server ignores, and why."""
        self._chosen_n = 0
        self._visible: dict[int, PanelView] | None = None
        self._told = Told()
        self._lines: dict[int, int] = {}
        """The panel of each slot that holds a line."""
        self._pending: list[tuple[RawPiece, int]] = []
        """With the number of the view that each answers."""
        self._pending_flags = 0
        self._welcome_parts: list[bytes] = []

    # --- what it says ---

    def say_hello(self) -> None:
        """Begin, or resume with what is held."""
        self.num_bytes = 0
        self._pending.clear()
        self._pending_flags = 0
        have = []
        if self.epoch is not None:
            for slot, s in self.picture.slot_s.items():
                if slot in self.picture.series and not self._is_filled(slot):
                    continue  # it looks at another range than the one that the server filled
                held = self.picture.series.get(slot)
                have.append(Have(slot, held.k, held.low, s) if held is not None else Have(slot, 0, 0.0, s))
        self.is_connected = True
        if self.epoch is not None:
            self._view = msgspec.structs.replace(self._view, n=self._view.n + 1)
        self._told.tell(self._view)
        self._say(Hello(version=VERSION, epoch=self.epoch, have=tuple(have), view=self._view))

    def _is_filled(self, slot: int) -> bool:
        """Whether a line was sent whole, of the range that is looked at, and up to the S that it is held at."""
        index = self._lines[slot]
        is_outdated = self._told.is_outdated(index, self.picture.filled_by.get(slot, 0))
        return not is_outdated and self._told.is_as_told(index, (self._visible or {}).get(index))

    def see(self, *keys: str, px: int | None = None, **view: Any) -> None:
        """Make exactly these panels visible; none named means all. ``view``: hidden, paused, refresh_secs."""
        self.px = px or self.px
        panels = [panel for panel in self.panels if not keys or panel.key in keys]
        unknown = set(keys) - {panel.key for panel in panels}
        if unknown:
            raise KeyError(f"no panel {sorted(unknown)}; known: {[panel.key for panel in self.panels]}")
        old = self._visible or {}
        self._visible = {p.index: old.get(p.index, PanelView(i=p.index, px=self._px_of(p))) for p in panels}
        if px is not None:
            self._visible = {i: msgspec.structs.replace(v, px=px) if v.px else v for i, v in self._visible.items()}
        self.change(**view)

    def see_nothing(self) -> None:
        """Scroll everything out of sight."""
        self._visible = {}
        self.change()

    def zoom(self, key: str, x0: float | None = None, x1: float | None = None, *, span: float | None = None) -> None:
        """Look at a range of one line, or at the present again."""
        panel = self.panel(key)
        visible = dict(self._visible or {})
        visible[panel.index] = PanelView(i=panel.index, px=self._px_of(panel), span=span, x0=x0, x1=x1)
        self._visible = visible
        self.change()

    def change(self, **view: Any) -> None:
        """Send a view with some fields changed: hidden, paused, refresh_secs."""
        panels = tuple((self._visible or {}).values())
        self._view = msgspec.structs.replace(self._view, n=self._view.n + 1, panels=panels, **view)
        paused_at = (self._view.paused_at or self.at) if self._view.paused else None
        self._view = msgspec.structs.replace(self._view, paused_at=paused_at)
        if self.is_connected:
            self._told.tell(self._view)
        self._say(self._view)

    def choose(self, **values: str | Sequence[str] | None) -> None:
        """Choose values of the screen's parameters: a filter, the search, the range; None or ``""`` chooses nothing.

        What is not named stays as it is. Nothing that comes before the answer is shown.
        """
        choices = dict(self._view.choices)
        for name, value in values.items():
            choices[name] = () if value is None else (value,) if isinstance(value, str) else tuple(value)
        self._chosen_n = self._view.n + 1
        self.change(choices={name: chosen for name, chosen in choices.items() if any(chosen)})

    def refresh(self, *keys: str) -> None:
        """Press Refresh, or a panel's Retry."""
        self._say(Refresh(panels=tuple(self.panel(key).index for key in keys) or None))

    def acknowledge(self) -> None:
        """Say what was painted and handled, as after each message while ``does_ack``."""
        self._say(Ack(s=self.s, bytes=float(self.num_bytes)))

    def say(self, text: bytes) -> None:
        """Send anything at all."""
        self.outbox.append(text)

    def _say(self, message: Hello | View | Ack | Refresh) -> None:
        self.outbox.append(msgspec.json.encode(message))

    def _px_of(self, panel: Panel) -> int:
        is_drawn = isinstance(panel, LinePanel) or (isinstance(panel, KpiPanel) and panel.spark_slot is not None)
        return self.px if is_drawn else 0

    # --- what it hears ---

    def hear(self, data: bytes) -> None:
        """Take a message, apply it at its commit, and acknowledge."""
        header, pieces = split_message(data)
        self.num_messages += 1
        self.num_bytes += len(data)
        self.max_message_bytes = max(self.max_message_bytes, len(data))
        if header.flags & FIRST:
            self._pending, self._pending_flags = [], header.flags
        self._pending += [(piece, header.view) for piece in pieces]
        if header.flags & COMMIT:
            if header.flags & BEAT:
                self.num_beats += 1
            else:
                self.num_frames += 1
            is_welcome = any(piece.kind == WELCOME for piece, _ in self._pending)
            if header.base > self.s and not is_welcome:
                raise AssertionError(f"a frame builds on S {header.base}, the last one was {self.s}")
            self._commit(header.s, header.at, bool(header.flags & BEAT))
        if self.does_ack:
            self.acknowledge()

    def _commit(self, s: float, at: float, is_beat: bool) -> None:
        if self._pending_flags & RESET:
            self.picture = Picture()
        if not is_beat:
            if s < self.s and not self._pending_flags & RESET:
                raise AssertionError(f"S went back from {self.s} to {s}")
            self.s, self.at = s, at
        for piece, view in self._pending:
            self._apply(piece, view, s, at)
        self._pending = []

    def _apply(self, piece: RawPiece, view: int, s: float, at: float) -> None:
        payload = bytes(piece.payload)
        if piece.kind == WELCOME:
            self._welcome_parts.append(payload)
            if not piece.flags & WELCOME_MORE:
                self._welcome(b"".join(self._welcome_parts))
                self._welcome_parts = []
            return
        if piece.kind == TIMES:
            self._times(payload, at)
            return
        if piece.kind == NOTICE:
            notice = msgspec.json.decode(payload, type=Notice)
            self.notices[notice.key] = notice
            return
        self.num_data_pieces += 1
        if view < self._chosen_n:
            return  # of what was chosen before
        if piece.kind == PANEL:
            self.picture.status[piece.target] = msgspec.json.decode(payload, type=PanelStatus)
            return
        if piece.kind == SERIES:
            if self._told.is_outdated(self._lines[piece.target], view):
                return  # it would paint over a newer zoom
            if piece.flags & SERIES_REPLACE:
                self.picture.filled_by[piece.target] = self._told.filled_by(view)
        self.picture.slot_s[piece.target] = s
        if piece.kind == SCALAR:
            self.picture.scalars[piece.target] = _scalar(payload)
        elif piece.kind == SERIES:
            held = self.picture.series.get(piece.target)
            self.picture.series[piece.target] = joined(held, payload, piece.flags)
        elif piece.kind == TABLE:
            self._table(piece.target, payload)
        elif piece.kind == CURVE:
            num, start = CURVE_HEAD.unpack_from(payload)
            numbers = np.frombuffer(payload, "<f8", 2 * num, CURVE_HEAD.size)
            xs, ys = self.picture.curves.get(piece.target, (numbers[:0], numbers[:0]))
            xs, ys = np.concatenate((xs[:start], numbers[:num])), np.concatenate((ys[:start], numbers[num:]))
            self.picture.curves[piece.target] = (xs, ys)
        else:
            raise AssertionError(f"unknown kind of piece {piece.kind}")

    def _welcome(self, payload: bytes) -> None:
        welcome = msgspec.json.decode(payload, type=Welcome)
        if welcome.layout != self.layout:
            self._told = Told()
            self._lines = {slot: panel.index for panel in welcome.layout.panels for slot in _series_slots(panel)}
        self.layout, self.epoch, self.resumed = welcome.layout, welcome.epoch, welcome.resumed
        self.choices = welcome.choices
        self.refused = {one.name: one.why for one in welcome.refused}
        if not welcome.resumed:
            self.picture = Picture()
        if self._visible is None:
            self.see()

    def _times(self, payload: bytes, at: float) -> None:
        for start in range(0, len(payload), TIMES_ROW.size):
            source, state, _, _, checked_age, promise = TIMES_ROW.unpack_from(payload, start)
            self.source_states[source] = state
            self.checked_at[source] = at - checked_age
            self.promises[source] = at + promise

    def _table(self, slot: int, payload: bytes) -> None:
        table = msgspec.json.decode(payload, type=TableRows)
        held = {} if table.replace else self.picture.table_rows.get(slot, {})
        held |= {int(row): cells for row, cells in table.rows.items()}
        # A long table comes in parts: rows of later parts are not there yet.
        self.picture.table_rows[slot] = {row: held[row] for row in table.order if row in held}
        names = tuple(column.name for column in table.columns)
        self.picture.tables[slot] = (names, list(self.picture.table_rows[slot].values()))

    # --- what it shows ---

    @property
    def views(self) -> tuple[PanelView, ...]:
        """How it sees each visible panel."""
        return self._view.panels

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The layout's panels; none before the welcome."""
        return self.layout.panels if self.layout is not None else ()

    def panel(self, key: str) -> Panel:
        """The panel of that key."""
        for panel in self.panels:
            if panel.key == key:
                return panel
        raise KeyError(f"no panel {key!r}; known: {[panel.key for panel in self.panels]}")

    def state(self, key: str) -> str | None:
        """A panel's state as the server said it; None where it said nothing yet."""
        status = self.picture.status.get(self.panel(key).index)
        return status.state if status is not None else None

    def status(self, key: str) -> PanelStatus | None:
        """A panel's status with its fault."""
        return self.picture.status.get(self.panel(key).index)

    def state_at(self, key: str, server_now: float) -> str | None:
        """A panel's state as a page shows it: past a promise it is stale, whatever the server last said."""
        state = self.state(key)
        promises = [self.promises[source] for source in self.panel(key).sources if source in self.promises]
        return "stale" if state == "live" and promises and server_now > min(promises) else state

    def value(self, key: str) -> Scalar:
        """A KPI's value; None where there is none."""
        panel = self.panel(key)
        if not isinstance(panel, KpiPanel):
            raise TypeError(f"{key!r} is a {type(panel).__name__}, not a KPI")
        return self.picture.scalars.get(panel.value_slot, (None, math.nan))[0]

    def previous(self, key: str) -> float | None:
        """What a KPI is compared with."""
        panel = self.panel(key)
        assert isinstance(panel, KpiPanel)
        previous = self.picture.scalars.get(panel.value_slot, (None, math.nan))[1]
        return None if math.isnan(previous) else previous

    def series(self, key: str, position: int = 0) -> SeriesHeld | None:
        """The buckets of one of a chart's lines."""
        panel = self.panel(key)
        assert isinstance(panel, LinePanel)
        return self.picture.series.get(panel.series[position].slot)

    def rows(self, key: str) -> list[tuple[Any, ...]]:
        """The rows of a table, bar or pie."""
        panel = self.panel(key)
        assert not isinstance(panel, KpiPanel | LinePanel | TextPanel)
        return self.picture.tables.get(panel.slot, ((), []))[1]


def _series_slots(panel: Panel) -> tuple[int, ...]:
    if isinstance(panel, LinePanel):
        return tuple(line.slot for line in panel.series)
    return (panel.spark_slot,) if isinstance(panel, KpiPanel) and panel.spark_slot is not None else ()


def _scalar(payload: bytes) -> tuple[Scalar, float]:
    number, previous, kind, num_bytes = SCALAR_HEAD.unpack_from(payload)
    value: Scalar = None
    if kind == SCALAR_NUMBER:
        value = number
    elif kind == SCALAR_BOOL:
        value = bool(number)
    elif kind == SCALAR_TEXT:
        value = payload[SCALAR_HEAD.size : SCALAR_HEAD.size + num_bytes].decode()
    return value, previous

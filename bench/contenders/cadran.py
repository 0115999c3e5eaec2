"""Cadran itself, served as ``cadran run`` does, and viewers that speak its protocol."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping

import msgspec

import cadran as cd
from bench.accounts import switch_accounts
from bench.acks import AckPace
from bench.contender import HistoryHooks, PageHooks
from bench.load import Load
from bench.screens import CountedReads, history_screen, live_screen, query_screen
from bench.step_times import StepTimes
from cadran.frames.message import split_message
from cadran.frames.wire import (
    BEAT,
    COMMIT,
    HEADER,
    VERSION,
    WELCOME,
    WELCOME_MORE,
    Ack,
    Hello,
    PanelView,
    View,
    Welcome,
)
from cadran.screen.layout import Layout, LinePanel
from cadran.screen.program import Program
from cadran.server.run import serve

VIEWER_PX = 400
_PATH = "/s/bench/"
"""With its slash, as links to a screen have it: without, each opening would be sent on first."""
_CHART = "document.querySelector('section[data-panel=\"history\"]')"
_DRAWS = "Object.entries(cadran.statistics().draws).{0}"
_LINES = "([key]) => key.startsWith('line') || key === 'history'"


class CadranViewer:
    """One viewer: takes frames, and acknowledges like the page."""

    def __init__(self) -> None:
        self._pace = AckPace()
        self._s = 0.0
        self._welcome: list[bytes] = []
        self.is_open = False
        self.late_millis: float | None = None

    @property
    def due_mono(self) -> float | None:
        """When the next acknowledgement is due."""
        return self._pace.due_mono

    def greeting(self) -> list[str]:
        return [_text(Hello(version=VERSION, view=View(n=1)))]

    def take(self, message: bytes, now_wall: float, now_mono: float) -> list[str]:
        _, flags, _, _, s, _, at = HEADER.unpack_from(message)
        said: list[str] = []
        if not self.is_open:
            layout = self._layout_of(message)
            if layout is not None:
                said.append(_text(View(n=2, panels=_panel_views(layout))))
                self.is_open = True
        if flags & COMMIT and not flags & BEAT:
            self._s = s
        self.late_millis = 1000 * (now_wall - at)
        if self._pace.took(len(message), now_mono, is_urgent=bool(flags & BEAT)):
            said.append(self._ack())
        return said

    def due(self, now_mono: float) -> list[str]:
        self._pace.acknowledged(now_mono)
        return [self._ack()]

    def _ack(self) -> str:
        return _text(Ack(s=self._s, bytes=float(self._pace.num_bytes)))

    def _layout_of(self, message: bytes) -> Layout | None:
        """Return the layout of a welcome; None until the last part of it came."""
        for piece in split_message(message)[1]:
            if piece.kind == WELCOME:
                self._welcome.append(bytes(piece.payload))
                if not piece.flags & WELCOME_MORE:
                    return msgspec.json.decode(b"".join(self._welcome), type=Welcome).layout
        return None


def _text(message: Hello | View | Ack) -> str:
    return msgspec.json.encode(message).decode()


def _panel_views(layout: Layout) -> tuple[PanelView, ...]:
    """All panels are visible."""
    return tuple(PanelView(i=one.index, px=VIEWER_PX if isinstance(one, LinePanel) else 0) for one in layout.panels)


class Cadran:
    """The contender."""

    name = "cadran"
    about = f"Cadran {cd.__version__}, its page and its server"
    page = PageHooks(
        stamp_js='document.querySelector(\'[data-panel="kpi0"] [data-role="value"]\')',
        bytes_js="cadran.statistics().bytes",
        draws_js=_DRAWS.format(f"filter({_LINES}).reduce((n, [, m]) => n + m, 0)"),
        drawn_js=_DRAWS.format(f"filter({_LINES}).filter(([, m]) => m > 0).length"),
        history=HistoryHooks(
            full_js="cadran.points('history')[0].xs.length > 500",
            area_js=f"{_CHART}.querySelector('.u-over').getBoundingClientRect()",
            pan_js="(x0, x1) => cadran.zoom('history', x0, x1)",
            detail_js=f"""(x0, x1) => {{
              const [{{ k, xs }}] = cadran.points("history");
              const slack = (x1 - x0) / 10;
              const px = {_CHART}.querySelector("canvas").width;
              return 2 ** k <= (1.02 * (x1 - x0)) / (px / 1.2)
                && xs.some((x) => x <= x0 + slack) && xs.some((x) => x >= x1 - slack);
            }}""",
        ),
    )

    def __init__(self) -> None:
        self._reads: CountedReads | None = None
        self._steps: StepTimes | None = None
        self._counts: Mapping[str, int] | None = None
        self.conversation = CadranViewer

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        if load.times_steps:
            self._steps = StepTimes()
        if load.query_url:
            from bench.postgres_screen import postgres_screen  # only this one needs psycopg

            screen, self._counts = postgres_screen(load)
        elif load.query_secs:
            screen, self._reads = query_screen(load)
        else:
            screen = history_screen(load) if load.history_points else live_screen(load)
        serve(Program([screen]), sock=sock, on_ready=lambda url: on_ready(f"{url.rstrip('/')}{_PATH}"))
        os._exit(0)

    def answer(self, question: str) -> object:
        """``reads``: how often the SQL source was read so far; ``cursor rows`` and so on: what each way asked.

        ``accounts on`` and ``accounts off``: what work costs is put on accounts, or not. ``steps``: the longest since
        that was last asked.
        """
        if question == "steps" and self._steps is not None:
            return self._steps.take()
        if question.startswith("accounts "):
            return switch_accounts(on=question.endswith(" on"))
        if self._counts is not None:
            return self._counts[question]
        if question == "reads" and self._reads is not None:
            return self._reads.num_reads
        raise ValueError(f"unknown question {question!r}")

    def socket_of(self, url: str) -> tuple[str, str | None]:
        return f"{url.replace('http', 'ws', 1)}ws", url.removesuffix(_PATH)


CONTENDER = Cadran()

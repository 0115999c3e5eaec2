"""What a contender offers. Cadran and the floor are in ``contenders/``, other projects in ``peers/``.

A peer is a folder ``bench/peers/<name>/`` with

``peer.py``
    ``PEER``, a ``Peer``: what the bench must know about its page. The bench imports it, so it imports only this module.
``requirements.txt``
    Pinned. ``python -m bench.environments <name>`` makes its virtual environment in ``.bench/<name>/``.
``serve.py LOAD``
    The server, run with that environment's Python. ``LOAD`` is JSON: ``bench.load.Load.of_json(sys.argv[1])`` (the
    checkout is on its path, and ``bench.load`` and ``bench.serving`` need NumPy alone). It takes a free port of
    127.0.0.1, feeds itself from ``bench.load.Generator`` in its own process, and prints ``ready URL`` on a line of its
    own once it takes connections (``bench.serving.say_ready``). It must end when its standard input does
    (``bench.serving.end_with_parent``); what is left of its process group is killed after that. CPU and memory are
    those of the whole group. Its standard output is read up to ``ready``, and then thrown away.
``structures.py NUM_SINGLES NUM_BATCHES`` (may be missing)
    Its data structure alone, nothing attached: takes that many updates of one point, then that many batches of 1,000
    points, and prints one line of JSON: ``{"singles": updates/s, "batches": points/s}``.

Which load is which:

live      ``history_points == 0``: ``num_kpis`` numbers and ``num_lines`` charts of one line each over ``window_secs``,
          new data ``updates_per_sec`` times a second (a page that asks by a timer asks as often). The first KPI shows
          the stamp. A new page shows the whole window at once. At 1600 × 1400 all charts are in sight, four to a row,
          240 px high.
idle      as live, with ``is_idle``: the window is there, nothing new ever comes, timers run.
history   ``history_points > 0``: one chart of ``bench.load.history(history_points)``, about 1500 × 500 px, showing all.
"""

from __future__ import annotations

import importlib
import pkgutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from bench.load import Load

if TYPE_CHECKING:
    from bench.viewers import Conversation

PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, kw_only=True)
class HistoryHooks:
    """How the page of a history is asked and steered. Each is a JavaScript expression; it may throw: "not yet".

    The probe evaluates ``full_js`` and the two that take a range after each animation frame, until they are true.
    """

    full_js: str
    """True once the picture of the whole history was painted."""
    area_js: str | None = None
    """A ``DOMRect`` of the plot's area: the bench drags over it with a real mouse to zoom, as users do."""
    zoom_js: str | None = None
    """A function ``(x0, x1) => …`` that zooms the page, where there is no dragging; x in seconds. It is also how the
    bench pans, where ``pan_js`` is None."""
    pan_js: str | None = None
    """A function ``(x0, x1) => …`` that shows the range ``x0..x1`` of the same width."""
    detail_js: str
    """A function ``(x0, x1) => boolean``: what is painted is the detail of that range: new points that were not in the
    picture before, not the old picture drawn larger. May be off by a tenth of the range: a mouse
    points at pixels."""
    before_drag_js: str | None = None
    """Evaluated once after opening: such as to choose the zoom tool."""


@dataclass(frozen=True, kw_only=True)
class PageHooks:
    """How a contender's page is asked. Each is a JavaScript expression; it may throw: "not yet"."""

    stamp_js: str
    """The element that shows the stamp, in ``data-value`` or in its text; it may lie in a shadow root. Only its digits
    count (no decimals). It may be another element later."""
    scope_js: str | None = None
    """The node below which changes are watched for, where ``stamp_js`` gives new elements all the time, such as
    ``document.body`` or a shadow root; None: the element itself."""
    bytes_js: str = "probe.bytes"
    """Bytes that the page received so far. The probe counts WebSockets, fetch and XMLHttpRequest if this asks it."""
    draws_js: str | None = None
    """How many charts the page drew so far (12 for a picture of 12); None where the peer does not let us count."""
    drawn_js: str
    """How many of the charts were ever drawn; the measurement begins once it is all of them."""
    history: HistoryHooks | None = None


@dataclass(slots=True)
class Tally:
    """What viewers received since they connected."""

    num_messages: int = 0
    num_bytes: int = 0
    num_open: int = 0
    """Viewers that have their first picture."""
    late_millis: list[float] = field(default_factory=list)
    """Of each message, or of some: from the server's stamp to its arrival. Taken out when it is asked for."""


class Contender(Protocol):
    """``bench/contenders/<name>.py`` with a ``CONTENDER``: served by this interpreter, with viewers of its own."""

    name: str
    about: str
    """One line for the report: what it is and its version."""
    page: PageHooks

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        """Serve on a bound socket of 127.0.0.1 until the process ends; tell the page's address once."""
        ...

    def answer(self, question: str) -> object:
        """Answer the bench from within the server's process; what it asks is up to the workload."""
        ...

    def socket_of(self, url: str) -> tuple[str, str | None]:
        """Return the WebSocket of a page's address, and the origin to name."""
        ...

    def conversation(self) -> Conversation:
        """Be one viewer of all panels, without a browser."""
        ...


@dataclass(frozen=True, kw_only=True)
class Peer:
    """``bench/peers/<name>/peer.py`` with a ``PEER``: served by its own environment."""

    name: str
    """The folder's name."""
    about: str
    """One line: what it is and which documented practice for live data is followed. The report adds the versions."""
    packages: tuple[str, ...]
    """Whose versions the report states, the first the project itself."""
    page: PageHooks
    workloads: tuple[str, ...] = ("W1", "W3", "W5")
    """Those that it can do: some of W1, W3, W4 (``structures.py``), W5."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """Why it cannot do one of them, by its number: the report says so."""
    max_points_per_sec: int = 10_000
    """W1 above this is left out: the report says so."""
    max_history: int = 10_000_000
    """W5 above this is left out."""
    open_secs: float = 45.0
    """How long a page may take until all its charts are drawn."""


def find_contender(name: str) -> Contender:
    """Return one of ``contenders``. Raises ``ModuleNotFoundError`` for a name that is none."""
    return cast(Contender, importlib.import_module(f"bench.contenders.{name}").CONTENDER)


def find_peer(name: str) -> Peer:
    """Return one of ``peers``. Raises ``ModuleNotFoundError`` for a name that is none."""
    return cast(Peer, importlib.import_module(f"bench.peers.{name}.peer").PEER)


def find(name: str) -> Contender | Peer:
    """Return either."""
    return find_peer(name) if name in peer_names() else find_contender(name)


def contender_names() -> list[str]:
    """The files in ``bench/contenders``."""
    return sorted(found.name for found in pkgutil.iter_modules([str(PEERS.parent / "contenders")]))


def peer_names() -> list[str]:
    """The folders in ``bench/peers`` that have a ``peer.py``."""
    return sorted(file.parent.name for file in PEERS.glob("*/peer.py"))

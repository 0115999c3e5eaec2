"""What a contender offers: a server of the common screen, and viewers that speak its protocol."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from bench.load import Load


@dataclass(slots=True)
class Tally:
    """What viewers received since they connected."""

    num_messages: int = 0
    num_bytes: int = 0
    num_open: int = 0
    """Viewers that have their first picture."""


class Contender(Protocol):
    """One file: ``bench/contenders/<name>.py`` or ``bench/peers/<name>.py`` with a ``CONTENDER``."""

    name: str
    about: str
    """One line for the report: what it is and its version."""
    stamp_selector: str
    """Of the element that shows the stamp: in ``data-value``, or as its text."""
    bytes_js: str
    """Gives the bytes that the page received so far."""
    draws_js: str
    """Gives how many charts the page drew so far."""
    drawn_js: str
    """Gives how many of the charts were ever drawn."""

    def serve(self, load: Load, sock: socket.socket, on_ready: Callable[[str], None]) -> None:
        """Serve on a bound socket of 127.0.0.1 until the process ends; tell the page's address once."""
        ...

    async def watch(self, url: str, tally: Tally, stop: asyncio.Event) -> None:
        """Be one viewer of all panels, without a browser, until ``stop``."""
        ...


async def until_stopped(viewer: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Let a viewer live until ``stop``. Raises what it raised, or ``RuntimeError`` if it ended before."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({viewer, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if viewer.done():
        viewer.result()
        raise RuntimeError("a viewer's connection ended by itself")
    viewer.cancel()


def find_contender(name: str) -> Contender:
    """Return a contender by its file's name. Raises ``ModuleNotFoundError`` for one that is none."""
    folder = "contenders" if name in _names_in("contenders") else "peers"
    return cast(Contender, importlib.import_module(f"bench.{folder}.{name}").CONTENDER)


def peer_names() -> list[str]:
    """The files in ``bench/peers``."""
    return _names_in("peers")


def _names_in(folder: str) -> list[str]:
    package = importlib.import_module("bench")
    paths = [f"{path}/{folder}" for path in package.__path__]
    return sorted(found.name for found in pkgutil.iter_modules(paths))

"""Sources that are only named: describing a screen reads nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cadran.channel import channel
from cadran.readable import Source, TableReadable
from cadran.sources.polled import PolledSource


class NamedQuery(TableReadable, PolledSource):
    kind = "query"
    every_secs = 5.0
    is_append_only = False

    def __init__(self, name: str, keep_secs: float | None = None) -> None:
        self.id = f"query:{name}"
        self.name = name
        self.keep_secs = keep_secs

    @property
    def label(self) -> str:  # type: ignore[override]  # a source's label is an attribute
        return self.name

    @property
    def time_column(self) -> str | None:
        return "ts"

    @property
    def key_column(self) -> str | None:
        return "id"


@pytest.fixture
def make_channel() -> Callable[..., Source]:
    return lambda name, keep_secs=None: channel(name, keep=keep_secs)


@pytest.fixture
def make_query() -> Callable[..., TableReadable]:
    return NamedQuery


@pytest.fixture
def press() -> Source:
    return channel("press", expect="2s", keep="1h")


@pytest.fixture
def orders() -> TableReadable:
    return NamedQuery("orders", 14 * 86_400.0)

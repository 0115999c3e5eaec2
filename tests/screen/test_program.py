from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.readable import KpiOf, Readable, Source, TableReadable
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui


class Shows(DashboardScreen):
    """A screen of KPIs that counts how often it is described, and raises on demand."""

    def __init__(self, title: str, *values: Readable[object]) -> None:
        super().__init__(title)
        self.values = values
        self.num_described = 0
        self.error: Exception | None = None

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        self.num_described += 1
        if self.error is not None:
            raise self.error
        for i, value in enumerate(self.values):
            ui.kpi(f"Value {i}", value)


def test_each_screen_is_described_once_when_first_asked_for(press: Source, orders: TableReadable) -> None:
    now, then = Shows("Now", KpiOf(press, "a")), Shows("Then", orders.count(), KpiOf(press, "b"))
    program = Program([now, then])
    assert list(program.screens) == ["now", "then"]
    assert now.num_described == then.num_described == 0
    assert program.description("now") is program.description("now")
    assert (now.num_described, then.num_described) == (1, 0)
    assert [source.label for source in program.sources] == ["press", "orders"]
    assert (now.num_described, then.num_described) == (1, 1)


def test_a_raising_description_keeps_the_old_one_and_says_so(press: Source) -> None:
    shows = Shows("Now", KpiOf(press, "a"))
    program = Program([shows])
    old = program.description("now")
    shows.error = RuntimeError("no table")
    error = program.redescribe("now")
    assert isinstance(error, UsageError)
    assert "RuntimeError: no table" in str(error)
    assert program.description("now") is old
    shows.error, shows.values = None, (KpiOf(press, "b"),)
    assert program.redescribe("now") is None
    assert program.description("now") is not old


def test_a_description_that_never_worked_is_asked_for_again(press: Source) -> None:
    shows = Shows("Now", KpiOf(press, "a"))
    shows.error = RuntimeError("no table")
    program = Program([shows])
    with pytest.raises(UsageError, match="no table"):
        program.description("now")
    shows.error = None
    assert program.description("now").sources == (press,)


def test_ids_of_sources_are_unique(press: Source, make_channel: Callable[..., Source]) -> None:
    other = make_channel("press")
    program = Program([Shows("Now", KpiOf(press, "a")), Shows("Then", KpiOf(other, "a"))])
    program.description("now")
    with pytest.raises(UsageError, match=r"two different sources have the id 'channel:press' \('press' and 'press'\)"):
        program.description("then")
    assert isinstance(program.redescribe("then"), UsageError)
    with pytest.raises(UsageError, match="two different sources"):
        _ = Program([Shows("Both", KpiOf(press, "a"), KpiOf(other, "a"))]).sources


def test_slugs_are_unique(press: Source) -> None:
    with pytest.raises(UsageError, match=r"two screens have the slug 'now' \('Now' and 'now!'\): give one of them"):
        Program([Shows("Now"), Shows("now!")])


def test_channels_are_found_by_name(press: Source, orders: TableReadable) -> None:
    program = Program([Shows("Now", KpiOf(press, "a"), orders.count())])
    assert program.channel("press") is press
    with pytest.raises(UsageError, match="no screen reaches a channel named 'orders'; known: press"):
        program.channel("orders")


def test_unknown_screens_and_wrong_ones() -> None:
    wrong: Any = [3]
    with pytest.raises(UsageError, match="no screen has the slug 'x'; known: none"):
        Program([]).description("x")
    with pytest.raises(UsageError, match="a program is made of screens, got 3"):
        Program(wrong)

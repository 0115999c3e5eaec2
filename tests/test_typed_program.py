"""What a type checker knows of a user's program. This file is checked too, and a needless ignore is an error."""

from __future__ import annotations

from typing import assert_type

import polars as pl
from starlette.types import ASGIApp

import cadran as cd
from cadran.sources import FunctionSource, TableFunction

press = cd.channel("press")


@cd.source(every="2s")
def load() -> float:
    return 1.5


@cd.source(every="2s")
async def load_later() -> float:
    return 1.5


@cd.source(every="2s")
def num_open() -> int:
    return 3


@cd.source(every="2s")
def is_open() -> bool:
    return True


@cd.source(every="2s")
def state() -> str:
    return "open"


@cd.source(every="2s")
def perhaps() -> float | None:
    return None


@cd.source(every="2s")
def rows() -> list[dict[str, object]]:
    return [{"label": "a", "value": 1}]


@cd.source(every="2s")
async def rows_later() -> pl.DataFrame:
    return pl.DataFrame({"label": ["a"], "value": [1]})


@cd.metric(load)
def twice(x: float) -> float:
    return 2 * x


@cd.metric(twice, is_open, rows)
async def summary(x: float, is_open: bool, rows: pl.DataFrame) -> str:
    return f"{x} {is_open} {rows.height}"


@cd.metric(press.series("vibration"))
def by_second(points: cd.Points) -> list[dict[str, float]]:
    return [{"label": float(x), "value": float(y)} for x, y in zip(*points, strict=True)]


def test_a_source_has_the_type_of_what_its_function_gives() -> None:
    assert_type(load, FunctionSource[float])
    assert_type(load_later, FunctionSource[float])
    assert_type(num_open, FunctionSource[float])  # numbers are kept as floats
    assert_type(is_open, FunctionSource[bool])
    assert_type(state, FunctionSource[str])
    assert_type(perhaps, FunctionSource[cd.Scalar])
    assert_type(rows, TableFunction)
    assert_type(rows_later, TableFunction)


def test_a_metric_has_the_type_of_what_its_function_gives() -> None:
    assert_type(twice, cd.Metric[float])
    assert_type(summary, cd.Metric[str])
    assert_type(by_second, cd.Metric[list[dict[str, float]]])


def test_a_metric_of_another_type_than_it_reads_is_an_error() -> None:
    def shout(x: str) -> str:
        return x.upper()

    cd.metric(load)(shout)  # type: ignore[arg-type]


def test_what_serves_a_screen_is_an_asgi_app() -> None:
    @cd.screen("Press")
    def press_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Load", load)

    apps: list[ASGIApp] = [press_screen.asgi(hosts=["dash.example.com"]), cd.Program([press_screen]).asgi()]
    assert all(map(callable, apps))

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran import testing
from cadran.errors import OutsideError, SourceTimeout, UsageError
from cadran.readable import TableReadable
from cadran.sources import FunctionSource, TableFunction, Unchanged, Whole, source

pd: Any = import_module("pandas")
pa: Any = import_module("pyarrow")


def made(function: Callable[[], Any], **options: Any) -> FunctionSource[Any]:
    one: FunctionSource[Any] = source(**options)(function)
    return one


def read(of: FunctionSource[Any], mark: object | None = None) -> Any:
    return of.open().read(mark, 0.0)


def test_a_function_stays_callable_and_says_what_it_is() -> None:
    @source(every="5s", timeout="1s")
    def queue_length() -> int:
        return 3

    assert queue_length() == 3
    assert (queue_length.label, queue_length.kind) == ("queue_length", "function")
    assert queue_length.id.startswith("function:")
    assert queue_length.id.endswith("queue_length")
    assert (queue_length.every_secs, queue_length.timeout_secs, queue_length.is_async) == (5.0, 1.0, False)
    assert not isinstance(queue_length, TableReadable)


def test_what_a_function_gives_is_told_by_its_annotation() -> None:
    def number() -> float | None:
        return 1.0

    def rows() -> list[dict[str, object]]:
        return []

    def columns() -> Mapping[str, list[int]]:
        return {}

    def frame() -> pl.DataFrame:
        return pl.DataFrame()

    def untold():  # type: ignore[no-untyped-def]
        return 1

    def unresolved() -> Nowhere:  # type: ignore[name-defined]  # noqa: F821
        return 1

    assert [made(f).gives for f in (number, rows, columns, frame)] == ["scalar", "table", "table", "table"]
    assert [made(f).gives for f in (untold, unresolved)] == ["either", "either"]
    assert [isinstance(made(f), TableFunction) for f in (number, rows, untold)] == [False, True, True]
    assert made(untold, time="ts").gives == "table"


@pytest.mark.parametrize(
    ("result", "landed"),
    [
        (3, 3.0),
        (Decimal("1.5"), 1.5),
        (np.float32(0.5), 0.5),
        (True, True),
        (np.bool_(True), True),
        ("ok", "ok"),
        (None, None),
        (math.nan, None),
    ],
)
def test_scalars(result: object, landed: object) -> None:
    reading = read(made(lambda: result, name="f"))
    assert isinstance(reading, Whole)
    assert reading.value == landed
    assert type(reading.value) is type(landed)


@pytest.mark.parametrize(
    "result",
    [pl.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 2}], ({"a": 1}, {"a": 2}), {"a": [1, 2]}, {"a": np.array([1, 2])}],
)
def test_tables(result: object) -> None:
    value = read(made(lambda: result, name="f")).value
    assert value.equals(pl.DataFrame({"a": [1, 2]}))


def test_u16_digest_an_equal_result_is_unchanged() -> None:
    results: list[Any] = [
        math.nan,
        None,
        1,
        1.0,
        True,
        "1",
        [{"a": math.nan}],
        {"a": [math.nan]},
        {"a": [-1]},
        {"a": [-2]},
    ]
    current = [results[0]]
    one = made(lambda: current[0], name="f")
    mark, changed = None, []
    for current[0] in results:
        reading = read(one, mark)
        changed.append(not isinstance(reading, Unchanged))
        mark = reading.mark
    assert changed == [True, False, True, False, True, True, True, False, True, True]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda: object(), "f: expected a number, text, bool or None, a table of Polars, pandas or Arrow, a list"),
        (lambda: [1, 2], "f[0]: expected a dict"),
        (lambda: {"a": 1}, "f: expected a dict of column to list, got 'a' (str): 1 (int)"),
        (lambda: {"a": [1], "b": []}, "f: expected columns of one length"),
        (lambda: [{"a": object()}], "f[0]['a']: expected"),
        (lambda: "\ud800", "f: expected valid Unicode"),
        (lambda: pl.DataFrame({"a": [[1]]}), "f: column 'a': expected cells"),
        (lambda: 1 / 0, "f raised ZeroDivisionError: division by zero"),
    ],
)
def test_u15_garbage_names_the_function_and_what_was_got(function: Callable[[], Any], message: str) -> None:
    with pytest.raises(OutsideError) as raised:
        read(made(function, name="f"))
    assert message in str(raised.value)


def test_u15_a_function_that_breaks_its_annotation() -> None:
    def number() -> float:
        return pl.DataFrame({"a": [1]})  # type: ignore[return-value]

    def rows() -> list[dict[str, object]]:
        return 3  # type: ignore[return-value]

    with pytest.raises(OutsideError, match="number: expected a scalar as annotated, got a DataFrame of 1 rows"):
        read(made(number))
    with pytest.raises(OutsideError, match="rows: expected rows as annotated, got 3"):
        read(made(rows))
    with pytest.raises(OutsideError, match=r"f: time='ts': expected that column, got \['a'\]"):
        read(made(lambda: [{"a": 1}], name="f", time="ts"))


def test_an_async_function_is_awaited() -> None:
    @source()
    async def rows() -> list[dict[str, object]]:
        await asyncio.sleep(0)
        return [{"a": 1}]

    assert rows.is_async
    assert isinstance(rows, TableFunction)

    async def scenario() -> Any:
        return await rows.open().read(None, 0.0)  # type: ignore[misc]

    assert asyncio.run(scenario()).value.to_dicts() == [{"a": 1}]


def test_an_async_function_that_raises() -> None:
    async def broken() -> float:
        raise ValueError("no sensor")

    async def scenario() -> None:
        await made(broken).open().read(None, 0.0)  # type: ignore[misc]

    with pytest.raises(OutsideError, match="broken raised ValueError: no sensor"):
        asyncio.run(scenario())


def test_u02_a_cancel_ends_an_async_function() -> None:
    async def scenario() -> None:
        began = asyncio.Event()

        async def endless() -> float:
            began.set()
            await asyncio.Event().wait()
            return 1.0

        reader: Any = made(endless, timeout="1s").open()
        reader.cancel()  # nothing runs yet
        task = asyncio.create_task(reader.read(None, 0.0))
        await began.wait()
        await asyncio.to_thread(reader.cancel)
        with pytest.raises(SourceTimeout, match="endless: no result within 1 s"):
            await task
        assert task.cancelling() == 0
        reader.close()

    asyncio.run(scenario())


def test_a_cancel_from_elsewhere_stays_one() -> None:
    async def scenario() -> None:
        async def endless() -> float:
            await asyncio.Event().wait()
            return 1.0

        reader: Any = made(endless).open()
        task = asyncio.create_task(reader.read(None, 0.0))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (3, {}, "expected a function below"),
        (lambda a: a, {"name": "f"}, "expected a function without arguments, got ['a']"),
        (lambda: 1, {}, 'expected name="…" beside a lambda'),
        (lambda: 1, {"keep": "1d"}, 'expected time="column" beside it'),
        (lambda: 1, {"every": 0}, "every must be a duration"),
        (lambda: 1, {"timeout": "x"}, "timeout must be a duration"),
    ],
)
def test_what_can_be_known_is_checked_at_once(function: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        source(**options)(function)
    assert message in str(raised.value)


ROWS = {"region": ["EU", "US"], "amount": [1.5, None]}


@pytest.mark.parametrize(
    "result",
    [
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).set_index("region"),
        pd.DataFrame(ROWS).set_index("region")["amount"],
        pa.table(ROWS),
        pl.DataFrame(ROWS),
        {name: np.array(values, dtype=object) for name, values in ROWS.items()},
    ],
    ids=lambda result: type(result).__name__,
)
def test_u20_tables_of_any_library(result: object) -> None:
    reading = read(made(lambda: result, name="f"))
    assert isinstance(reading, Whole)
    assert isinstance(reading.value, pl.DataFrame)
    assert reading.value.to_dict(as_series=False) == ROWS


@pytest.mark.parametrize(("result", "kept"), [(pd.NA, None), (pd.NaT, None), (pd.Timedelta(2, "s"), 2.0)])
def test_u20_values_of_other_libraries(result: object, kept: object) -> None:
    assert read(made(lambda: result, name="f")).value == kept


def test_the_type_of_another_library_promises_a_table() -> None:
    def frame() -> Any: ...

    frame.__annotations__["return"] = pd.DataFrame
    assert made(frame).gives == "table"


def test_times_in_milliseconds_are_an_error_of_the_source_alone() -> None:
    times = [1_767_225_600.0]

    @source(name="visits", every="1s", time="ts")
    def visits() -> list[dict[str, object]]:
        return [{"ts": times[0], "n": 1}]

    @cd.screen("Times", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Visits", visits)

    with testing.open(screen) as live:
        viewer = live.viewer()
        live.settle()
        assert viewer.state("visits") == "live"
        times[0] *= 1_000
        live.advance("2s")
        assert viewer.state("visits") == "error"
        status = viewer.status("visits")
        assert status is not None
        assert status.fault is not None
        expected = "column 'ts': expected seconds since 1970, got 1767225600000; if it is milliseconds, divide by 1000"
        assert expected in status.fault.message
        assert [row[1] for row in viewer.rows("visits")] == [1.0]

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, prepare
from cadran.updates.prepare import PreparedKpi, PreparedPoints, PreparedTable


def points(update: ChartDataUpdated) -> PreparedPoints:
    prepared = prepare(update)
    assert isinstance(prepared, PreparedPoints)
    return prepared


def table(update: TableUpdated) -> PreparedTable:
    prepared = prepare(update)
    assert isinstance(prepared, PreparedTable)
    return prepared


@pytest.mark.parametrize(
    ("value", "landed"),
    [
        (1, 1.0),
        (Decimal("2.5"), 2.5),
        (np.float32(0.5), 0.5),
        (True, True),
        (np.bool_(False), False),
        ("ok", "ok"),
        (np.str_("ok"), "ok"),
        (None, None),
        (math.nan, None),
        (math.inf, math.inf),
    ],
)
def test_kpi_values_land_as_numbers_states_or_gaps(value: Any, landed: Any) -> None:
    prepared = prepare(KpiUpdated("k", value))
    assert prepared == PreparedKpi("k", landed, None)
    assert type(prepared.value) is type(landed)


def test_a_time_that_is_not_finite_is_dropped_and_counted() -> None:
    assert prepare(KpiUpdated("k", 1.0, at=math.nan)) == PreparedKpi("k", 1.0, None, 1)


@pytest.mark.parametrize(
    "given",
    [
        [(1, 2), (3, None)],
        ((1, 2), (3, None)),
        [[1, 2], [3, math.nan]],
        np.array([[1.0, 2.0], [3.0, math.nan]]),
        iter([(1, 2), (3, None)]),
        [(Decimal(1), 2), (np.int64(3), None)],
    ],
)
def test_points_in_any_of_their_forms(given: Any) -> None:
    prepared = points(ChartDataUpdated("s", given))
    assert prepared.xs.tolist() == [1.0, 3.0]
    assert prepared.ys[0] == 2.0
    assert math.isnan(prepared.ys[1])
    assert (prepared.num_lossy, prepared.num_rejected, prepared.replace) == (0, 0, False)


@pytest.mark.parametrize("columns", [([1, 2], [3, 4]), (np.array([1, 2]), (3, 4)), (pl.Series([1, 2]), range(3, 5))])
def test_points_as_two_columns(columns: tuple[Any, Any]) -> None:
    prepared = points(ChartDataUpdated.xy("s", *columns))
    assert (prepared.xs.tolist(), prepared.ys.tolist()) == ([1.0, 2.0], [3.0, 4.0])


def test_one_point_is_a_pair() -> None:
    for update in (ChartDataUpdated.point("s", 1, 2), ChartDataUpdated("s", (1, 2))):
        prepared = points(update)
        assert (prepared.xs.tolist(), prepared.ys.tolist()) == ([1.0], [2.0])


def test_no_points_are_points() -> None:
    empties: list[Any] = [[], (), np.empty((0, 2))]
    for empty in empties:
        assert points(ChartDataUpdated("s", empty, replace=True)).xs.size == 0


def test_arrays_are_copied() -> None:
    given, xs, ys = np.ones((2, 2)), np.ones(2), np.ones(2)
    prepared = points(ChartDataUpdated("s", given)), points(ChartDataUpdated.xy("s", xs, ys))
    for array in (given, xs, ys):
        array[:] = 7
    assert [(one.xs.tolist(), one.ys.tolist()) for one in prepared] == [([1.0, 1.0], [1.0, 1.0])] * 2


def test_times_in_milliseconds_are_an_error() -> None:
    now_millis = 1_763_000_000_000.0
    hint = "expected seconds since 1970, got 1763000000000; if it is milliseconds, divide by 1000"
    with pytest.raises(UsageError, match=rf"^ChartDataUpdated\('v'\) x: {hint}$"):
        prepare(ChartDataUpdated("v", [(now_millis / 1000, 1.0), (now_millis, 2.0)]))
    with pytest.raises(UsageError, match=rf"^KpiUpdated\('k'\)\.at: {hint}$"):
        prepare(KpiUpdated("k", 1.0, at=now_millis))
    assert points(ChartDataUpdated("v", [(now_millis, 1.0)], x="number")).xs.tolist() == [now_millis]


def test_u20_bad_x_is_rejected_and_counted_not_raised() -> None:
    bad: Sequence[Any] = [(math.nan, 1), (math.inf, 1), (None, 1), (2, math.inf), (1, 5), (1, 6), (10**400, 1)]
    prepared = points(ChartDataUpdated("s", bad))
    assert prepared.xs.tolist() == [2.0, 1.0, 1.0]
    assert prepared.ys.tolist() == [math.inf, 5.0, 6.0]
    assert prepared.num_rejected == 4
    assert prepared.num_lossy == 1


def test_a_free_curve_is_whole_and_bounded() -> None:
    curve = np.zeros((10_000, 2))
    assert points(ChartDataUpdated("s", curve, x="free")).replace
    with pytest.raises(UsageError, match=r"at most 10,000 points, got 10,001"):
        prepare(ChartDataUpdated("s", np.zeros((10_001, 2)), x="free"))


def test_tables_from_rows_and_frames() -> None:
    rows: list[dict[str, object]] = [{"sku": "a", "left": 1}, {"sku": "b"}]
    frame = table(TableUpdated("t", rows, key="sku")).frame
    assert frame.to_dicts() == [{"sku": "a", "left": 1}, {"sku": "b", "left": None}]
    own = pl.DataFrame({"a": [1]})
    kept = table(TableUpdated("t", own)).frame
    own.insert_column(0, pl.Series("z", [2]))
    assert kept.columns == ["a"]


@pytest.mark.parametrize(
    ("update", "where", "got"),
    [
        ("x", "send", "'x'"),
        (KpiUpdated("", 1), "KpiUpdated.key", "''"),
        (KpiUpdated("k" * 300, 1), "KpiUpdated.key", "256"),
        (KpiUpdated(3, 1), "KpiUpdated.key", "3 (int)"),  # type: ignore[arg-type]
        (KpiUpdated("k", [1]), "KpiUpdated('k').value", "[1] (list)"),  # type: ignore[arg-type]
        (KpiUpdated("k", "x" * 4097), "KpiUpdated('k').value", "4,097"),
        (KpiUpdated("k", "\ud800"), "KpiUpdated('k').value", "Unicode"),
        (KpiUpdated("k", 1, at="now"), "KpiUpdated('k').at", "'now'"),
        (KpiUpdated("k", 1, at=timedelta(1)), "KpiUpdated('k').at", "timedelta"),
        (ChartDataUpdated("s", [(1, "2")]), "ChartDataUpdated('s').points", "'2'"),
        (ChartDataUpdated("s", [1, 2, 3]), "ChartDataUpdated('s').points", "shape (3,)"),  # type: ignore[list-item]
        (ChartDataUpdated("s", [(1, 2, 3)]), "ChartDataUpdated('s').points", "shape (1, 3)"),
        (ChartDataUpdated("s", [(1, 2), (3,)]), "ChartDataUpdated('s').points", "got"),
        (ChartDataUpdated("s", [(datetime.now(UTC), 2)], x="number"), "ChartDataUpdated('s').points", "timestamp"),
        (ChartDataUpdated("s", None), "ChartDataUpdated('s').points", "None"),  # type: ignore[arg-type]
        (ChartDataUpdated("s", [], x="date"), "ChartDataUpdated('s').x", "'date'"),  # type: ignore[arg-type]
        (ChartDataUpdated("s", [], replace=1), "ChartDataUpdated('s').replace", "1 (int)"),  # type: ignore[arg-type]
        (ChartDataUpdated("s", [], x=np.ones(2)), "send", "ValueError"),  # type: ignore[arg-type]
        (ChartDataUpdated.xy("s", [1, 2], [1]), "ChartDataUpdated('s')", "2 xs and 1 ys"),
        (TableUpdated("t", 3), "TableUpdated('t').rows", "3 (int)"),  # type: ignore[arg-type]
        (TableUpdated("t", [3]), "TableUpdated('t').rows[0]", "3 (int)"),  # type: ignore[list-item]
        (TableUpdated("t", [{"b": []}]), "TableUpdated('t').rows[0]['b']", "[] (list)"),
        (TableUpdated("t", [{"a": 1}], key="b"), "TableUpdated('t').key", "'b'"),
        (TableUpdated("t", pl.DataFrame({"a": [[1]]})), "TableUpdated('t')", "List"),
    ],
)
def test_an_error_says_where_expected_and_got(update: object, where: str, got: str) -> None:
    with pytest.raises(UsageError) as raised:
        prepare(update)
    message = str(raised.value)
    assert message.startswith(where)
    assert "expected" in message
    assert got in message


def test_a_long_batch_is_put_in_order_by_its_sender_equal_x_as_they_came() -> None:
    xs = np.array([3.0, 1.0, np.nan, 2.0, 1.0] * 500)
    prepared = points(ChartDataUpdated.xy("v", xs, np.arange(2_500.0)))
    assert prepared.is_sorted
    assert prepared.xs.tolist() == [1.0] * 1_000 + [2.0] * 500 + [3.0] * 500
    assert prepared.ys[:4].tolist() == [1.0, 4.0, 6.0, 9.0]
    assert prepared.num_rejected == 500


def test_the_order_of_a_curve_is_its_own() -> None:
    xs = np.array([3.0, 1.0] * 1_000)
    assert points(ChartDataUpdated.xy("v", xs, xs, x="free")).xs.tolist() == xs.tolist()

"""Totals of a table's column, one number or one row for each group."""

from __future__ import annotations

import numpy as np

from cadran.metrics.computed import column_of, number_column
from cadran.polars_when_used import pl
from cadran.readable import Aggregate, Floats, GroupedAggregate, Readable, Scalar


def aggregate(readable: Aggregate, frame: pl.DataFrame) -> Scalar:
    """Return one number; None where there is none."""
    if readable.operation == "count" or readable.column is None:
        return float(frame.height)
    if not frame.columns:
        return 0.0 if readable.operation == "sum" else None
    numbers = number_column(frame, readable.column, readable)
    numbers = numbers[~np.isnan(numbers)]
    if not numbers.size:
        return 0.0 if readable.operation == "sum" else None
    return float(getattr(numbers, readable.operation)())


def grouped_aggregate(readable: GroupedAggregate, frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row (label, value) for each group, largest value first."""
    if not frame.columns:
        return pl.DataFrame(schema={readable.by: pl.String, readable.operation: pl.Float64})
    if readable.operation == "count" or readable.column is None:
        return grouped(readable, frame, readable.by, None, pl.len().cast(pl.Float64), "count")
    numbers = number_column(frame, readable.column, readable)
    value = getattr(pl.col("value"), readable.operation)()
    name = readable.operation if readable.column == readable.by else readable.column
    return grouped(readable, frame, readable.by, numbers, value, name)


def grouped(
    readable: Readable[object], frame: pl.DataFrame, by: str, numbers: Floats | None, value: pl.Expr, name: str
) -> pl.DataFrame:
    """Return one row (label, ``value``) for each value of the column ``by``; the expression may use ``value``."""
    columns: dict[str, object] = {"key": column_of(frame, by, readable)}
    if numbers is not None:
        columns["value"] = pl.Series(numbers, nan_to_null=True)
    groups = pl.DataFrame(columns).group_by("key", maintain_order=True).agg(value.alias("value"))
    # Ties keep a fixed order, or equal results would look like changes.
    ordered = groups.sort(["value", "key"], descending=[True, False], nulls_last=True)
    return ordered.rename({"key": by, "value": f"{name}_2" if name == by else name})

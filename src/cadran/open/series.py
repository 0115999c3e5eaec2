"""Tables whose rows are several series: a line for each value of a category, or for each thing that is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cadran.open.columns import ColumnRole
from cadran.open.table import Table
from cadran.open.wording import lower_title, title_of, words_of, writing_of
from cadran.polars_when_used import pl

_MEASURED = frozenset(["metric", "measure", "measurement", "variable", "parameter", "indicator", "field", "quantity"])
_PERHAPS = frozenset(["sensor", "type", "kind", "name", "series", "key", "channel", "tag"])
_VALUES = frozenset(["value", "val", "reading", "measurement", "result"])


def long_of(sample: pl.DataFrame, measures: list[ColumnRole], categories: list[ColumnRole]) -> ColumnRole | None:
    """Return the category that says what a row's one measure is of, such as *temperature* or *humidity*.

    By its name; where that leaves doubt, by values of other magnitudes.
    """
    if len(measures) != 1:
        return None
    measure = measures[0]
    for one in categories:
        words = set(words_of(one.name))
        if words & _MEASURED and not one.dtype.is_numeric():
            return one
        if words & _PERHAPS and set(words_of(measure.name)) & _VALUES and not one.dtype.is_numeric():
            means = [abs(_known(sample, measure.name, one.name, value).mean()) for value in one.values]
            if max(means) > 5 * max(1e-9, min(means)):
                return one
    return None


def _known(sample: pl.DataFrame, column: str, by: str, value: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = sample.filter(pl.col(by) == value)[column].drop_nulls().cast(pl.Float64).to_numpy()
    return numbers[np.isfinite(numbers)] if numbers.size else np.zeros(1)


def rows_of(table: Table, split: ColumnRole, value: object) -> Table:
    """Return the table as the rows of one value are: how they are written, and between which bounds they lie."""
    if table.long is None:
        return table
    measure = table.measures[0]
    numbers = _known(table.facts.sample, measure.name, split.name, value)
    low, high = float(numbers.min()), float(numbers.max())
    is_whole = bool((numbers % 1 == 0).all())
    written = writing_of(str(value), low, high, is_whole, None)
    return replace(
        table, measures=[replace(measure, low=low, high=high, is_whole=is_whole)], written={measure.name: written}
    )


def value_title(table: Table, split: ColumnRole, value: object) -> str:
    """Return what the rows of one value are called: what is measured, or whose measure it is."""
    if table.long is not None:
        return title_of(str(value))
    shown = f"{title_of(split.name)} {value}" if not isinstance(value, str) or len(value) < 2 else value
    return f"{shown}: {lower_title(table.measures[0].name)}"


def split_of(table: Table) -> ColumnRole | None:
    """Return the category that parts the rows into series of their own: with it, each time is there once."""
    if table.time is None or table.time.time is None or not table.measures:
        return None
    sample = table.facts.sample
    for one in table.categories:
        both = sample.select(pl.col(table.time.name), pl.col(one.name)).drop_nulls()
        num_times = both[table.time.name].n_unique()
        if both.height >= 8 and both.n_unique() == both.height and num_times <= 0.75 * both.height:
            return one
    return None

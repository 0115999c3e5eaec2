"""Which columns a table shows, and how."""

from __future__ import annotations

from collections.abc import Iterable

from cadran.errors import UsageError
from cadran.screen.bands import bands_from
from cadran.screen.checks import is_finite, is_list, is_name
from cadran.screen.formats import FormatName, format_from
from cadran.screen.layout import Band, Column, Format


def column(
    name: str,
    title: str | None = None,
    *,
    format: Format | FormatName | None = None,
    bar: bool = False,
    bar_max: float | None = None,
    bands: Iterable[Band] = (),
) -> Column:
    """How ``ui.table`` shows a column; ``bar`` draws its share of ``bar_max``, or of the column's maximum."""
    if not is_name(name):
        raise UsageError(f"column() needs the name of a column, got {name!r}")
    if bar_max is not None and (not is_finite(bar_max) or bar_max <= 0):
        raise UsageError(f"column({name!r}): bar_max must be a number above zero, got {bar_max!r}")
    return Column(
        name=name,
        title=title,
        format=format_from(format, f"column({name!r}): format"),
        bar=bar or bar_max is not None,
        bar_max=None if bar_max is None else float(bar_max),
        bands=bands_from(bands),
    )


def columns_from(where: str, values: Iterable[str | Column] | None) -> tuple[Column, ...] | None:
    """Return the columns that ``values`` are or name; None shows all."""
    if values is None:
        return None
    if not is_list(values):
        raise UsageError(f'{where}: columns must be a list such as ["sku", cd.column("left")], got {values!r}')
    columns = tuple(value if isinstance(value, Column) else column(value) for value in values)
    names = [each.name for each in columns]
    if not names or len(set(names)) < len(names):
        raise UsageError(f"{where}: columns must name each column once, at least one, got {names!r}")
    return columns

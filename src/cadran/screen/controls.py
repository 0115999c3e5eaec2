"""What viewers may choose on a screen: filters, a search and a time range, as its function describes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.screen.checks import is_list, is_name

RANGE_NAME = "range"
SPANS: tuple[Duration, ...] = ("5m", "15m", "1h", "6h", "24h", "7d")
"""What the time-range picker offers."""
OPTIONS_MAX = 2_000
"""So many values of a column are offered."""
RESERVED_NAMES = frozenset(
    {"refresh", "kiosk", "theme", "lang", "debug", "token"}
    | {"cursor", "limit", "since", "past_from", "past_to", "past_width"}
)
"""Names in an address, or in SQL, that mean something else."""
ValueType = type[str] | type[int] | type[float]


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """A filter over one column. Queries that name it get its value; other tables are filtered by the column."""

    name: str
    column: str
    type: ValueType = str
    several: bool = False
    options: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SearchSpec:
    """A text that rows must contain, in one of ``columns``, or in any column of text."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RangeSpec:
    """A time range."""

    default_secs: float
    spans_secs: tuple[float, ...]
    name: str = RANGE_NAME


ControlSpec = FilterSpec | SearchSpec | RangeSpec


def filter_spec(
    column: str, name: str | None, options: Iterable[object] | None, type: object, several: bool
) -> FilterSpec:
    """Return what ``ui.filter`` says. Raises ``UsageError``."""
    if not is_name(column):
        raise UsageError(f'ui.filter() needs a column, such as ui.filter("region"), got {column!r}')
    where = f"ui.filter({column!r})"
    if type not in (str, int, float):
        raise UsageError(f"{where}: type must be str, int or float, got {type!r}")
    given = None
    if options is not None:
        if not is_list(options):
            raise UsageError(f'{where}: options must be a list such as ["EU", "US"], got {options!r}')
        given = tuple(dict.fromkeys(str(one) for one in options))
        if not 0 < len(given) <= OPTIONS_MAX or not all(map(is_name, given)):
            raise UsageError(
                f"{where}: options must be 1 to {OPTIONS_MAX:,} values that are not empty, got {options!r}"
            )
    return FilterSpec(check_name(where, name or _name_from(column)), column, type, bool(several), given)


def search_spec(name: str, columns: Iterable[str]) -> SearchSpec:
    """Return what ``ui.search`` says. Raises ``UsageError``."""
    where = f"ui.search({name!r})"
    if not is_list(columns):
        raise UsageError(f"{where}: columns must be a list of names, got {columns!r}")
    names = tuple(columns)
    if not all(map(is_name, names)):
        raise UsageError(f"{where}: columns must be a list of names, got {names!r}")
    return SearchSpec(check_name(where, name), names)


def range_spec(default: Duration, spans: Iterable[Duration]) -> RangeSpec:
    """Return what ``ui.range`` says. Raises ``UsageError``."""
    if not is_list(spans):
        raise UsageError(f'ui.range(): spans must be a list of durations such as ["5m", "1h"], got {spans!r}')
    default_secs = parse_secs(default, "ui.range(): default")
    offered = {parse_secs(span, "ui.range(): a span") for span in spans} | {default_secs}
    return RangeSpec(default_secs, tuple(sorted(offered)))


def check_name(where: str, name: object) -> str:
    """Return the name of a parameter. Raises ``UsageError`` for one that cannot stand in SQL and in an address."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", name):
        raise UsageError(f'{where}: a parameter\'s name is made of letters, digits and _, got {name!r}: give name="…"')
    if name in RESERVED_NAMES:
        raise UsageError(f'{where}: {name!r} means something else in an address or in SQL: give name="…"')
    return name


def _name_from(column: str) -> str:
    return re.sub(r"\W+", "_", column, flags=re.ASCII).strip("_")

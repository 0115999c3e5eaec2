"""Columns that order rows in databases that are read by SQLAlchemy: what is below all values of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cadran.errors import OutsideError
from cadran.polars_when_used import pl


def _as_it_is(value: object) -> object:
    return value


@dataclass(frozen=True, slots=True)
class Order:
    """How a column's values are given back."""

    least: tuple[object, ...] = ()
    """As of ``Ordered``; empty: by the type of the column in the frame."""
    exact: Callable[[Any], object] = _as_it_is
    """Makes what can be bound of what the driver gave."""


def least_of(dtype: pl.DataType) -> tuple[object, ...]:
    """Return what no value is below, by the type of a column in a frame."""
    if dtype == pl.String:
        return ("",)
    if isinstance(dtype, pl.Datetime):
        return (datetime(1, 1, 2, tzinfo=None if dtype.time_zone is None else UTC),)
    if dtype == pl.Date:
        return (date(1, 1, 1),)
    return (-1.7976931348623157e308,) if dtype.is_float() else (-(2**63),)


def order_by_type(cursor: Any, index: int) -> Order:
    """What is known of any database."""
    return Order()


def whole_of_bits(value: bytes | None) -> int | None:
    """Return the number that a BIT is."""
    return None if value is None else int.from_bytes(value, "big")


_FLOAT, _TIME, _BIT, _STRING = 4, 11, 16, 254
_MYSQL_LEAST: Mapping[int, object] = {
    **dict.fromkeys((0, 246), -(10**65) + 1),
    **dict.fromkeys((1, 2, 3, 8, 9, 13), -(2**63)),
    5: -1.7976931348623157e308,
    **dict.fromkeys((7, 12), datetime(1, 1, 2)),
    **dict.fromkeys((10, 14), date(1, 1, 1)),
    _TIME: timedelta(days=-36),
    _BIT: -1,
}
"""By the type of the protocol. All others are texts or bytes."""
_UNSIGNED_FLAG, _ENUM_FLAG, _SET_FLAG = 32, 256, 2_048
_BINARY_CHARSET = 63


def order_of_mysql(cursor: Any, index: int) -> Order:
    """By what the server says of a column, of which the usual description holds less."""
    field = cursor._result.fields[index]
    code = field.type_code
    if code == _FLOAT:
        why = "FLOAT, of which the server gives six digits: read, compare and order by CAST(… AS DOUBLE)"
        raise OutsideError(f"expected the column {field.name!r} to come back exactly, got {why}")
    if field.flags & (_ENUM_FLAG | _SET_FLAG):
        why = "ENUM or SET, which it compares in another order than it sorts it: use a number (… + 0)"
        raise OutsideError(f"expected the column {field.name!r} to order its rows, got {why}")
    if code == _BIT:
        return Order((_MYSQL_LEAST[code],), whole_of_bits)
    if code == _STRING and field.flags & _UNSIGNED_FLAG and field.charsetnr != _BINARY_CHARSET:
        # UUID or INET: nothing compares with the empty text there.
        return Order(("00000000-0000-0000-0000-000000000000", "::", "0.0.0.0"))
    return Order((_MYSQL_LEAST.get(code, ""),))

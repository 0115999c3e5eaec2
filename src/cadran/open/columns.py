"""What each column of a table is for: a time, a measure, a category, a key, …; by its name and sample."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cadran.open.facts import ColumnFacts, TableFacts
from cadran.open.times import TimeFacts, time_facts
from cadran.open.wording import adds_up, is_flag, words_of
from cadran.polars_when_used import pl

Role = Literal["time", "measure", "flag", "category", "key", "reference", "place", "text", "blob", "empty"]
CATEGORIES_MAX = 20
"""More values than these make no bars that can be read."""
FEW_MAX = 60
"""More distinct texts than these are no categories at all."""
LONG_CHARS = 60
FLAGS_MIN = 20
"""So many numbers that are all 0 or 1 say yes and no, whatever they are called."""
_PERSON = frozenset(["first", "last", "middle", "given", "family"])
Make = Callable[..., "ColumnRole"]
_ID = re.compile(r"(^|_)(id|ids|uuid|guid|key|pk|fk|hash|md5|sha|sha1|sha256|oid|serial|no|nr|ref)$", re.IGNORECASE)
_CODE_WORDS = (
    "zip zipcode postcode postal phone fax year month day hour weekday week quarter code fips status port pid errno "
    "version insee"
)
_CODE = frozenset(_CODE_WORDS.split())
_PLACE = frozenset(["lat", "latitude", "lon", "lng", "long", "longitude"])
_GROUP_WORDS = "year month day hour weekday week quarter dow status port version"
_GROUPS = frozenset(_GROUP_WORDS.split())
"""Whole numbers by which rows are grouped, never added up."""


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """One column, and what it is for."""

    name: str
    role: Role
    dtype: pl.DataType
    time: TimeFacts | None = None
    values: tuple[object, ...] = ()
    """Of a category: its values in the sample, the most frequent first."""
    low: float = 0.0
    high: float = 0.0
    is_whole: bool = False
    """Whether all numbers are whole."""
    adds_up: bool = False
    names: str | None = None
    """The reference for which this is the name."""
    num_distinct: int = 0
    share_known: float = 0.0
    """Of the rows that were looked at, those that have a value."""
    variation: float = 0.0
    """How much a measure varies: its standard deviation beside its mean; 0 for a constant."""


def roles_of(table: TableFacts) -> tuple[ColumnRole, ...]:
    """Return what each column is for, in the order of the table."""
    both = table.sample.vstack(table.oldest) if _is_alike(table) else table.sample
    return tuple(_role_of(column, both) for column in table.columns)


def _is_alike(table: TableFacts) -> bool:
    return table.num_rows > table.sample.height and table.sample.schema == table.oldest.schema


def _role_of(facts: ColumnFacts, sample: pl.DataFrame) -> ColumnRole:
    if facts.is_large or facts.name not in sample.columns:
        return ColumnRole(facts.name, "blob", pl.Null())
    column = sample[facts.name]
    known = column.drop_nulls()
    num, share = len(known), len(known) / max(1, len(column))
    if not num:
        return ColumnRole(facts.name, "empty" if len(column) else _role_by_type(facts), column.dtype)
    distinct = known.n_unique()
    words = words_of(facts.name)

    def role(name: Role, **more: object) -> ColumnRole:
        return ColumnRole(facts.name, name, column.dtype, num_distinct=distinct, share_known=share, **more)  # type: ignore[arg-type]

    if facts.is_key:
        return role("key")
    if facts.names is not None:
        return role("category", values=_values(known), names=facts.names)
    time = time_facts(facts.name, column)
    if facts.refers_to is not None and (time is None or time.kind != "ymd"):
        return role("reference")
    if time is not None:
        return role("time", time=time)
    if column.dtype == pl.Boolean:
        return role("flag", values=_values(known))
    is_flag_like = is_flag(facts.name) or facts.declared.startswith("BOOL")
    is_flag_like = is_flag_like or (num >= FLAGS_MIN and not adds_up(facts.name))
    if is_flag_like and distinct <= 2 and column.dtype.is_numeric() and set(known.unique().to_list()) <= {0, 1}:
        return role("flag", values=_values(known))
    if column.dtype.is_numeric():
        return _number_role(facts, words, known, distinct, role)
    if column.dtype == pl.String:
        return _text_role(facts, words, known, distinct, role)
    return role("text")


def _role_by_type(facts: ColumnFacts) -> Role:
    """What an empty table's columns are, by their types alone."""
    if facts.is_key:
        return "key"
    return "text" if "CHAR" in facts.declared or "TEXT" in facts.declared else "empty"


def _number_role(facts: ColumnFacts, words: list[str], known: pl.Series, distinct: int, role: Make) -> ColumnRole:
    num, snake = len(known), "_".join(words)
    is_whole = known.dtype.is_integer() or bool((known.cast(pl.Float64) % 1 == 0).all())
    numbers = known.cast(pl.Float64).to_numpy()
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return role("empty")
    low, high = float(numbers.min()), float(numbers.max())
    if words and words[-1] in _PLACE and low >= -180 and high <= 180:
        return role("place")
    if is_whole and _ID.search(snake):
        is_own = facts.is_unique or (distinct == num and num > 2)
        return role("key" if is_own and words[-1] in ("id", "uuid", "key", "pk") and len(words) == 1 else "reference")
    if is_whole and set(words) & _CODE and not adds_up(facts.name):
        few = distinct <= CATEGORIES_MAX and set(words) & _GROUPS
        return role("category" if few else "text", values=_values(known) if few else ())
    if is_whole and facts.is_unique:
        return role("key")
    if is_whole and distinct <= 5 and num >= 40 and low >= 0 and high <= 9 and not adds_up(facts.name):
        return role("category", values=_values(known))
    mean = float(np.abs(numbers).mean())
    variation = float(numbers.std()) / mean if mean else 0.0
    return role("measure", low=low, high=high, is_whole=is_whole, adds_up=adds_up(facts.name), variation=variation)


def _text_role(facts: ColumnFacts, words: list[str], known: pl.Series, distinct: int, role: Make) -> ColumnRole:
    num = len(known)
    chars = known.str.len_chars()
    if _PERSON & set(words) and "name" in words:
        return role("text")
    if facts.is_unique or (_ID.search("_".join(words)) and distinct > CATEGORIES_MAX):
        return role("key" if facts.is_unique else "reference")
    if distinct <= FEW_MAX and distinct <= max(2, num // 3) and int(chars.max() or 0) <= LONG_CHARS:  # type: ignore[arg-type]
        return role("category", values=_values(known))
    return role("text")


def _values(known: pl.Series) -> tuple[object, ...]:
    counts = known.alias("value").value_counts(name="num").sort(["num", "value"], descending=[True, False])
    return tuple(counts["value"].head(FEW_MAX).to_list())

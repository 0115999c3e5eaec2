"""Which of a table's columns deserve to be shown: the time, the measures, the categories, the columns of its rows."""

from __future__ import annotations

import math

from cadran.open.columns import CATEGORIES_MAX, ColumnRole
from cadran.open.facts import TableFacts
from cadran.open.wording import is_money, words_of
from cadran.polars_when_used import pl

MEASURES_MAX = 6
CATEGORIES_SHOWN = 3
NAMES_MAX = 500
_NO_MEANING = frozenset(["uuid", "guid", "hash", "sha1", "sha256", "md5"])
SHOWN_MAX = 9
_FIRST_WORDS = "ordered created happened occurred placed logged event timestamp ts time date datetime day at"
_FIRST_TIMES = _FIRST_WORDS.split()
_OTHER_WORDS = "updated modified changed deleted due expires expiry end ended until birth birthday dob"
_OTHER_TIMES = frozenset(_OTHER_WORDS.split())


def main_time(roles: tuple[ColumnRole, ...], num_rows: int) -> ColumnRole | None:
    """Return the column that says when a row happened."""
    times = [one for one in roles if one.role == "time" and one.share_known >= 0.5]
    varied = [one for one in times if one.num_distinct > 1]
    times = varied or (times if num_rows <= 1 else [])  # when all rows were loaded says nothing of them
    return max(times, key=lambda one: _time_score(one, roles), default=None)


def _time_score(one: ColumnRole, roles: tuple[ColumnRole, ...]) -> float:
    words = set(words_of(one.name))
    named = next((1 - index / 20 for index, word in enumerate(_FIRST_TIMES) if word in words), 0.0)
    varies = 0.5 if one.num_distinct > 1 else 0.0
    is_coarse = 0.8 if one.time is not None and one.time.kind == "year" else 0.0
    return 2 * one.share_known + named + varies - 1.5 * bool(words & _OTHER_TIMES) - is_coarse - 0.01 * roles.index(one)


def measures_of(roles: tuple[ColumnRole, ...], num_max: int = MEASURES_MAX) -> list[ColumnRole]:
    """Return the measures that say most, in the order of the table."""
    found = [one for one in roles if one.role == "measure" and one.share_known >= 0.05]
    best = sorted(found, key=lambda one: (-_measure_score(one), roles.index(one)))[:num_max]
    return sorted(best, key=roles.index)


def _measure_score(one: ColumnRole) -> float:
    score = one.share_known + 0.5 * one.adds_up + 0.5 * is_money(one.name)
    return score - (2.0 if one.variation < 1e-9 else 0.0)


def main_measure(measures: list[ColumnRole]) -> ColumnRole | None:
    """Return the measure by which parts are compared: one whose sum says something."""
    added = [one for one in measures if one.adds_up]
    money = [one for one in added if is_money(one.name)]
    return next(iter([*money, *added]), None)


def categories_of(roles: tuple[ColumnRole, ...]) -> list[ColumnRole]:
    """Return the categories that part the rows best, of at most twelve values; the best first."""
    found = [one for one in roles if one.role == "category" and _is_parted(one)]
    found = [one for one in found if one.share_known >= 0.3 and (not one.dtype.is_numeric() or _is_code(one))]
    return sorted(found, key=lambda one: (-_category_score(one), roles.index(one)))[:CATEGORIES_SHOWN]


def _is_code(one: ColumnRole) -> bool:
    """Whether numbers stand for states, such as those of HTTP; of years and days other charts tell more."""
    return bool({"status", "port", "version"} & set(words_of(one.name)))


def _is_parted(one: ColumnRole) -> bool:
    """Whether it has several values, and few; of names there may be more, the largest are seen first."""
    return 2 <= one.num_distinct <= (NAMES_MAX if one.names else CATEGORIES_MAX)


def _category_score(one: ColumnRole) -> float:
    is_text = one.values and isinstance(one.values[0], str)
    return 0.3 * bool(one.names) + one.share_known + 0.4 * bool(is_text) - 0.1 * abs(math.log2(one.num_distinct / 5))


def _width(one: ColumnRole) -> float:
    """What keys without meaning lose for their length: UUIDs and hashes."""
    return (
        3.0
        if one.role in ("key", "reference") and one.dtype == pl.String and _NO_MEANING & set(words_of(one.name))
        else 0.0
    )


def _is_constant(one: ColumnRole) -> bool:
    return one.role == "category" and one.num_distinct < 2 and one.share_known == 1.0


def shown_of(table: TableFacts, roles: tuple[ColumnRole, ...], time: ColumnRole | None) -> list[ColumnRole]:
    """Return the columns for the table of rows: the time first, then what tells most, as they stand in the table."""
    weights = {"key": 3, "category": 4, "measure": 4, "flag": 3, "text": 3, "reference": 2, "place": 1, "time": 2}
    named = {one.names for one in roles}
    found = [one for one in roles if one.role in weights and one is not time and not _is_constant(one)]
    found = [one for one in found if one.name not in named]  # a name says more than the number of what it names
    best = sorted(found, key=lambda one: (-weights[one.role] - one.share_known + _width(one), roles.index(one)))
    names = {one.name for one in best[: SHOWN_MAX - (time is not None)]}
    rest = [one for one in found if one.name in names]
    return ([] if time is None else [time]) + rest

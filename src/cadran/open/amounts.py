"""Money that is kept as whole cents, or as text with its currency: made numbers of, by the database."""

from __future__ import annotations

import re
from dataclasses import replace

from cadran.open.facts import ColumnFacts, TableFacts
from cadran.open.sql_names import quoted
from cadran.open.wording import is_money, words_of
from cadran.polars_when_used import pl

_CENTS = frozenset(["cents", "cent", "pence", "centimes"])
_CURRENCIES = {"€": "eur", "£": "gbp", "¥": "jpy"}
"""Signs that mean one currency; a dollar may be anybody's."""
_TEXT = re.compile(r"-?\s?([€£¥$])?\s?-?(\d{1,3}(?:([,.'   ])\d{3})*|\d+)(?:([.,])(\d{2}))?\s?([€£¥$])?")


def with_amounts(facts: TableFacts, dialect: str) -> TableFacts:
    """Return the table with numbers in the place of columns of cents and of texts such as *€1,234.50*."""
    columns, taken = list(facts.columns), {one.name.lower() for one in facts.columns}
    sample, oldest = facts.sample, facts.oldest
    for index, column in enumerate(columns):
        found = _computed(column, sample, taken, dialect)
        if found is not None:
            columns[index], taken = found, {*taken, found.name.lower()}
            sample, oldest = (_with_number(frame, column.name, found.name) for frame in (sample, oldest))
    return replace(facts, columns=tuple(columns), sample=sample, oldest=oldest)


def _computed(column: ColumnFacts, sample: pl.DataFrame, taken: set[str], dialect: str) -> ColumnFacts | None:
    if column.name not in sample.columns or column.is_key or column.names or column.refers_to:
        return None
    values, words = sample[column.name].drop_nulls(), words_of(column.name)
    written = quoted(column.name, dialect)
    if values.dtype.is_integer() and len(words) > 1 and words[-1] in _CENTS and len(values):
        name, sql = "_".join(words[:-1]), f"{written} / 100.0"
    elif values.dtype == pl.String and len(values) and (is_money(column.name) or "amount" in words):
        found = [_TEXT.fullmatch(text.strip()) for text in values.head(200)]
        signs = {one[1] or one[6] for one in found if one is not None}
        if None in found or len(signs) != 1 or None in signs:
            return None
        sign, marks = str(signs.pop()), {one[4] for one in found if one is not None}
        groups = {one[3] for one in found if one is not None} - {None}
        if len(marks - {None}) > 1 or groups & marks:
            return None
        name = f"{'_'.join(words)}_{_CURRENCIES.get(sign, 'amount')}"
        sql = written
        for char in [sign, " ", *sorted(str(one) for one in groups - {" "})]:
            sql = f"replace({sql}, '{char.replace(chr(39), chr(39) * 2)}', '')"
        sql = f"replace({sql}, ',', '.')" if "," in marks else sql
        sql = f"CAST({sql} AS DECIMAL(18, 2))"
    else:
        return None
    if name.lower() in taken:
        name = f"{name}_total"
    return None if name.lower() in taken else ColumnFacts(name, "DECIMAL", computed=sql)


def _with_number(frame: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    if column not in frame.columns:
        return frame
    values = frame[column]
    if values.dtype == pl.String:
        numbers = [None if text is None else _number(text) for text in values.to_list()]
        made = pl.Series(name, numbers, dtype=pl.Float64)
    else:
        made = (values.cast(pl.Float64) / 100).alias(name)
    return frame.with_columns(made)


def _number(text: str) -> float | None:
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        return None
    whole = re.sub(r"\D", "", found[2])
    return (-1 if "-" in text else 1) * float(f"{whole}.{found[5] or 0}")

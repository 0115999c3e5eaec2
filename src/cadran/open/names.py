"""The names of what a table refers to, looked up for the rows that were looked at, and the joins that read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from cadran.errors import OutsideError
from cadran.open.catalogue import CatalogueTable, Reference
from cadran.open.dialects import newest, select
from cadran.open.facts import ColumnFacts, Named, TableFacts
from cadran.open.naming import base_of, key_of, name_sql, references_of
from cadran.open.sql_names import full_name, quoted
from cadran.polars_when_used import pl

COUNT_MAX = 20_000
"""Rows are counted up to here."""
NAMED_MAX = 4
"""Of more references the names are not read."""
Rows = Callable[[str, int], pl.DataFrame]
"""Runs a statement that gives at most so many rows."""


def counted(sql_name: str, rows: Rows, dialect: str) -> int:
    """Return how many rows a table has, counted up to one more than ``COUNT_MAX``."""
    some = select("1 AS one", sql_name, COUNT_MAX + 1, dialect)
    return int(rows(f"SELECT count(*) AS counted FROM ({some}) looked_at", 1).row(0)[0])


class Names:
    """Finds what the references of tables are called, each other table counted once."""

    def __init__(self, tables: Sequence[CatalogueTable], dialect: str) -> None:
        self._tables = {table.title: table for table in tables}
        self._dialect = dialect
        self._is_bounded: dict[str, bool] = {}

    def added(self, facts: TableFacts, table: CatalogueTable, rows: Rows) -> TableFacts:
        """Return the table with the names of what it refers to, in its columns and in the rows that were looked at."""
        if facts.sample.is_empty():
            return facts
        taken, aliases = {one.name.lower() for one in table.columns}, {facts.alias, "newest"}
        for column, reference in references_of(table, self._tables.values()).items():
            other = self._tables.get(reference.table)
            if other is None or column not in facts.sample.columns or len(facts.named) == NAMED_MAX:
                continue
            try:
                if self._can_be_joined(other, rows):
                    facts = self._with_name(facts, column, reference, other, rows, taken, aliases)
            except OutsideError:
                continue  # the other table can't be read: its keys are shown
        return facts

    def _can_be_joined(self, other: CatalogueTable, rows: Rows) -> bool:
        """Whether joining reads no more than is bounded: few rows in all, or one look-up in an index for each row.

        SQLite knows nothing but such look-ups; other databases may read the whole of the other table.
        """
        if self._dialect == "sqlite":
            return True
        if other.title not in self._is_bounded:
            sql_name = full_name(other.schema, other.name, self._dialect)
            self._is_bounded[other.title] = counted(sql_name, rows, self._dialect) <= COUNT_MAX
        return self._is_bounded[other.title]

    def _with_name(
        self, facts: TableFacts, column: str, reference: Reference, other: CatalogueTable, rows: Rows, taken: set[str],
        aliases: set[str],
    ) -> TableFacts:  # fmt: skip
        dialect = self._dialect
        key = key_of(other, reference)
        name = base_of(column)
        if not name or name.lower() in taken:
            name = f"{name or column}_NAME" if column.isupper() else f"{name or column}_name"
        alias = quoted(other.name, dialect)
        if alias in aliases:
            alias = quoted(name, dialect)
        text = name_sql(other, alias, dialect)
        if key is None or text is None or name.lower() in taken or alias in aliases:
            return facts
        full = full_name(other.schema, other.name, dialect)
        named = Named(
            column, name, full if full == alias else f"{full} {alias}", f"{alias}.{quoted(key, dialect)}", text
        )
        taken.add(name.lower())
        aliases.add(alias)
        known: dict[object, object] = {}
        written = quoted(column, dialect)
        order = None if facts.order is None else quoted(facts.order, dialect)
        for end in ("",) if order is None else (" DESC", ""):
            last = newest(order, facts.sql_name, facts.sample.height, dialect) if order and end else None
            some = select(
                written, facts.sql_name, facts.sample.height, dialect, where=last, order=order and order + end
            )
            within = f"SELECT looked_at.{written} FROM ({some}) looked_at"
            found = rows(
                f"SELECT {named.key} AS k, {text} AS n FROM {named.source} WHERE {named.key} IN ({within})",
                facts.sample.height,
            )
            known.update(found.iter_rows())
        return replace(
            facts,
            named=(*facts.named, named),
            columns=(*facts.columns, ColumnFacts(name, "TEXT", names=column)),
            sample=_with_texts(facts.sample, column, name, known),
            oldest=_with_texts(facts.oldest, column, name, known),
        )


def _with_texts(frame: pl.DataFrame, column: str, name: str, known: dict[object, object]) -> pl.DataFrame:
    found = (known.get(value) for value in frame[column].to_list())
    return frame.with_columns(pl.Series(name, [None if text is None else str(text) for text in found], dtype=pl.String))


def joined(facts: TableFacts, source: str, alias: str, dialect: str) -> tuple[str, str]:
    """Return what SQL selects of rows called ``alias``, the names beside them, and where from.

    Each row stays one row: what is referred to is unique.
    """
    texts = [f"{one.text} AS {quoted(one.name, dialect)}" for one in facts.named]
    joins = [f"LEFT JOIN {one.source} ON {one.key} = {alias}.{quoted(one.column, dialect)}" for one in facts.named]
    return ", ".join([f"{alias}.*", *texts]), "\n".join([source, *joins])

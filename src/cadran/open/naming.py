"""What a reference is called: the name column of the table that it refers to, by foreign keys and by names alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cadran.open.catalogue import CatalogueColumn, CatalogueTable, Reference
from cadran.open.sql_names import quoted
from cadran.open.wording import bare_words, words_of

_NAMES = ("name", "title", "label", "caption", "designation", "nom", "libelle", "bezeichnung", "nombre")
_LESS = ("username", "login", "code", "symbol", "sku", "city")
_NO_NAME = frozenset(
    ["first", "last", "middle", "given", "family", "sur", "maiden", "file", "host", "path", "table", "column", "domain"]
)
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "data": "data"}
_TEXTS = ("CHAR", "TEXT", "STRING", "CLOB")
_KEYS = frozenset(("id", "key", "fk", "uuid", "guid", "code", "no", "nr", "ref", "sk"))
_CONCATENATED = frozenset({"mysql", "mariadb", "mssql"})


def base_of(column: str) -> str:
    """Return what a reference is called without its end: ``customer_id`` and ``customerId`` are *customer*."""
    words = words_of(column)
    if len(words) < 2 or words[-1] not in _KEYS:
        return ""
    base = "_".join(words[:-1])
    return base.upper() if column.isupper() else base


def name_sql(table: CatalogueTable, of: str, dialect: str) -> str | None:
    """Return SQL for what rows of a table are called; None where no column says it. ``of``: as SQL calls the table."""
    texts = [one.name for one in table.columns if _is_text(one) and [one.name] != table.primary]
    words = {name: words_of(name) for name in texts}
    own = _singular("_".join(bare_words(table.name)))

    def first(fits: Iterable[str]) -> str | None:
        return next((f"{of}.{quoted(name, dialect)}" for name in fits), None)

    for name in _NAMES:
        best = [one for one in texts if words[one] == [name] or "_".join(words[one]) == f"{own}_{name}"]
        if (found := first(best)) is not None:
            return found
    named = [one for one in texts if words[one][-1:] == ["name"] and not set(words[one]) & _NO_NAME]
    if (found := first(named)) is not None:
        return found
    given, family = (
        first(one for one in texts if words[one] in ([start, "name"], [f"{start}name"])) for start in ("first", "last")
    )
    if given and family:
        parts = f"{given}, ' ', {family}"
        return f"concat({parts})" if dialect in _CONCATENATED else f"{given} || ' ' || {family}"
    return next((found for name in _LESS if (found := first(one for one in texts if words[one] == [name]))), None)


def key_of(table: CatalogueTable, reference: Reference) -> str | None:
    """Return the column that is referred to, if no two rows share a value of it."""
    column = reference.column or (table.primary[0] if len(table.primary) == 1 else None)
    known = {one.name.lower(): one.name for one in table.columns}
    column = None if column is None else known.get(column.lower())
    return column if column is not None and (table.primary == [column] or column in table.unique) else None


def references_of(table: CatalogueTable, others: Iterable[CatalogueTable]) -> dict[str, Reference]:
    """Return a table's foreign keys, and the columns that are named after another table and its key."""
    found = dict(table.references)
    by_name = {_singular("_".join(bare_words(one.name))): one for one in others if not one.is_view}
    for column in table.columns:
        base = base_of(column.name).lower()
        other = by_name.get(_singular(base)) if base else None
        if other is None or other is table or column.name in found or [column.name] == table.primary:
            continue
        for name in ("id", column.name):
            key = key_of(other, Reference(other.title, name))
            if key is not None and _kind(column) == _kind(next(one for one in other.columns if one.name == key)):
                found[column.name] = Reference(other.title, key)
                break
    return found


def _singular(name: str) -> str:
    name = name.lower()
    if name in _IRREGULAR:
        return _IRREGULAR[name]
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if re.search(r"(s|x|ch|sh)es$", name):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _is_text(column: CatalogueColumn) -> bool:
    declared = column.declared.upper()
    return not declared or any(kind in declared for kind in _TEXTS)


def _kind(column: CatalogueColumn) -> str:
    """What two columns must share to be compared: some databases refuse a number beside a text."""
    declared = column.declared.upper()
    return "INT" if "INT" in declared else re.sub(r"\(.*|\s.*", "", declared)

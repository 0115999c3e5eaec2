"""Whether a query's result in PostgreSQL can change though nobody committed anything: told from its plan.

The plan names what views and inlined functions are made of. When in doubt: it can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_TEXT = re.compile(r"'(?:[^']|'')*'")
_CALL = re.compile(r'(\w+)"?\s*\(')
_CLOCKS = re.compile(
    r"\b(CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP|CURRENT_ROLE|CURRENT_USER|SESSION_USER)\b"
)
_WORDS_OF_TIME = re.compile(r"'\s*(now|today|tomorrow|yesterday)\b", re.IGNORECASE)
_UNSTEADY_NODES = frozenset({"Foreign Scan", "Sample Scan", "Custom Scan"})
_SYSTEM = frozenset({"pg_catalog", "information_schema", "pg_toast"})
# A stable function of the system is steady for us, as time zone and language of a session stay, but for these.
_CLOCK_FUNCTIONS = (
    "^(now|age|transaction_timestamp|statement_timestamp|current_.*|pg_.*|txid_.*|inet_.*|has_.*|.*_to_xml.*|to_reg.*)$"
)
_ASK = """
    SELECT EXISTS (
        SELECT FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE proname = ANY(%(calls)s)
          AND (provolatile = 'v' OR (provolatile = 's' AND (nspname <> 'pg_catalog' OR proname ~ %(clocks)s)))
    ) OR EXISTS (SELECT FROM pg_class WHERE relname = ANY(%(relations)s) AND relkind IN ('S', 'f'))
"""

Ask = Callable[[str, Mapping[str, object]], Any]
"""Run a query and return its row."""


def is_steady_plan(plan: object, sql: str, ask: Ask) -> bool:
    """Whether a plan (of EXPLAIN VERBOSE in JSON) reads nothing but tables, by functions that ignore the time."""
    if _WORDS_OF_TIME.search(sql):  # 'now'::timestamp is a plain time in the plan
        return False
    calls, relations = set[str](), set[str]()
    for node in _nodes(plan):
        if node.get("Node Type") in _UNSTEADY_NODES or node.get("Schema") in _SYSTEM:
            return False
        if "Relation Name" in node:
            relations.add(str(node["Relation Name"]))
        if "Function Name" in node:
            calls.add(str(node["Function Name"]))
        for text in _texts(node):
            code = _TEXT.sub("''", text)
            if _CLOCKS.search(code):
                return False
            calls.update(_CALL.findall(code))
    given = {"calls": sorted(calls), "clocks": _CLOCK_FUNCTIONS, "relations": sorted(relations)}
    return not ask(_ASK, given)[0]


def _nodes(plan: object) -> Iterator[dict[str, Any]]:
    if isinstance(plan, list):
        for one in plan:
            yield from _nodes(one)
    elif isinstance(plan, dict):
        yield plan
        for one in plan.values():
            yield from _nodes(one)


def _texts(node: dict[str, Any]) -> Iterator[str]:
    for value in node.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))

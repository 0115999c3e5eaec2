from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, decode_updates, prepare


def test_one_object_a_list_and_the_short_form() -> None:
    assert decode_updates(b'{"type":"KpiUpdated","key":"t","value":81.2,"at":3}') == [KpiUpdated("t", 81.2, 3.0)]
    assert decode_updates(b'{"temperature": 81.2, "state": "ok", "on": true, "gap": null}') == [
        KpiUpdated("temperature", 81.2),
        KpiUpdated("state", "ok"),
        KpiUpdated("on", True),
        KpiUpdated("gap", None),
    ]
    body = b"""[
        {"type": "ChartDataUpdated", "series": "v", "points": [[1, 2.5], [2, null]], "x": "number", "replace": true},
        {"type": "TableUpdated", "table": "stock", "rows": [{"sku": "a", "left": 3}], "key": "sku"},
        {"t": 1}
    ]"""
    assert decode_updates(body) == [
        ChartDataUpdated("v", [(1, 2.5), (2, None)], replace=True, x="number"),
        TableUpdated("stock", [{"sku": "a", "left": 3}], key="sku"),
        KpiUpdated("t", 1),
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "expected JSON"),
        (b"\xff", "expected JSON"),
        (b"NaN", "expected JSON"),
        (b"3", "at $: expected an object, got int"),
        (b'[{"t": 1}, 3]', "at $[1]: expected an object, got int"),
        (b'{"type": "Kpi"}', "$.type"),
        (b'{"type": 3}', "$.type"),
        (b'{"type": "KpiUpdated", "key": "t"}', "`value`"),
        (b'{"type": "KpiUpdated", "key": "t", "value": 1, "extra": 2}', "extra"),
        (b'[{}, {"type": "ChartDataUpdated", "series": "v", "points": [[1, 2], [1, "x"]]}]', "$[1].points[1][1]"),
        (b'{"type": "TableUpdated", "table": "t", "rows": [{"a": [1]}]}', "$.rows[0]"),
        (b'{"t": [1]}', "$[...]"),
        (b"[" * 100_000, "expected JSON"),
    ],
)
def test_an_error_names_the_path(body: bytes, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        decode_updates(body)
    assert message in str(raised.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["type", "key", "value", "points", "a"]), inner),
)


@given(st.binary() | JSON.map(msgspec.json.encode))
def test_f23_any_body_gives_updates_or_a_usage_error(body: bytes) -> None:
    with contextlib.suppress(UsageError):
        for update in decode_updates(body):
            with contextlib.suppress(UsageError):
                prepare(update)

from __future__ import annotations

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated, decode_updates, prepare
from cadran.updates.binary import decode_messages, encode_messages
from cadran.updates.json import KpiMessage, decode_lines


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


def test_times_may_be_iso_text_and_naive_ones_are_utc() -> None:
    body = b"""[
        {"type": "ChartDataUpdated", "series": "v", "points": [
            ["2026-11-22T10:00:00Z", 1], ["2026-11-22 10:00:00.5", 2], ["2026-11-22T12:00:01+02:00", 3], [1795341602, 4]
        ]},
        {"type": "KpiUpdated", "key": "t", "value": 1, "at": "2026-11-22T10:00:00"}
    ]"""
    points, kpi = decode_updates(body)
    ten = 1_795_341_600.0
    assert points == ChartDataUpdated("v", [(ten, 1), (ten + 0.5, 2), (ten + 1, 3), (ten + 2, 4)])
    assert kpi == KpiUpdated("t", 1, ten)
    assert decode_messages(encode_messages([KpiMessage("t", 1, "2026-11-22")])) == [KpiUpdated("t", 1, ten - 36_000)]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b'[{}, {"type":"ChartDataUpdated","series":"v","points":[[1,2],["soon",2]]}]',
            "Expected seconds since 1970 UTC or ISO 8601 text such as "
            "\"2026-11-22T10:00:00Z\", got 'soon' (str) - at `$[1].points[1][0]`",
        ),
        (
            b'{"type":"ChartDataUpdated","series":"v","x":"number","points":[["2026-11-22",2]]}',
            "Expected a number, as x is \"number\", got '2026-11-22' (str) - at `$.points[0][0]`",
        ),
        (b'{"type":"KpiUpdated","key":"t","value":1,"at":"2026-13-01"}', "got '2026-13-01' (str) - at `$.at`"),
    ],
)
def test_a_text_that_is_no_time_says_where(body: bytes, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        decode_updates(body)
    assert message in str(raised.value)
    with pytest.raises(UsageError, match="line 2: updates: Expected"):
        decode_lines(b"[]\n" + body)


def test_a_text_that_is_no_time_says_where_in_messagepack_too() -> None:
    with pytest.raises(UsageError, match=r"got 'soon' \(str\) - at `\$\[1\]\.at`"):
        decode_messages(encode_messages([KpiMessage("t", 1), KpiMessage("t", 1, "soon")]))


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

"""F23: whatever is sent to a channel, it is taken whole or refused whole; never a 500."""

from __future__ import annotations

import asyncio
import json
from copy import deepcopy
from itertools import count
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.fakes import Answer, FakeEngine, FakeProgram, ask_on_loop, http_scope

import cadran as cd
from cadran.server import asgi_app
from cadran.updates.arrow import frame_to_stream
from cadran.updates.binary import PointsMessage, TableMessage, encode_messages
from cadran.updates.json import KpiMessage

JSON, NDJSON = "application/json", "application/x-ndjson"
ARROW, MSGPACK = "application/vnd.apache.arrow.stream", "application/vnd.msgpack"
STREAM = frame_to_stream(pl.DataFrame({"x": [1.0, 2.0, None], "a": [3, None, 5], "b": [True, False, None]}))
DOCUMENTS: list[Any] = [
    {"temperature": 81.2, "state": "ok", "on": True, "gap": None},
    {"type": "KpiUpdated", "key": "t", "value": 1.5, "at": "2026-11-22T10:00:00Z"},
    {"type": "KpiUpdated", "key": "t", "value": "ok", "age": 2.5},
    {"type": "ChartDataUpdated", "series": "v", "points": [[1, 2.5], ["2026-11-22", None]], "replace": True},
    {"type": "ChartDataUpdated", "series": "c", "points": [[1, 2], [0, 3]], "x": "free"},
    {"type": "TableUpdated", "table": "stock", "rows": [{"sku": "a", "left": 3}, {"sku": None}], "key": "sku"},
]
BODIES = {
    JSON: [json.dumps(one).encode() for one in (*DOCUMENTS, DOCUMENTS)],
    NDJSON: [b"\n".join(json.dumps(one).encode() for one in DOCUMENTS)],
    ARROW: [STREAM],
    MSGPACK: [
        encode_messages(
            [
                KpiMessage("t", 1.5, age=2.0),
                PointsMessage("v", memoryview(b"\0" * 16), memoryview(b"\1" * 16)),
                TableMessage("stock", STREAM, "a"),
            ]
        )
    ],
}
QUERIES = ["", "table=stock", "table=stock&key=a", "kind=free", "x=a&replace=true", "kind=", "x=none"]
PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b"null",
            b"-1",
            b"1e999",
            b"NaN",
            b'"\\ud800"',
            b"[",
            b"]" * 3,
            b"{}",
            b"9" * 400,
            b"\xff",
            b"\0" * 9,
            b'"x"',
            b"\n",
        ]
    ),
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), max_size=4)
"""Where, how much is cut out there, and what stands in its place."""
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["x", "2026-11-22T10:00:00Z", "9999-99-99", "KpiUpdated", [], {}, [[]], [[1, 2, 3]], [["a", "b"]], 1e300]
    ),
)


def mutated(body: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, num_cut, piece in changes:
        at = round(where * len(body))
        body = body[:at] + piece + body[at + num_cut :]
    return body


PROGRAM = FakeProgram()
APP = asgi_app(PROGRAM, engine=FakeEngine())
NUMBERS = count()


def check(form: str, body: bytes, query: str = "") -> Answer:
    """Whatever comes of it, the channel got as much as the answer says."""
    channel: Any = cd.channel("press")
    PROGRAM.press = channel
    headers = {"Content-Type": form, "Idempotency-Key": f"fuzz:{next(NUMBERS)}"}
    scope = http_scope(f"/api/channels/press?{query}", "POST", headers)
    answer = asyncio.run(ask_on_loop(APP, scope, body))
    assert answer.status in (202, 400)
    num_sent = channel.statistics().num_sent
    assert num_sent == (answer.json()["updates"] if answer.status == 202 else 0)
    if answer.status == 400:
        assert answer.json()["error"]["message"]
    return answer


@pytest.mark.parametrize("form", BODIES)
def test_f23_each_body_is_taken_as_it_is(form: str) -> None:
    assert all(check(form, body).status == 202 for body in BODIES[form])


@pytest.mark.parametrize("form", BODIES)
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_f23_changed_bytes_are_taken_whole_or_refused_whole(form: str, data: st.DataObject) -> None:
    body = mutated(data.draw(st.sampled_from(BODIES[form])), data.draw(CHANGES))
    check(form, body, data.draw(st.sampled_from(QUERIES)) if form == ARROW else "")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_f23_wrong_values_at_any_place_are_refused_with_a_reason(data: st.DataObject) -> None:
    document = json.loads(json.dumps(DOCUMENTS))
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = document
        while isinstance(place, list | dict) and place:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(place[key], list | dict) or data.draw(st.booleans()):
                place[key] = deepcopy(data.draw(LEAVES))
                break
            place = place[key]
    check(JSON, json.dumps(document).encode("utf-8", "surrogatepass"))

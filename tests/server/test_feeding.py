"""The way in for updates: four forms, all or none, and each batch once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.server.fakes import Answer, FakeClock, FakeEngine, FakeProgram, ask_on_loop, http_scope

from cadran.errors import ClosedError, UsageError
from cadran.server import asgi_app
from cadran.server.app import WebApp
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated
from cadran.updates.arrow import frame_to_stream
from cadran.updates.binary import PointsMessage, TableMessage, encode_messages
from cadran.updates.json import KpiMessage

JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}
ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}
MSGPACK = {"Content-Type": "application/vnd.msgpack"}
STREAM = frame_to_stream(pl.DataFrame({"x": [1.0, 2.0], "a": [3, None], "b": [True, False]}))


def post(app: WebApp, *chunks: bytes, channel: str = "press", headers: Any = None) -> Answer:
    scope = http_scope(f"/api/channels/{channel}", "POST", {**JSON, **(headers or {})})
    return asyncio.run(ask_on_loop(app, scope, *chunks))


def feed(program: FakeProgram, *chunks: bytes, channel: str = "press", headers: Any = None) -> Answer:
    return post(asgi_app(program, engine=FakeEngine()), *chunks, channel=channel, headers=headers)


def test_updates_reach_the_channel() -> None:
    program = FakeProgram()
    answer = feed(
        program,
        b'[{"type": "KpiUpdated", "key": "temperature", "value": 81.2},',
        b' {"type": "ChartDataUpdated", "series": "vibration", "points": [[1, 2], [2, null]]}]',
    )
    assert (answer.status, answer.json()["updates"]) == (202, 2)
    assert [type(update) for update in program.press.updates] == [KpiUpdated, ChartDataUpdated]


def test_a_large_body_is_decoded_beside_the_loop() -> None:
    program = FakeProgram()
    points = ",".join(f"[{i},{i}]" for i in range(5_000))
    answer = feed(program, f'{{"type":"ChartDataUpdated","series":"s","points":[{points}]}}'.encode())
    assert answer.status == 202
    assert len(program.press.updates) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "bad_updates"),
        (b'[{"type": "Nonsense"}]', {}, 400, "bad_updates"),
        (b"\xff\xfe", {}, 400, "bad_updates"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "bad_type"),
        (b"{}", {"Content-Encoding": "gzip"}, 415, "encoded_body"),
        (b"{}", {"Content-Length": "1048577"}, 413, "body_too_long"),
        (b"{}", {"Content-Length": "9" * 5000}, 413, "body_too_long"),
        (b'{"a": 1}\n{"a": [1]}\n', NDJSON, 400, "bad_updates"),
        (b"\x81", MSGPACK, 400, "bad_updates"),
        (b"ARROW1\0\0", ARROW, 400, "bad_updates"),
        (b"{}", {**NDJSON, "Content-Length": "1048577"}, 413, "body_too_long"),
        (b"{}", {**MSGPACK, "Content-Length": "8388609"}, 413, "body_too_long"),
        (b"{}", {**ARROW, "Content-Length": "8388609"}, 413, "body_too_long"),
        (b"{}", {"Idempotency-Key": "x" * 129}, 400, "bad_key"),
        (b"{}", {"Idempotency-Key": "é"}, 400, "bad_key"),
        (b"{}", {"Cadran-Waited": "nan"}, 400, "bad_wait"),
        (b"{}", {"Cadran-Waited": "-1"}, 400, "bad_wait"),
        (b"{}", {"Cadran-Waited": "soon"}, 400, "bad_wait"),
    ],
)
def test_what_is_refused(body: bytes, headers: dict[str, str], status: int, code: str) -> None:
    program = FakeProgram()
    answer = feed(program, body, headers=headers)
    assert (answer.status, answer.error) == (status, code)
    assert program.press.updates == []


def test_a_body_without_an_end_is_cut_at_one_mebibyte() -> None:
    chunks = [b" " * 65_536] * 17
    answer = feed(FakeProgram(), *chunks)
    assert (answer.status, answer.error) == (413, "body_too_long")
    assert feed(FakeProgram(), b'{"a":1}', *chunks[:15]).status == 202


def test_an_unknown_channel() -> None:
    answer = feed(FakeProgram(), b"{}", channel="nothing")
    assert (answer.status, answer.error) == (404, "no_such_channel")


def test_a_closed_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()

    def closed(*updates: Any) -> None:
        raise ClosedError("channel 'press' is closed")

    monkeypatch.setattr(program.press, "send", closed)
    answer = feed(program, b'{"a": 1}')
    assert (answer.status, answer.error) == (409, "channel_closed")


def test_an_update_that_the_channel_refuses_is_400(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()

    def wrong(*updates: Any) -> None:
        raise UsageError("value must be a number, got [1]")

    monkeypatch.setattr(program.press, "send", wrong)
    answer = feed(program, b'{"a": 1}')
    assert answer.json() == {
        "error": {"code": "bad_updates", "message": "value must be a number, got [1]", "where": "body"}
    }


def test_lines_are_one_batch() -> None:
    program = FakeProgram()
    answer = feed(
        program, b'{"a": 1}\n\n[{"b": 2}, {"type": "KpiUpdated", "key": "c", "value": "on"}]\r\n', headers=NDJSON
    )
    assert (answer.status, answer.json()["updates"]) == (202, 3)
    assert [update.key for update in program.press.updates] == ["a", "b", "c"]
    wrong = feed(program, b'{"d": 1}\n{"type": "KpiUpdated"}\n', headers=NDJSON)
    assert "line 2: " in wrong.json()["error"]["message"]
    assert len(program.press.updates) == 3


def test_an_arrow_stream_is_a_series_for_each_column() -> None:
    program = FakeProgram()
    answer = feed(program, STREAM, channel="press?kind=number&replace=true", headers=ARROW)
    assert (answer.status, answer.json()["updates"]) == (202, 2)
    a, b = program.press.updates
    assert [(one.series, one.x, one.replace) for one in (a, b)] == [("a", "number", True), ("b", "number", True)]
    np.testing.assert_array_equal(a.points.xs, [1.0, 2.0])
    np.testing.assert_array_equal(a.points.ys, [3.0, np.nan])
    np.testing.assert_array_equal(b.points.ys, [1.0, 0.0])


def test_an_arrow_stream_is_a_table_where_one_is_named() -> None:
    program = FakeProgram()
    assert feed(program, STREAM, channel="press?table=orders&key=x", headers=ARROW).status == 202
    (update,) = program.press.updates
    assert isinstance(update, TableUpdated)
    assert (update.table, update.key) == ("orders", "x")
    assert isinstance(update.rows, pl.DataFrame)
    assert update.rows.rows() == [(1.0, 3, True), (2.0, None, False)]


@pytest.mark.parametrize("query", ["kind=date", "replace=yes", "tabel=orders", "table=orders&x=a", "x=nothing"])
def test_an_arrow_streams_address_is_checked(query: str) -> None:
    program = FakeProgram()
    answer = feed(program, STREAM, channel=f"press?{query}", headers=ARROW)
    assert (answer.status, answer.error) == (400, "bad_updates")
    assert program.press.updates == []


def test_the_binary_form() -> None:
    program = FakeProgram()
    column = memoryview(np.array([1.0, 2.0]).tobytes())
    frame = frame_to_stream(pl.DataFrame({"id": [1]}))
    body = encode_messages([KpiMessage("a", 1.5), PointsMessage("s", column, column), TableMessage("t", frame, "id")])
    assert feed(program, body, headers=MSGPACK).json()["updates"] == 3
    kpi, points, table = program.press.updates
    assert kpi == KpiUpdated("a", 1.5)
    np.testing.assert_array_equal(points.points.xs, [1.0, 2.0])
    assert table.rows.rows() == [(1,)]


def test_what_waited_tells_its_age_by_the_servers_clock() -> None:
    program = FakeProgram()
    clock = FakeClock()
    app = asgi_app(program, engine=FakeEngine(), clock=clock)
    body = b'[{"a": 1}, {"type": "KpiUpdated", "key": "b", "value": 1, "age": 5}, '
    body += b'{"type": "KpiUpdated", "key": "c", "value": 1, "at": 7}]'
    for waited in ("0.2", "60"):
        assert post(app, body, headers={"Cadran-Waited": waited}).status == 202
    now = clock.wall
    assert [update.at for update in program.press.updates] == [None, now - 5.2, 7.0, now - 60, now - 65, 7.0]
    wrong = post(app, b'{"type": "KpiUpdated", "key": "b", "value": 1, "age": 5, "at": 7}')
    assert (wrong.status, wrong.error) == (400, "bad_updates")


# --- each batch once ---


def test_a_batch_that_comes_again_is_answered_and_not_applied_again() -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    first, again, other = (post(app, b'{"a": 1}', headers={"Idempotency-Key": key}) for key in ("c:1", "c:1", "c:2"))
    assert [one.status for one in (first, again, other)] == [202] * 3
    assert [one.json()["repeated"] for one in (first, again, other)] == [False, True, False]
    assert len(program.press.updates) == 2
    metrics = asyncio.run(ask_on_loop(app, http_scope("/metrics"))).body.decode()
    assert 'cadran_channel_repeated_total{channel="press"} 1\n' in metrics
    used = post(app, b'{"a": 2}', headers={"Idempotency-Key": "c:1"})
    assert (used.status, used.error) == (422, "key_used")
    assert len(program.press.updates) == 2


def test_a_batch_that_was_refused_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    send = program.press.send

    def wrong(*updates: Any) -> None:
        raise UsageError("not now")

    monkeypatch.setattr(program.press, "send", wrong)
    assert post(app, b'{"a": 1}', headers={"Idempotency-Key": "k"}).status == 400
    monkeypatch.setattr(program.press, "send", send)
    assert post(app, b'{"a": 1}', headers={"Idempotency-Key": "k"}).json()["repeated"] is False
    assert len(program.press.updates) == 1


@pytest.mark.slow
def test_a_batch_that_comes_twice_at_once_is_applied_once(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    body = encode_messages([KpiMessage(f"k{i}", 1.0) for i in range(2_000)])
    begun, may_end = threading.Event(), threading.Event()
    send = program.press.send

    def slow(*updates: Any) -> None:
        begun.set()
        assert may_end.wait(60)
        send(*updates)

    monkeypatch.setattr(program.press, "send", slow)

    async def scene() -> list[Answer]:
        scope = http_scope("/api/channels/press", "POST", {**MSGPACK, "Idempotency-Key": "c:1"})
        tasks = [asyncio.ensure_future(ask_on_loop(app, dict(scope), body)) for _ in range(3)]
        await asyncio.to_thread(begun.wait, 10)
        while sum(task.done() for task in tasks):
            raise AssertionError("one was answered before the batch was applied")
        may_end.set()
        return await asyncio.gather(*tasks)

    answers = asyncio.run(scene())
    assert [answer.status for answer in answers] == [202] * 3
    assert sorted(answer.json()["repeated"] for answer in answers) == [False, True, True]
    assert len(program.press.updates) == 2_000


@pytest.mark.slow
def test_sixteen_threads_with_loops_of_their_own_apply_each_batch_once() -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())

    def post_all(_: int) -> int:
        answers = [post(app, b'{"a": %d}' % i, headers={"Idempotency-Key": f"c:{i}"}) for i in range(40)]
        return sum(not answer.json()["repeated"] for answer in answers)

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(post_all, range(16))) == 40
    assert sorted(update.value for update in program.press.updates) == list(range(40))


def test_the_epoch_changes_with_the_engine_and_the_keys_are_forgotten_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()
    monkeypatch.setattr("cadran.server.app._make_engine", lambda program: FakeEngine())
    app = asgi_app(program)
    first, again = (post(app, b'{"a": 1}', headers={"Idempotency-Key": "c:1"}).json() for _ in range(2))
    app.life.stop()
    anew = post(app, b'{"a": 1}', headers={"Idempotency-Key": "c:1"}).json()
    app.life.stop()
    assert first["epoch"] == again["epoch"] != anew["epoch"]
    assert [one["repeated"] for one in (first, again, anew)] == [False, True, False]
    assert len(program.press.updates) == 2


def test_who_would_send_again_is_told_that_a_channel_is_behind() -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    program.press.num_pending = 50_001
    behind = post(app, b'{"a": 1}', headers={"Idempotency-Key": "c:1"})
    assert (behind.status, behind.error) == (503, "behind")
    assert post(app, b'{"a": 2}').status == 202, "the channel drops its oldest points for it"
    program.press.num_pending = 50_000
    assert post(app, b'{"a": 1}', headers={"Idempotency-Key": "c:1"}).json()["repeated"] is False
    assert [update.value for update in program.press.updates] == [2, 1]


def test_an_empty_batch_asks_and_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    program = FakeProgram()

    def never(*updates: Any) -> None:
        raise AssertionError("sent")

    monkeypatch.setattr(program.press, "send", never)
    answer = feed(program, b"[]")
    assert (answer.status, answer.json()["updates"]) == (202, 0)
    assert answer.json()["epoch"]

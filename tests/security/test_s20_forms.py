"""S2, S3, S4, S20, S21: the walls before channels stand whatever form the updates are written in."""

from __future__ import annotations

import polars as pl
import pytest
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, FakeEngine, FakeProgram, ask

from cadran.server import asgi_app
from cadran.server.feeding import FORMS
from cadran.updates.arrow import frame_to_stream
from cadran.updates.binary import encode_messages
from cadran.updates.json import KpiMessage

BODIES = {
    "application/json": b'{"a": 1}',
    "application/x-ndjson": b'{"a": 1}\n',
    "application/vnd.apache.arrow.stream": frame_to_stream(pl.DataFrame({"x": [1.0], "a": [1.0]})),
    "application/vnd.msgpack": encode_messages([KpiMessage("a", 1.0)]),
}
EACH_FORM = pytest.mark.parametrize("kind", BODIES)
ATTACKS = {
    "token": ({}, 401),
    "origin": ({"Origin": "https://evil.example", "Authorization": f"Bearer {TOKEN}"}, 403),
    "host": ({"Host": "evil.example", "Authorization": f"Bearer {TOKEN}"}, 403),
}


def test_every_form_is_tried_here() -> None:
    assert set(BODIES) == set(FORMS)


@EACH_FORM
@UP_AND_DOWN
@pytest.mark.parametrize("wall", ATTACKS)
def test_s20_each_form_meets_each_wall(wall: str, kind: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, status = ATTACKS[wall]
    if not is_up:
        take_down(wall, monkeypatch)
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine(), token=TOKEN)
    for extra in ({}, {"Idempotency-Key": "a:1"}):
        answer = ask(app, "/api/channels/press", "POST", {"Content-Type": kind, **headers, **extra}, BODIES[kind])
        assert answer.status == (status if is_up else 202)
    assert (program.press.updates == []) is is_up


@EACH_FORM
def test_s21_each_form_is_bounded_and_never_unpacked(kind: str) -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine())
    bound = FORMS[kind].num_bytes_max
    assert bound <= 8 * 1024 * 1024
    for headers, body, status in (
        ({"Content-Length": str(bound + 1)}, b"", 413),
        ({}, b" " * (bound + 1), 413),
        ({"Content-Encoding": "gzip"}, BODIES[kind], 415),
    ):
        given = {"Content-Type": kind, **headers}
        assert ask(app, "/api/channels/press", "POST", given, body).status == status
    assert program.press.updates == []


def test_s16_a_key_opens_nothing_and_is_not_told() -> None:
    program = FakeProgram()
    app = asgi_app(program, engine=FakeEngine(), token=TOKEN)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", "Idempotency-Key": "planted-key"}
    assert ask(app, "/api/channels/press", "POST", headers, b'{"a": 1}').status == 202
    del headers["Authorization"]
    answer = ask(app, "/api/channels/press", "POST", headers, b'{"a": 1}')
    assert answer.status == 401
    assert b"planted-key" not in answer.body

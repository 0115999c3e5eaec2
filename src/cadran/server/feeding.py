"""``POST /api/channels/{name}``: the way in for updates, in four forms, each batch applied once."""

from __future__ import annotations

import asyncio
import math
import threading
import zlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple, cast, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from cadran.clock import Clock, SystemClock
from cadran.errors import ClosedError, UsageError
from cadran.screen.program import Program
from cadran.server.body import read_body
from cadran.server.life import Life
from cadran.server.ports import ChannelPort
from cadran.server.problems import Problem, RefusedError, json_response
from cadran.server.repeats import Claim, Repeats, check_key
from cadran.updates import Update, decode_updates
from cadran.updates.arrival import Arrival
from cadran.updates.arrow import decode_points, decode_table
from cadran.updates.binary import decode_messages
from cadran.updates.json import decode_lines
from cadran.updates.update import XKind

UPDATES_BYTES_MAX = 1024 * 1024
BINARY_BYTES_MAX = 8 * 1024 * 1024
"""Of the forms that take about as much memory as they are long."""
WAITED_SECS_MAX = 366 * 86_400.0
_INLINE_BYTES_MAX = 16_384
_TWIN_SECS = 10.0
"""How long a batch that came twice at once waits for its twin."""

Decode = Callable[[bytes, Arrival, Mapping[str, str]], list[Update]]
Take = Callable[[Callable[[], int]], Awaitable[int]]


class Form(NamedTuple):
    """One way to write updates."""

    decode: Decode
    num_bytes_max: int
    is_quick: bool
    """Small ones are decoded on the loop: a thread would take longer."""


def _arrow(body: bytes, arrival: Arrival, query: Mapping[str, str]) -> list[Update]:
    """``?table=name[&key=column]``: a table. Else points: ``x=column``, ``kind=time|number|free``, ``replace=true``."""
    if "table" in query:
        _check_names(query, {"table", "key"})
        return decode_table(body, query["table"], query.get("key"))
    _check_names(query, {"x", "kind", "replace"})
    kind, replace = query.get("kind", "time"), query.get("replace", "false")
    if kind not in get_args(XKind):
        raise UsageError(f"kind: expected one of {', '.join(get_args(XKind))}, got {kind!r}")
    if replace not in ("true", "false"):
        raise UsageError(f"replace: expected true or false, got {replace!r}")
    return decode_points(body, x=query.get("x", "x"), kind=cast(XKind, kind), replace=replace == "true")


def _check_names(query: Mapping[str, str], known: set[str]) -> None:
    unknown = sorted(set(query) - known)
    if unknown:
        raise UsageError(f"the address: expected {', '.join(sorted(known))} after the ?, got {unknown[0][:100]!r}")


FORMS: dict[str, Form] = {
    "application/json": Form(lambda body, arrival, _: decode_updates(body, arrival), UPDATES_BYTES_MAX, True),
    "application/x-ndjson": Form(lambda body, arrival, _: decode_lines(body, arrival), UPDATES_BYTES_MAX, True),
    "application/vnd.apache.arrow.stream": Form(_arrow, BINARY_BYTES_MAX, False),
    "application/vnd.msgpack": Form(lambda body, arrival, _: decode_messages(body, arrival), BINARY_BYTES_MAX, True),
}


class Feeding:
    """Takes updates for the channels of a program."""

    def __init__(self, program: Program, life: Life, clock: Clock | None = None) -> None:
        self._program = program
        self._life = life
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._repeats: dict[str, Repeats] = {}  # one for each channel that exists

    async def feed_channel(self, request: Request) -> Response:
        """Send updates to a channel; all of them or, where one is wrong, none. An empty batch is a question.

        The answer's ``epoch`` is another one once what the server held in memory began anew.
        """
        form = _form_of(request)
        waited_secs = _waited_secs(request)
        key = request.headers.get("idempotency-key")
        key = None if key is None else check_key(key)
        body = await read_body(request, form.num_bytes_max)
        name = request.path_params["name"]
        try:
            channel = cast(ChannelPort, self._program.channel(name))
        except UsageError as error:
            raise RefusedError(Problem(404, "no_such_channel", str(error), "name")) from None
        self._life.engine()  # drains the channel, whether or not anybody watches
        epoch = self._life.epoch
        arrival = Arrival(self._clock.now().wall, waited_secs)

        if key is not None and channel.num_pending * 2 > channel.max_items:
            message = "the channel is behind: send this batch again, under the same key"
            raise RefusedError(Problem(503, "behind", message, "name"))  # rather than drop what came before it

        def decode_and_send() -> int:
            updates = form.decode(body, arrival, request.query_params)
            if updates:
                channel.send(*updates)
            return len(updates)

        take: Take = partial(_in_thread_if, not form.is_quick or len(body) > _INLINE_BYTES_MAX)
        try:
            if key is None:
                return json_response({"updates": await take(decode_and_send), "epoch": epoch}, 202)
            begin = zlib.crc32(str(request.query_params).encode())
            digest = await _in_thread_if(len(body) > UPDATES_BYTES_MAX, partial(zlib.crc32, body, begin))
            while True:
                claim, is_new = self._repeats_of(name).claim(epoch, key, digest)
                num_updates = await (_applied(claim, take, decode_and_send) if is_new else _twin(claim))
                if num_updates is not None:
                    return json_response({"updates": num_updates, "epoch": epoch, "repeated": not is_new}, 202)
        except UsageError as error:
            raise RefusedError(Problem(400, "bad_updates", str(error), "body")) from None
        except ClosedError as error:
            raise RefusedError(Problem(409, "channel_closed", str(error), "name")) from None

    def num_repeated(self) -> dict[str, int]:
        """Return by channel how many batches came again, of those whose sender gives keys."""
        with self._lock:
            return {name: repeats.num_repeated for name, repeats in self._repeats.items()}

    def _repeats_of(self, name: str) -> Repeats:
        with self._lock:
            return self._repeats.setdefault(name, Repeats(self._clock))


async def _in_thread_if(is_long: bool, work: Callable[[], int]) -> int:
    return await run_in_threadpool(work) if is_long else work()


async def _applied(claim: Claim, take: Take, work: Callable[[], int]) -> int:
    """Apply a new batch. It is settled where it is applied: a request that is given up meanwhile still counts."""
    is_begun = False

    def work_and_settle() -> int:
        nonlocal is_begun
        is_begun = True
        num_updates: int | None = None
        try:
            num_updates = work()
        finally:
            claim.settle(num_updates)
        return num_updates

    try:
        return await take(work_and_settle)
    finally:
        if not is_begun:
            claim.settle(None)


async def _twin(claim: Claim) -> int | None:
    """Wait for the batch that came first. None: it was not applied."""
    future = asyncio.wrap_future(claim.num_updates)
    await asyncio.wait({future}, timeout=_TWIN_SECS)
    if not future.done():
        raise RefusedError(Problem(503, "still_taking", "this batch is being taken: ask again", "Idempotency-Key"))
    return future.result()


def _form_of(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise RefusedError(Problem(415, "bad_type", f"expected one of {', '.join(FORMS)}", "Content-Type"))
    return FORMS[kind]


def _waited_secs(request: Request) -> float:
    text = request.headers.get("cadran-waited", "0")
    try:
        secs = float(text)
    except ValueError:
        secs = math.nan
    if not 0.0 <= secs <= WAITED_SECS_MAX:
        raise RefusedError(Problem(400, "bad_wait", "expected seconds that the batch waited", "Cadran-Waited"))
    return secs

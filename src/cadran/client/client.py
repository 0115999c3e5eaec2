"""A connection to one server: its channels, and the one thread that posts for them.

The thread begins with the first send, also in a process that was forked: there the client begins anew, with nothing
to send, as the process that it was forked from sends what there was. At the exit of a process what waits is flushed.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import math
import os
import random
import secrets
import sys
import threading
import time
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from cadran.backoff import Rng
from cadran.client.address import check_channel, check_token, checked_url
from cadran.client.batch import Batch
from cadran.client.channel import NOT_PASSED, RemoteChannel
from cadran.client.transport import Answer, LinkError, Transport
from cadran.durations import Duration, parse_secs
from cadran.errors import ClosedError, UsageError

MAX_ITEMS = 100_000
MAX_BYTES = 64 * 1024 * 1024
_CUT_SECS = 1.0
"""How long a request under way is waited for once it was cut."""

log = logging.getLogger("cadran")


class Client:
    """Made by ``cadran.connect``. Thread-safe; a context manager that closes at its end."""

    def __init__(
        self,
        url: str,
        transport: Transport,
        *,
        exit_timeout_secs: float,
        monotonic: Callable[[], float] = time.monotonic,
        rng: Rng = random.random,
    ) -> None:
        self.url = url
        self._transport = transport
        self._exit_timeout_secs = exit_timeout_secs
        self._monotonic = monotonic
        self._rng = rng
        self._channels: dict[str, RemoteChannel] = {}
        self._is_closed = False
        self._reset()
        _clients.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_stopping = False
        for channel in self._channels.values():
            channel.reset(secrets.token_hex(8))

    def __repr__(self) -> str:
        return f"<Client {self.url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(NOT_PASSED)

    def channel(self, name: str, *, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES) -> RemoteChannel:
        """Return the channel of that name, the same one each time; nothing is opened before the first send.

        At most ``max_items`` KPIs, tables and points and ``max_bytes`` wait, beside the batch that is under way.
        """
        check_channel(name)
        bounds: dict[str, object] = {"max_items": max_items, "max_bytes": max_bytes}
        for argument, value in bounds.items():
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise UsageError(f"channel {name!r}: {argument}: expected an int of at least 1, got {value!r}")
        with self._lock:
            if self._is_closed:
                raise ClosedError("this connection is closed: make another one")
            if name not in self._channels:
                self._channels[name] = RemoteChannel(
                    name,
                    secrets.token_hex(8),
                    max_items=max_items,
                    max_bytes=max_bytes,
                    ring=self._ring,
                    monotonic=self._monotonic,
                    rng=self._rng,
                )
            return self._channels[name]

    def flush(self, timeout: Duration = "5s") -> bool:
        """Flush all channels, within ``timeout`` together; see ``RemoteChannel.flush``."""
        return self._each(lambda channel, secs: channel.flush(secs), timeout)

    def close(self, timeout: Duration = "5s") -> bool:
        """Refuse further sends, flush within ``timeout``, end the thread. Idempotent; returns as ``flush``."""
        self._is_closed = True
        is_done = self._each(lambda channel, secs: channel.close(secs), timeout)
        with self._lock:
            self._is_stopping = True
            thread, self._thread = self._thread, None
        self._woken.set()
        if thread is not None:
            if not is_done:
                self._transport.cut()  # it would wait for an answer that nobody waits for
            thread.join(_CUT_SECS)
        self._transport.close()
        _clients.discard(self)
        return is_done

    def _each(self, flush: Callable[[RemoteChannel, float], bool], timeout: Duration) -> bool:
        until_mono = self._monotonic() + parse_secs(timeout, "timeout")
        with self._lock:
            channels = list(self._channels.values())
        done = [flush(channel, max(1e-3, until_mono - self._monotonic())) for channel in channels]
        return all(done)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if not self.close(self._exit_timeout_secs):
            self._tell_of_what_is_lost()

    # --- the thread -----------------------------------------------------------------------------

    def _ring(self) -> None:
        """Something waits: begin the thread if there is none, else wake it."""
        if self._thread is None:
            self._start()
        self._woken.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None or self._is_stopping:
                return
            thread = threading.Thread(target=self._run, name="cadran client", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter ends: there will be no more threads
                log.warning("%s: sent while the interpreter ends: it stays here", self.url)
                return
            self._thread = thread
        _flush_at_exit()

    def _run(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            wait_mono = self._post_what_is_due()
            left_secs = wait_mono - self._monotonic()
            if left_secs > 0 and not self._is_stopping:
                self._woken.wait(None if math.isinf(left_secs) else left_secs)

    def _post_what_is_due(self) -> float:
        """Post one batch of each channel that has one to post. Return when to look again, by the monotonic clock."""
        wait_mono = math.inf
        for channel in list(self._channels.values()):
            batch, due_mono = channel.next_batch()
            if batch is None:
                wait_mono = min(wait_mono, due_mono)
                continue
            channel.settle(batch, self._posted(channel.name, batch))
            wait_mono = -math.inf
            if self._is_stopping:
                break
        return wait_mono

    def _posted(self, channel: str, batch: Batch) -> Answer | LinkError:
        """Post a batch; a fault of ours must neither end the thread nor lose what is right."""
        try:
            body = batch.body
        except Exception as error:
            log.exception("%s: an update could not be written", self.url)
            return Answer(400, code="bad_updates", message=f"it could not be written: {type(error).__name__}")
        try:
            return self._transport.post(channel, body, batch.headers(self._monotonic()))
        except LinkError as error:
            return error
        except Exception as error:
            log.exception("%s: a batch could not be posted", self.url)
            return LinkError(type(error).__name__, is_unsent=False)

    # --- the end of a process -------------------------------------------------------------------

    def _tell_of_what_is_lost(self) -> None:
        with self._lock:
            channels = list(self._channels.values())
        for channel in channels:
            counts = channel.statistics()
            if counts.num_pending:
                why = counts.last_error or "no time was left"
                log.warning("channel %r: %s not accepted: %s", channel.name, f"{counts.num_pending:,}", why)

    def _close_at_exit(self) -> None:
        if self._thread is not None and not self.close(self._exit_timeout_secs):
            self._tell_of_what_is_lost()

    def _begin_anew(self) -> None:
        """In a child that was forked."""
        self._transport.close()  # closes this process's hold of the socket; the other's goes on
        self._reset()


def connect(url: str, *, token: str | None = None, exit_timeout: Duration = "5s") -> Client:
    """Send to the server at ``url``, such as ``http://127.0.0.1:8400``, from this process.

    ``token``: the server's, where it has one; by default what ``CADRAN_SERVER_TOKEN`` holds. ``exit_timeout``: how
    long the end of the process waits for what is not sent yet. Nothing is opened before the first send. Raises
    ``UsageError`` for an address or a token that can't be one.
    """
    from cadran.client.http import HttpTransport  # with TLS, which a server need not load

    base_url = checked_url(url)
    checked = check_token(os.environ.get("CADRAN_SERVER_TOKEN") or None if token is None else token)
    return Client(
        base_url, HttpTransport(base_url, checked), exit_timeout_secs=parse_secs(exit_timeout, "exit_timeout")
    )


_clients: weakref.WeakSet[Client] = weakref.WeakSet()
_flushes_at_exit = False


def _flush_at_exit() -> None:
    """Once in each process. Those that ``multiprocessing`` makes end without what ``atexit`` was told."""
    global _flushes_at_exit
    if _flushes_at_exit:
        return
    _flushes_at_exit = True
    processes = sys.modules.get("multiprocessing")  # a process that it made has it
    if processes is None or processes.parent_process() is None:
        atexit.register(_close_all)
    else:
        from multiprocessing.util import Finalize

        Finalize(None, _close_all, exitpriority=100)


def _close_all() -> None:
    for client in list(_clients):
        client._close_at_exit()


def _after_fork() -> None:
    global _flushes_at_exit
    _flushes_at_exit = False
    for client in list(_clients):
        with contextlib.suppress(Exception):
            client._begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

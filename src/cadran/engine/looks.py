"""Looks at the core between its steps, for whoever asks in another thread: part by part, so that none holds it long."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Generic, TypeVar, cast

from cadran.errors import ClosedError
from cadran.turn import Turn, endless

S = TypeVar("S")
T = TypeVar("T")
Look = Callable[[S], Generator[None, None, T]]
"""Is given what to look at; where it yields, that may go on."""


class Looks(Generic[S]):
    """What is asked for and not yet seen to its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: deque[tuple[Look[S, object], Future[object]]] = deque()  # bounded by requests
        self._begun: list[tuple[Generator[None, None, object], Future[object]]] = []  # bounded by requests
        self._is_closed = False

    def __bool__(self) -> bool:
        """Whether there is something left to look at."""
        return bool(self._asked or self._begun)

    def ask(self, look: Look[S, T]) -> Future[T]:
        """Look as soon as possible. From any thread. Raises ``ClosedError`` once nothing will be seen any more."""
        future: Future[object] = Future()
        with self._lock:
            if self._is_closed:
                raise ClosedError("the engine does not run")
            self._asked.append((look, future))
        return cast(Future[T], future)

    def go_on(self, subject: S, *, may_begin: bool = True, turn: Turn | None = None) -> None:
        """Look one part further, for each who asked, or for as many as the turn allows: the others are next.

        ``may_begin``: whether those may begin who asked since; what is looked at may have to be made first.
        """
        turn = turn or endless()
        while self._asked and may_begin:
            look, future = self._asked.popleft()
            if future.set_running_or_notify_cancel():
                self._begun.append((look(subject), future))
        begun, self._begun = self._begun, []
        for number, (looking, future) in enumerate(begun):
            if number and turn.is_over():
                self._begun[:0] = begun[number:]
                return
            try:
                next(looking)
            except StopIteration as end:
                future.set_result(end.value)
            except Exception as error:  # it is told to who asked
                future.set_exception(error)
            else:
                self._begun.append((looking, future))

    def close(self) -> None:
        """Nothing will be seen any more: tell those who wait. Idempotent."""
        with self._lock:
            self._is_closed = True
        for _, future in self._asked:
            future.cancel()
        for _, future in self._begun:
            future.set_exception(ClosedError("the engine does not run"))
        self._asked.clear()
        self._begun.clear()

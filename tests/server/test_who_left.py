"""Nothing is left of a viewer who left, though nobody looks for garbage: that would hold all threads for a while."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from tests.server.fakes import FakeEngine
from tests.server.wires import RawSocket, served
from websockets.server import ServerProtocol

from cadran.server.link import LinkedProtocol
from cadran.server.patience import PatientProtocol
from cadran.server.session import Hearing, Session
from cadran.server.shared_socket import SharedTransport

NUM_VIEWERS = 5
PARTS = (PatientProtocol, LinkedProtocol, ServerProtocol, SharedTransport, Session, Hearing)


class Freed:
    """Counts what was made of each kind, and waits until all of it is gone."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.num_made = dict.fromkeys((kind.__name__ for kind in PARTS), 0)
        self._changed = threading.Condition()
        self._left: dict[weakref.ref[object], str] = {}
        for kind in PARTS:
            patch.setattr(kind, "__init__", self._noting(kind))

    def left(self) -> list[str]:
        """Return what is left after a while, by kind; nothing as soon as nothing is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._left, timeout=10)
            return sorted(self._left.values())

    def _noting(self, kind: type) -> object:
        begin, name = kind.__init__, kind.__name__  # type: ignore[misc]

        def init(one: object, *args: object, **named: object) -> None:
            with self._changed:
                self.num_made[name] += 1
                self._left[weakref.ref(one, self._forget)] = name
            begin(one, *args, **named)

        return init

    def _forget(self, ref: weakref.ref[object]) -> None:
        with self._changed:
            del self._left[ref]
            self._changed.notify_all()


@pytest.mark.parametrize("says_so", [True, False])
def test_u01_nothing_is_left_of_a_viewer_who_left(monkeypatch: pytest.MonkeyPatch, says_so: bool) -> None:
    with monkeypatch.context() as patch, served(FakeEngine()) as address:
        freed = Freed(patch)
        gc.disable()
        try:
            for _ in range(NUM_VIEWERS):
                viewer = RawSocket(address)
                viewer.send(b"{}")
                if says_so:
                    viewer.send(b"\x03\xe8", 8)
                    assert viewer.close_code() == 1000
                viewer.close()
            left = freed.left()
        finally:
            gc.enable()
        assert set(freed.num_made.values()) == {NUM_VIEWERS}
        assert not left

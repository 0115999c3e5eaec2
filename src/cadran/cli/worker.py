"""The parent's hold on one child process."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys

import msgspec

from cadran.cli.child import Order, Ready

_IMPORT_SECS = 60.0
_STOP_SECS = 6.0


class Worker:
    """A child that imports, says whether it can serve, serves when told, and ends when its input closes.

    Its standard input is its leash: it ends with the parent, however the parent ends.
    """

    def __init__(self, order: Order, socket_fd: int) -> None:
        ready_fd, child_fd = os.pipe()
        self._ready = os.fdopen(ready_fd, "rb")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cadran.cli.child", str(socket_fd), str(child_fd)],
                bufsize=0,
                stdin=subprocess.PIPE,
                pass_fds=(socket_fd, child_fd),
                start_new_session=True,  # Ctrl-C is the parent's
            )
        finally:
            os.close(child_fd)
        self._tell(msgspec.json.encode(order))

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def wait_ready(self) -> str | None:
        """Wait until the child can serve; return None then, else why it cannot."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ready, selectors.EVENT_READ)
            if not selector.select(_IMPORT_SECS):
                return f"the import is not done after {_IMPORT_SECS:g} s"
        answer = self._ready.readline()
        if not answer:
            return f"the import ended the process with code {self._process.wait()}"
        return msgspec.json.decode(answer, type=Ready).problem

    def serve(self) -> None:
        """Let the child accept connections."""
        self._tell(b"serve")

    def stop(self) -> int:
        """Ask the child to stop, make it if it does not, wait for its end and return its exit code."""
        if self.is_alive:
            self._process.terminate()
        try:
            self._process.wait(_STOP_SECS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        code = self._process.wait()
        self._ready.close()
        if self._process.stdin is not None:
            self._process.stdin.close()
        return code

    def _tell(self, line: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; its parent finds out

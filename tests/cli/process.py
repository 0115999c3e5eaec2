"""A command in a process of its own, read line by line with time-outs, never with a sleep."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

WAIT_SECS = 60.0
SCREEN = """\
from cadran.screen.screen import screen

@screen({title!r})
def shown(ui, tokens):
    ui.text("Hello", {body!r})
"""


class Command:
    """``cadran …`` as a process; its output and errors are one stream of lines."""

    def __init__(self, *args: str, cwd: Path, env: dict[str, str] | None = None) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CADRAN_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cadran.cli", *args],
            cwd=cwd,
            env={**inherited, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        self._begin = time.monotonic()
        self.began_secs = 0.0
        """From its start until it served."""
        self.output = ""
        self._searched = 0

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the next match in the output. Fails with all output if it does not come."""
        deadline = time.monotonic() + WAIT_SECS
        while True:
            found = re.compile(pattern).search(self.output, self._searched)
            if found:
                self._searched = found.end()
                return found
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"no {pattern!r} in the output:\n{self.output}")

    def wait_url(self) -> str:
        """Return the address that the command says it serves at."""
        url = self.wait_for(r"http://[^\s]+/")[0]
        self.began_secs = time.monotonic() - self._begin
        return url

    def end(self, sig: signal.Signals | None = None) -> tuple[int, float]:
        """Send a signal, read to the end, return the exit code and the seconds it took."""
        begin = time.monotonic()
        if sig is not None:
            self.process.send_signal(sig)
        while self._read(begin + WAIT_SECS - time.monotonic()):
            pass
        return self.process.wait(WAIT_SECS), time.monotonic() - begin

    def _read(self, timeout_secs: float) -> bool:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, timeout_secs)):
                return False
        chunk = self.process.stdout.read(65_536)
        self.output += (chunk or b"").decode(errors="replace")
        return bool(chunk)

    def __enter__(self) -> Command:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(WAIT_SECS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def write_screen(folder: Path, title: str, body: str = "hello") -> Path:
    """Write ``app.py`` with one screen of one text; whole at once, as editors do."""
    file = folder / "app.py"
    draft = folder / "app.py.new"
    draft.write_text(SCREEN.format(title=title, body=body))
    return draft.replace(file)


def get(url: str) -> str:
    """Return what is at an address on this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=WAIT_SECS) as answer:
        return str(answer.read().decode())

"""A real Chromium without a driver: started, given one page, asked for values, and always stopped.

Only evaluations are asked of it. No network or page events are subscribed to, which would cost CPU for each message.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import psutil
from websockets.sync.client import ClientConnection, connect

START_SECS = 20.0
ANSWER_SECS = 15.0
WIDTH, HEIGHT = 1600, 1400
"""All panels of the common screen are in sight."""
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--mute-audio",
    "--remote-debugging-port=0",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """Return the browser to use, or None."""
    wanted = os.environ.get("CHROMIUM")
    return wanted or next((path for name in _NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One browser with one page. Use as a context manager. Raises ``TimeoutError`` if it does not answer."""

    def __init__(self, path: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bench-chromium-"))
        command = [path, *_FLAGS, f"--user-data-dir={self._folder}", f"--window-size={WIDTH},{HEIGHT}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._ids = itertools.count(1)
        try:
            self._socket = self._connect()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.close()
        self.close()

    def close(self) -> None:
        """End all its processes and remove what it wrote."""
        processes = self.processes()
        for process in processes:
            try:
                process.kill()
            except psutil.Error:
                continue  # it has just ended
        psutil.wait_procs(processes, timeout=5.0)
        self._process.wait(5.0)
        shutil.rmtree(self._folder, ignore_errors=True)

    def processes(self) -> list[psutil.Process]:
        """The browser and all that it started."""
        try:
            browser = psutil.Process(self._process.pid)
            return [browser, *browser.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def open(self, url: str, script: str) -> None:
        """Show a page; ``script`` runs before its own."""
        self._call("Page.enable")
        self._call("Page.addScriptToEvaluateOnNewDocument", source=script)
        self._call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page. Raises ``RuntimeError`` if it throws."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, timeout_secs: float) -> None:
        """Wait until an expression is true; one that throws is not yet."""
        until = time.monotonic() + timeout_secs
        while not self.evaluate(f"(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()"):
            if time.monotonic() > until:
                raise TimeoutError(f"the page did not come to {expression} within {timeout_secs:g} s")
            time.sleep(0.1)

    def _connect(self) -> ClientConnection:
        file, until = self._folder / "DevToolsActivePort", time.monotonic() + START_SECS
        while not (file.exists() and len(file.read_text().splitlines()) >= 2):
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"Chromium did not start within {START_SECS:g} s")
            time.sleep(0.05)
        port, path = file.read_text().splitlines()[:2]
        with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, compression=None) as browser:
            self._socket = browser
            targets = self._call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        return connect(f"ws://127.0.0.1:{port}/devtools/page/{page}", max_size=None, compression=None)

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        self._socket.send(msgspec.json.encode({"id": number, "method": method, "params": params}).decode())
        while True:
            answer = msgspec.json.decode(self._socket.recv(timeout=ANSWER_SECS))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

"""A real Chromium without a driver: started, given pages, asked for values, and always stopped.

Only evaluations are asked of it. No network or page events are subscribed to, which would cost CPU for each message.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from websockets.sync.client import connect

from bench.page import Page

START_SECS = 20.0
WIDTH, HEIGHT = 1600, 1400
"""All panels of the common screen are in sight."""
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
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
    """One browser; ``page`` is its first page. Use as a context manager. Raises ``TimeoutError`` if it is silent."""

    def __init__(self, path: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bench-chromium-"))
        command = [path, *_FLAGS, f"--user-data-dir={self._folder}", f"--window-size={WIDTH},{HEIGHT}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._pages: list[Page] = []
        try:
            self._port, browser = self._address()
            self._browser = Page(connect(browser, max_size=None, compression=None))
            targets = self._browser.call("Target.getTargets")["targetInfos"]
            self.page = self._attach(next(target["targetId"] for target in targets if target["type"] == "page"))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for page in self._pages:
            page.close()
        self.close()

    def new_page(self) -> Page:
        """Open another page, in a window of its own."""
        made = self._browser.call("Target.createTarget", url="about:blank", newWindow=True, width=WIDTH, height=HEIGHT)
        return self._attach(made["targetId"])

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

    def renderers(self) -> list[psutil.Process]:
        """The processes that run pages, the largest first; a spare one is among them."""
        found: list[tuple[int, psutil.Process]] = []
        for process in self.processes():
            try:
                command = process.cmdline()
                if "--type=renderer" in command and "--top-chrome-webui" not in command:  # the browser's own
                    found.append((process.memory_info().rss, process))
            except psutil.Error:
                continue  # it has just ended
        return [process for _, process in sorted(found, key=lambda one: -one[0])]

    def _attach(self, target: str) -> Page:
        address = f"ws://127.0.0.1:{self._port}/devtools/page/{target}"
        page = Page(connect(address, max_size=None, compression=None))
        self._pages.append(page)
        return page

    def _address(self) -> tuple[str, str]:
        file, until = self._folder / "DevToolsActivePort", time.monotonic() + START_SECS
        while not (file.exists() and len(file.read_text().splitlines()) >= 2):
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"Chromium did not start within {START_SECS:g} s")
            time.sleep(0.05)
        port, path = file.read_text().splitlines()[:2]
        return port, f"ws://127.0.0.1:{port}{path}"

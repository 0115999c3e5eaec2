"""One page of a Chromium: shown, asked for values, clicked and dragged."""

from __future__ import annotations

import itertools
import time
from typing import Any

import msgspec
from websockets.sync.client import ClientConnection

ANSWER_SECS = 15.0
DRAG_STEPS = 5


class Page:
    """A target of the DevTools protocol. Raises ``TimeoutError`` if it does not answer."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._is_probed = False

    def close(self) -> None:
        """End the connection; the page stays."""
        self._socket.close()

    def open(self, url: str, script: str, *, timeout_secs: float = ANSWER_SECS) -> None:
        """Show a page; ``script`` runs before its own. Raises ``TimeoutError`` if its server is silent."""
        if not self._is_probed:
            self.call("Page.enable")
            self.call("Page.addScriptToEvaluateOnNewDocument", source=script)
            self._is_probed = True
        self.call("Page.navigate", url=url, timeout_secs=timeout_secs)

    def evaluate(self, expression: str, *, timeout_secs: float = ANSWER_SECS) -> Any:
        """Return the value of an expression, or of its promise. Raises ``RuntimeError`` if it throws."""
        answer = self.call(
            "Runtime.evaluate",
            timeout_secs=timeout_secs,
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails'].get('exception', {}).get('description')}")
        return answer["result"].get("value")

    def wait_for(self, expression: str, timeout_secs: float) -> None:
        """Wait until an expression is true; one that throws is not yet."""
        until = time.monotonic() + timeout_secs
        condition = f"(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()"
        while not self.evaluate(condition, timeout_secs=max(ANSWER_SECS, timeout_secs)):
            if time.monotonic() > until:
                raise TimeoutError(f"the page did not come to {expression} within {timeout_secs:g} s")
            time.sleep(0.1)

    def fit(self, width: int, height: int) -> None:
        """Give the page another size, in CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def drag(self, x0: float, x1: float, y: float) -> None:
        """Press at x0, move and release at x1, in CSS pixels."""
        self.mouse("mouseMoved", x0, y)
        self.mouse("mousePressed", x0, y, is_down=True)
        for step in range(1, DRAG_STEPS + 1):
            self.mouse("mouseMoved", x0 + (x1 - x0) * step / DRAG_STEPS, y, is_down=True)
        self.mouse("mouseReleased", x1, y)

    def click(self, x: float, y: float) -> None:
        """Move there, press and release."""
        self.mouse("mouseMoved", x, y)
        self.mouse("mousePressed", x, y, is_down=True)
        self.mouse("mouseReleased", x, y)

    def mouse(self, kind: str, x: float, y: float, *, is_down: bool = False, **more: Any) -> None:
        """Send one event of the mouse, and wait until the page has taken it. ``is_down``: the left button, after it."""
        button = "none" if kind in ("mouseMoved", "mouseWheel") and not is_down else "left"
        self.call(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, buttons=int(is_down), clickCount=1, **more
        )

    def wheel(self, x: float, y: float, down: float) -> None:
        """Turn the wheel by so many CSS pixels."""
        self.mouse("mouseWheel", x, y, deltaX=0, deltaY=down)

    def key(self, name: str, code: int) -> None:
        """Press and release a key, by its name and its Windows virtual key code."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def call(self, method: str, *, timeout_secs: float = ANSWER_SECS, **params: Any) -> Any:
        """Return the result of a method. Raises ``RuntimeError`` if it fails."""
        number = next(self._ids)
        self._socket.send(msgspec.json.encode({"id": number, "method": method, "params": params}).decode())
        until = time.monotonic() + timeout_secs
        while True:
            try:
                answer = msgspec.json.decode(self._socket.recv(timeout=max(0.0, until - time.monotonic())))
            except TimeoutError:
                raise TimeoutError(f"its page did not answer within {timeout_secs:g} s ({method})") from None
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

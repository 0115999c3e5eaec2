"""``python mounted.py``: a screen at ``/live`` in somebody else's Starlette app, under their uvicorn."""

from __future__ import annotations

import socket
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

import cadran as cd

press = cd.channel("press")


@cd.screen("Mounted", zone="UTC")
def mounted(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    ui.kpi("Temperature", press.kpi("temperature"))
    ui.line("Vibration", press.series("left"), window="10m")


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/live/\n")
    sys.stdout.flush()
    uvicorn.Server(uvicorn.Config(Starlette(routes=[Mount("/live", mounted.asgi())]))).run(sockets=[listener])

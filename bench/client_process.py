"""Processes for what ``cadran.connect`` sends from elsewhere: servers that take it, and the client.

``serve cadran`` and ``serve floor`` say ``ready URL``; ``send`` then does what each line says, and answers in JSON.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import uvicorn

import cadran as cd
from bench.serving import end_with_parent, free_port
from cadran.readable import Points
from cadran.screen.program import Program
from cadran.server.run import serve

CHANNEL = "sends"
BATCH = 1_000
POINT_BYTES = 16
LAND_SECS = 60.0
ROOM = "60s"
SINGLES, BATCHES, AWAY = "singles", "batches", "away"


def main() -> None:
    """Be a server, or the client."""
    if sys.argv[1] == "send":
        for line in sys.stdin:
            what, url, *numbers = line.split()
            print(json.dumps(_VERBS[what](url, *map(int, numbers))), flush=True)
        return
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # else asyncio leaves Nagle's delay on
    sock.bind(("127.0.0.1", 0))
    sock.listen(64)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    end_with_parent()
    (_serve_cadran if sys.argv[2] == "cadran" else _serve_floor)(sock, url)


def _serve_cadran(sock: socket.socket, url: str) -> None:
    channel = cd.channel(CHANNEL, max_items=10_000_000)

    @cd.metric(channel.series("points", x="number"))
    def landed(points: Points) -> int:
        return points.xs.size

    @cd.screen(CHANNEL)
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Landed", landed)

    serve(Program([screen]), sock=sock, on_ready=lambda *_: print("ready", url, flush=True))


def _serve_floor(sock: socket.socket, url: str) -> None:
    """Read each body, and answer: the transport and nothing else."""

    async def app(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        while (await receive()).get("more_body"):
            continue
        await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    print("ready", url, flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run(sockets=[sock])


# --- the client ---------------------------------------------------------------------------------


def _send(url: str, num_points: int, per_update: int, num_before: int) -> dict[str, float]:
    """Send points through a client until all of them are in the store. ``num_before``: so many are there."""
    ys = np.sin(np.arange(per_update))
    with cd.connect(url) as client:
        channel = client.channel(CHANNEL)
        began = time.perf_counter()
        for first in range(num_before, num_before + num_points, per_update):
            if per_update == 1:
                channel.send(cd.ChartDataUpdated.point("points", float(first), 0.5, kind="number"))
            else:
                xs = np.arange(first, first + per_update, dtype=float)
                channel.send(cd.ChartDataUpdated.xy("points", xs, ys, x="number"))
            if first % 20_000 < per_update:
                channel.wait_for_room(ROOM)
        assert client.flush(ROOM)
        while _landed(url) < num_before + num_points:
            if time.perf_counter() - began > LAND_SECS:
                raise TimeoutError(f"{_landed(url):,} of {num_before + num_points:,} points landed")
        secs = time.perf_counter() - began
        counts = channel.statistics()
        assert counts.num_accepted == num_points  # none merged, dropped or refused
    return {"secs": secs, "num_posts": counts.num_batches}


def _landed(url: str) -> float:
    with urllib.request.urlopen(f"{url}/api/screens/{CHANNEL}", timeout=10.0) as answer:
        (panel,) = json.load(answer)["panels"]
    return float(panel["value"] or 0)


def _post(url: str, num_points: int, num_posts: int) -> dict[str, float]:
    """Post as many bytes in as many requests, over one connection."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    body = bytes(POINT_BYTES * num_points // num_posts)
    began = time.perf_counter()
    for _ in range(num_posts):
        connection.request("POST", f"/api/channels/{CHANNEL}", body)
        connection.getresponse().read()
    return {"secs": time.perf_counter() - began}


def _away(_: str, num_points: int) -> dict[str, float]:
    """Send to where nobody listens, and tell by how much the process grew."""
    client = cd.connect(f"http://127.0.0.1:{free_port()}")
    channel = client.channel(CHANNEL)
    channel.send(cd.KpiUpdated("begin", 1))  # with all that is imported and begun by the first one
    xs = np.arange(BATCH, dtype=float)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for first in range(0, num_points, BATCH):
        channel.send(cd.ChartDataUpdated.xy("points", xs + first, xs))
    counts = channel.statistics()
    client.close("10ms")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert counts.num_dropped + counts.num_pending + counts.num_rejected == num_points + 1
    return {"grown_bytes": 1024.0 * grown, "num_dropped": counts.num_dropped}


_VERBS: dict[str, Callable[..., dict[str, float]]] = {"send": _send, "post": _post, "away": _away}

if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)

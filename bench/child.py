"""A process of the bench: a server, or viewers without a browser. It ends with its parent, or after ten minutes."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading

import msgspec

from bench.contender import Tally, find_contender
from bench.load import Load

LIFE_SECS = 600.0
CONNECTED_AT_ONCE = 20


def main() -> None:
    """``serve CONTENDER LOAD`` says ``ready URL``; ``watch CONTENDER URL NUMBER`` answers each line with its tally."""
    timer = threading.Timer(LIFE_SECS, os._exit, (3,))
    timer.daemon = True
    timer.start()
    verb, name, argument, *rest = sys.argv[1:]
    if verb == "serve":
        _serve(name, msgspec.json.decode(argument, type=Load))
    else:
        asyncio.run(_watch(name, argument, int(rest[0])))


def _serve(name: str, load: Load) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(128)
    find_contender(name).serve(load, sock, lambda url: print("ready", url, flush=True))


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


async def _watch(name: str, url: str, num_viewers: int) -> None:
    contender, tally, stop = find_contender(name), Tally(), asyncio.Event()
    viewers = [asyncio.create_task(contender.watch(url, tally, stop)) for _ in range(num_viewers)]
    while line := await asyncio.to_thread(sys.stdin.readline):
        failed = [one.exception() for one in viewers if one.done()]
        if failed:
            raise RuntimeError(f"a viewer ended before {line.strip() or 'the end'}") from failed[0]
        print(msgspec.json.encode(tally).decode(), flush=True)
    stop.set()
    os._exit(0)


if __name__ == "__main__":
    main()

"""A process of the bench: a server, or viewers without a browser. It ends with its parent, or when its life is over."""

from __future__ import annotations

import os
import socket
import sys
import threading

import msgspec

from bench.contender import Contender, find_contender
from bench.load import Load
from bench.viewers import Crowd


def main() -> None:
    """``serve CONTENDER LOAD`` says ``ready URL``; ``watch CONTENDER URL NUMBER`` answers each line with its tally."""
    timer = threading.Timer(float(os.environ.get("BENCH_LIFE_SECS", "900")), os._exit, (3,))
    timer.daemon = True
    timer.start()
    verb, name, argument, *rest = sys.argv[1:]
    contender = find_contender(name)
    if verb == "serve":
        _serve(contender, Load.of_json(argument))
    else:
        address, origin = contender.socket_of(argument)
        Crowd(address, int(rest[0]), contender.conversation, origin).run()
        os._exit(0)


def _serve(contender: Contender, load: Load) -> None:
    threading.Thread(target=_answer, args=(contender,), daemon=True).start()
    # Of a socket that does not name TCP asyncio leaves Nagle's delay on: it would hold up the floors alone.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen(1_024)
    contender.serve(load, sock, lambda url: print("ready", url, flush=True))


def _answer(contender: Contender) -> None:
    """Answer the parent's questions until it closes our input."""
    for line in sys.stdin:
        print(msgspec.json.encode(contender.answer(line.strip())).decode(), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()

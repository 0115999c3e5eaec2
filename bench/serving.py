"""What every server of the bench does, those of peers in their own environments too: only the standard library."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from urllib.parse import urlsplit


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def end_with_parent() -> None:
    """End this process as soon as its standard input does."""
    threading.Thread(target=_end_with_input, daemon=True).start()


def say_ready(url: str, *, when_it_answers_secs: float = 0.0) -> None:
    """Print the page's address; before that, wait up to so many seconds until its server takes connections.

    No page is asked for: some take longer to make one than anybody should wait here, and asking again makes it worse.
    """
    until = time.monotonic() + when_it_answers_secs
    while when_it_answers_secs and not _is_served(url):
        if time.monotonic() > until:
            raise TimeoutError(f"{url} took no connections within {when_it_answers_secs:g} s")
        time.sleep(0.1)
    print("ready", url, flush=True)


def say_ready_later(url: str, *, within_secs: float = 60.0) -> None:
    """As ``say_ready``, from a thread: for servers that take this one and have no hook for their start."""
    threading.Thread(target=say_ready, args=(url,), kwargs={"when_it_answers_secs": within_secs}, daemon=True).start()


def _is_served(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((str(address.hostname), int(address.port or 80)), timeout=2.0).close()
    except OSError:
        return False
    return True


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(0)

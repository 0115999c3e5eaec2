"""What ``run`` and ``demo`` share: from settings and a program to a server on the terminal."""

from __future__ import annotations

import logging
import socket

from cadran.errors import UsageError
from cadran.screen.program import Program
from cadran.server.assets import STATIC_FOLDER
from cadran.server.bind import check_bind
from cadran.server.run import serve
from cadran.settings import Settings
from cadran.settings.kinds import log_level


def check_page() -> None:
    """Raise ``UsageError`` where the page has not been built: only in a checkout."""
    if not (STATIC_FOLDER / "index.html").is_file():
        raise UsageError(f"the page is not built ({STATIC_FOLDER} has no index.html): run `make page` in the checkout")


def serve_program(
    program: Program, settings: Settings, *, sock: socket.socket | None = None, is_announced: bool = True
) -> int:
    """Serve until SIGINT or SIGTERM and return the exit code. Raises ``UsageError`` for what cannot be served."""
    check_bind(settings.server.host, settings.server.token)
    check_page()
    logging.basicConfig(level=log_level(settings.log.level), format="%(levelname)s %(name)s: %(message)s")
    server = settings.server

    def announce(url: str) -> None:
        count = len(program.screens)
        what = next(iter(program.screens.values())).title if count == 1 else f"{count} screens"
        print(f"{what}: {url}  (Ctrl-C stops)", flush=True)

    return serve(
        program,
        host=server.host,
        port=server.port,
        token=server.token,
        hosts=server.hosts,
        origins=server.origins,
        frame_ancestors=server.frame_ancestors,
        root_path=server.root_path,
        open_page=settings.page.open,
        on_ready=announce if is_announced else None,
        sock=sock,
    )

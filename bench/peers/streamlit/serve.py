"""Streamlit's server of ``app.py``: headless, without statistics and without a watcher of files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.serving import end_with_parent, free_port, say_ready_later
from streamlit.web import cli


def main() -> None:
    """Serve until the parent ends."""
    port = free_port()
    end_with_parent()
    os.environ["BENCH_LOAD"] = sys.argv[1]
    flags = {
        "server.headless": "true",
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    sys.argv = ["streamlit", "run", str(Path(__file__).parent / "app.py")]
    sys.argv += [f"--{key}={value}" for key, value in flags.items()]
    say_ready_later(f"http://127.0.0.1:{port}/")
    cli.main()


if __name__ == "__main__":
    main()

"""Looking into a database file from outside."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def read(path: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()

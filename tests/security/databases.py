"""What an attack on a database tries to reach, and the walls between."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

SECRET = "planted-4711-secret"


class Folder:
    """A database that is read, beside files that it must never reach."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.csv = path / "secret.csv"
        self.csv.write_text(f"word\n{SECRET}\n")
        self.written = path / "written"
        """What an attack that writes a file writes to."""

    def with_sqlite(self) -> Folder:
        for name in ("shop.db", "other.db"):
            with sqlite3.connect(self.path / name) as writer:
                writer.execute("CREATE TABLE orders (word TEXT)")
                writer.execute("INSERT INTO orders VALUES (?)", ["shown" if name == "shop.db" else SECRET])
            writer.close()
        return self

    def with_duckdb(self) -> Folder:
        for name in ("shop.duckdb", "other.duckdb"):
            with duckdb.connect(self.path / name) as writer:
                writer.execute("CREATE TABLE orders (word TEXT)")
                writer.execute("INSERT INTO orders VALUES (?)", ["shown" if name == "shop.duckdb" else SECRET])
        return self

    def fill(self, sql: str) -> str:
        """Put paths into an attack."""
        return sql.format(folder=self.path, csv=self.csv, written=self.written)

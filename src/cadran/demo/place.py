"""Where the demonstration keeps its database, and who may write it."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

PATH_VARIABLE = "CADRAN_DEMO_PATH"


class Place(NamedTuple):
    """A database file. ``is_temporary``: it and its folder go when the demonstration ends."""

    path: Path
    is_temporary: bool


def place(environ: Mapping[str, str] = os.environ) -> Place:
    """Choose, and make nothing: ``CADRAN_DEMO_PATH``, else the user's cache, else a folder that will not stay."""
    wanted = environ.get(PATH_VARIABLE, "")
    path = Path(wanted).expanduser() if wanted else _cache_folder(environ) / "cadran" / "machine.db"
    if _can_write(path):
        return Place(path.absolute(), False)
    return Place(Path(tempfile.gettempdir()) / f"cadran-{secrets.token_hex(8)}" / "machine.db", True)


def make_folder(path: Path) -> None:
    """Make the folder of ``path``, for this user alone. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def remove_temporary(path: Path) -> None:
    """Remove what was made in a temporary place."""
    with contextlib.suppress(OSError):
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        path.parent.rmdir()


def _cache_folder(environ: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA", "")
        return Path(local) if local else Path.home() / "AppData" / "Local"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    named = environ.get("XDG_CACHE_HOME", "")
    return Path(named) if named.startswith("/") else Path.home() / ".cache"


def _can_write(path: Path) -> bool:
    """Whether the file, or the first of its folders that is there, can be written."""
    if path.exists():
        return path.is_file() and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    folder = next((folder for folder in path.absolute().parents if folder.exists()), None)
    return folder is not None and folder.is_dir() and os.access(folder, os.W_OK)


class WriterLock:
    """Held by the one process that writes a file; it goes with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f"{path.name}.lock")
        self._file: IO[bytes] | None = None

    def take(self) -> bool:
        """Take the lock if nobody has it; return whether it is held. Raises OSError where no file can be made."""
        if self._file is None:
            file = open(self._path, "ab")  # noqa: SIM115 (kept open: closing it gives the lock back)
            try:
                _lock(file)
            except OSError:
                file.close()
                return False
            self._file = file
        return True

    def give_back(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

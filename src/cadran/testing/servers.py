"""Database servers for tests and examples: started in a folder of their own on a loopback port, and removed after.

They need the programs of Debian's packages ``postgresql`` and ``mariadb-server``; nothing that is installed there is
touched. Nothing is synced to the disk: they are quick, and good for nothing else.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

from cadran.errors import OutsideError

START_SECS = 60.0
STOP_SECS = 20.0
LOOK_SECS = 0.05
"""How often a server that starts is asked whether it is there."""
USER = "cadran"
"""May do everything on its server."""
_PLACES = ("/usr/sbin", "/usr/local/sbin")


class TemporaryServer(ABC):
    """A server that lives as long as a ``with`` block. Raises ``OutsideError`` where it can't be started."""

    account: str
    """Who runs it, where the program itself is run by root."""
    end_signal: signal.Signals
    kill_signal: signal.Signals
    """Ends it at once, as if the machine had failed."""

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(16)
        self.port = _free_port()
        self.folder = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="cadran-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(self.folder, self.account)
            self._make()
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end(self.end_signal)
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def url(self, name: str) -> str:
        """Return the URL of a database of this server, with its password."""

    @abstractmethod
    def _make(self) -> None:
        """Make the files of a new server."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return what starts it in the foreground."""

    def start(self) -> None:
        """Start it, and wait until it listens. Of one that was killed: again, with what it had."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._as_account(self._command()), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder
            )
        pause = threading.Event()
        for _ in range(int(START_SECS / LOOK_SECS)):
            if self._process.poll() is not None:
                break
            if self._is_ready():
                return
            pause.wait(LOOK_SECS)
        text = (self.folder / "log").read_text("utf-8", "replace")[-2_000:]
        raise OutsideError(f"{type(self).__name__} did not start:\n{text}")

    def kill(self) -> None:
        """End it at once; ``start`` brings it back at the same port."""
        self._end(self.kill_signal)

    def pause(self) -> None:
        """Let it answer nothing, with all its connections open, until ``go_on``."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self) -> None:
        """After ``pause``."""
        self._signal_all(signal.SIGCONT)

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether it takes connections."""

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            self._as_account(list(command)), capture_output=True, timeout=START_SECS, cwd=self.folder, check=False
        )
        if done.returncode:
            raise OutsideError(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-2_000:]}")

    def _as_account(self, command: list[str]) -> list[str]:
        """It ends with the program that started it, however that ends; servers refuse to be run by root."""
        account = [f"--reuid={self.account}", f"--regid={self.account}", "--clear-groups"] if os.geteuid() == 0 else []
        return [program("setpriv"), "--pdeathsig", self.end_signal.name.removeprefix("SIG"), *account, "--", *command]

    def _signal_all(self, number: signal.Signals) -> None:
        if self._process is not None:
            pid = self._process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
            for one in (pid, *map(int, children)):
                os.kill(one, number)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(STOP_SECS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECS)


class TemporaryPostgres(TemporaryServer):
    """A PostgreSQL server, with the database ``postgres``."""

    account = "postgres"
    end_signal = kill_signal = signal.SIGQUIT  # without a checkpoint: its files are removed, or recovered

    def url(self, name: str = "postgres") -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def _make(self) -> None:
        given = self.folder / "password"
        given.write_text(self.password)
        given.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(given, self.account)
        self._run(
            *(_postgres_program("initdb"), "--pgdata", str(self.folder / "data"), "--no-sync", "--no-locale"),
            *("--encoding=UTF8", f"--username={USER}", f"--pwfile={given}", "--auth=scram-sha-256"),
        )
        given.unlink()

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "full_page_writes": "off",
            "autovacuum": "off",  # it would be a change in the database that nobody made
            "shared_buffers": "32MB",
            "max_wal_size": "256MB",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [_postgres_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), *options]

    def _is_ready(self) -> bool:
        state = self.folder / "data" / "postmaster.pid"
        try:
            lines = state.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return False
        is_ours = self._process is not None and lines[:1] == [str(self._process.pid)]  # not of one that was killed
        return is_ours and len(lines) > 7 and lines[7].strip() == "ready"


class TemporaryMariadb(TemporaryServer):
    """A MariaDB server, with the database ``shop``."""

    account = "mysql"
    end_signal = kill_signal = signal.SIGKILL

    def url(self, name: str = "shop") -> str:
        return f"mysql://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def _make(self) -> None:
        self._run(
            *(program("mariadb-install-db"), "--no-defaults", f"--datadir={self.folder / 'data'}", "--skip-test-db"),
            *("--auth-root-authentication-method=normal", "--skip-name-resolve", f"--user={self.account}"),
        )
        users = self.folder / "users.sql"
        users.write_text(
            f"CREATE DATABASE IF NOT EXISTS shop;\n"
            f"CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1' IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        users.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(users, self.account)

    def _command(self) -> list[str]:
        return [
            *(program("mariadbd"), "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}"),
            *("--bind-address=127.0.0.1", f"--socket={self.folder / 'socket'}", f"--init-file={self.folder}/users.sql"),
            *(f"--pid-file={self.folder / 'pid'}", "--skip-log-bin", "--skip-name-resolve"),
            *("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M"),
            *("--innodb-flush-method=nosync", "--character-set-server=utf8mb4"),
        ]

    def _is_ready(self) -> bool:
        # It listens after the init file was run.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=LOOK_SECS):
                return True
        except OSError:
            return False


def program(name: str) -> str:
    """Return the path of a program. Raises ``OutsideError`` where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(_PLACES))
    if found is None:
        raise OutsideError(f"{name} is not installed: apt-get install postgresql mariadb-server")
    return found


def _postgres_program(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return str(folders[-1] / name) if folders else program(name)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port

"""``python -m bench.environments [bokeh,dash]``: a virtual environment of its own for each peer, in ``.bench/``.

Made once; brought up to date where ``requirements.txt`` or ``package.json`` changed. The latter may be missing: what a
page needs and its Python package does not bring.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from bench.contender import PEERS, find_peer, peer_names
from bench.plan import say

HOME = PEERS.parents[1] / ".bench"
INSTALL_SECS = 900.0
_COPY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"
_NPM_OPTIONS = ("--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
_VERSIONS = "import importlib.metadata as m, json, sys; print(json.dumps([m.version(one) for one in sys.argv[1:]]))"


def main() -> int:
    """Make those that are named, or all; return the exit code."""
    wanted = [name for name in ",".join(sys.argv[1:]).split(",") if name and name != "all"]
    unknown = [name for name in wanted if name not in peer_names()]
    if unknown:
        say(f"expected some of {','.join(peer_names())}, got {','.join(unknown)}")
        return 2
    made = ready_peers(wanted or peer_names())
    return 0 if len(made) == len(wanted or peer_names()) else 1


def ready_peers(names: Iterable[str]) -> list[str]:
    """Make the environments of these peers; return the names of those that are ready."""
    return [name for name in names if _is_made(name) or _make(name)]


def python_of(peer: str) -> Path:
    """The interpreter of a peer."""
    return HOME / peer / "bin" / "python"


def versions_of(peer: str) -> str:
    """Return the versions of a peer's packages, as one line."""
    packages = find_peer(peer).packages
    command = [str(python_of(peer)), "-c", _VERSIONS, *packages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return ", ".join(f"{name} {version}" for name, version in zip(packages, json.loads(done.stdout), strict=True))


def _is_made(name: str) -> bool:
    stamp = HOME / name / "requirements.sha256"
    return python_of(name).exists() and stamp.exists() and stamp.read_text("utf-8") == _digest(name)


def _digest(name: str) -> str:
    files = (PEERS / name / "requirements.txt", PEERS / name / "package.json")
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()


def _make(name: str) -> bool:
    began, folder = time.monotonic(), HOME / name
    say(f"{name}: making its environment in {folder.relative_to(HOME.parent)} (a minute or two, once)")
    requirements = str(PEERS / name / "requirements.txt")
    steps = [[str(python_of(name)), "-m", "pip", "install", "--quiet", "--no-input", "-r", requirements]]
    if not python_of(name).exists():
        shutil.rmtree(folder, ignore_errors=True)
        steps.insert(0, [sys.executable, "-m", "venv", str(folder)])
    if (PEERS / name / "package.json").exists():  # what its page needs is not in its Python package
        steps.append([sys.executable, "-c", _COPY, str(PEERS / name / "package.json"), str(folder)])
        steps.append(["npm", "install", "--prefix", str(folder), *_NPM_OPTIONS])
    for command in steps:
        try:
            done = subprocess.run(command, timeout=INSTALL_SECS, check=False, stdout=sys.stderr)
        except subprocess.TimeoutExpired:
            say(f"{name}: left out, its environment was not made within {INSTALL_SECS:g} s")
            return False
        if done.returncode:
            say(f"{name}: left out, its environment could not be made")
            return False
    (folder / "requirements.sha256").write_text(_digest(name), "utf-8")
    say(f"{name}: ready after {time.monotonic() - began:.0f} s")
    return True


if __name__ == "__main__":
    sys.exit(main())

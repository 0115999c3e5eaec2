"""What ``import cadran as cd`` gives: a name that comes or goes is a decision, made here."""

from __future__ import annotations

import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import cadran as cd

ROOT = Path(__file__).parents[1]

DATA = [
    "Channel",
    "Sender",
    "Stop",
    "channel",
    "Client",
    "RemoteChannel",
    "connect",
    "Metric",
    "metric",
    "database",
    "source",
    "splice",
    "sql",
    "Points",
    "Readable",
    "Scalar",
]
UPDATES = ["ChartDataUpdated", "KpiUpdated", "TableUpdated"]
SCREENS = ["DashboardScreen", "DesignTokens", "Program", "Ui", "screen"]
FORMATS = [
    "byte_size",
    "currency",
    "date",
    "duration",
    "number",
    "percent",
    "above",
    "below",
    "between",
    "reference",
    "column",
    "link",
]
ERRORS = ["CadranError", "ClosedError", "OutsideError", "SourceTimeout", "UsageError"]


def test_the_public_names_are_exactly_these() -> None:
    assert sorted(cd.__all__) == sorted([*DATA, *UPDATES, *SCREENS, *FORMATS, *ERRORS, "__version__"])


def test_every_public_name_exists_and_says_what_it_is() -> None:
    for name in cd.__all__:
        value = getattr(cd, name)
        assert not inspect.ismodule(value), name
        if callable(value) and name != "Scalar":
            assert inspect.getdoc(value), name


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert cd.__version__ == project["version"]


def test_importing_brings_no_server_no_test_kit_and_nothing_for_tables() -> None:
    code = "import sys, cadran; print(list(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    ours = ("cadran.testing", "cadran.server", "cadran.cli", "cadran.engine")
    for name in (*ours, "starlette", "uvicorn", "polars", "sqlite3"):
        assert f"'{name}'" not in modules, name
        assert f"'{name}." not in modules, name

"""Under which conditions figures were measured."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

import cadran
from bench.chromium import chromium_path
from bench.plan import Plan

ROOT = Path(__file__).parents[1]
MEASURED = ("src", "page", "bench", "pyproject.toml")
"""What figures depend on: a change of anything else leaves a commit what it is."""
GIT_SECS = 20.0
_PACKAGES = ("numpy", "uvicorn", "websockets", "starlette", "msgspec")


def conditions(plan: Plan) -> dict[str, str]:
    """Return what to say beside every figure."""
    load = os.getloadavg()[0]
    return {
        "Date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "Commit": commit_of(ROOT),
        "Machine": f"{psutil.cpu_count()} × {_processor()}, {psutil.virtual_memory().total / 2**30:.0f} GiB",
        "Load before": f"{load:.1f} (other work on the same cores, where it is above 0)",
        "System": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "Versions": ", ".join(
            [
                f"Cadran {cadran.__version__}",
                f"Python {platform.python_version()}",
                *(f"{package} {version(package)}" for package in _PACKAGES),
                _chromium_version(),
            ]
        ),
        "Repeats": f"{plan.repeats}{', quick' if plan.is_quick else ''}",
        "Windows": f"{plan.window_secs:g} s; W2 {plan.viewers_secs:g} s; W3 {plan.idle_secs:g} s",
    }


def commit_of(folder: Path) -> str:
    """Return the short commit of a checkout, and whether files of it that are measured were modified."""
    try:
        commit = _git(folder, "rev-parse", "--short", "HEAD").strip()
        is_modified = bool(_git(folder, "status", "--porcelain", "--untracked-files=no", "--", *MEASURED).strip())
    except (OSError, subprocess.SubprocessError):
        return "unknown (no Git checkout)"
    return f"{commit}, modified" if is_modified else commit


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECS, check=True).stdout


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _chromium_version() -> str:
    path = chromium_path()
    if path is None:
        return "no Chromium"
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    return " ".join(done.stdout.split()[:2]) or "Chromium of an unknown version"

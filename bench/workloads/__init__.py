"""What is asked of the contenders: one file each."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol, cast

from bench.plan import Plan
from bench.results import Recorder


class Workload(Protocol):
    """A module of this package."""

    NUMBER: str
    """Such as ``W1``: how it is asked for."""
    TITLE: str
    NOTE: str
    """What is measured, and against what; Markdown."""

    def run(self, plan: Plan, recorder: Recorder) -> None:
        """Measure."""
        ...

    def secs(self, plan: Plan) -> float:
        """Return about how long that takes."""
        ...


_MODULES = {name.partition("_")[0].upper(): name for name in sorted(one.name for one in pkgutil.iter_modules(__path__))}
NUMBERS = tuple(_MODULES)


def find_workload(number: str) -> Workload:
    """Return a workload by its number. Raises ``KeyError`` for one that there is not."""
    return cast(Workload, importlib.import_module(f"bench.workloads.{_MODULES[number]}"))


def notes() -> dict[str, tuple[str, str]]:
    """Return the title and the explanation of each workload, by number."""
    found = {number: find_workload(number) for number in NUMBERS}
    return {number: (one.TITLE, one.NOTE.strip()) for number, one in found.items()}

"""From ``FILE[:NAME]`` to a program, with one clear message for everything that can be wrong."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from cadran.errors import UsageError
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen


class Target(NamedTuple):
    """A Python file, and the name in it; None for every screen that it holds."""

    file: Path
    name: str | None


def parse_target(text: str) -> Target:
    """Return what ``FILE[:NAME]`` names. Raises ``UsageError`` if there is no such file."""
    head, colon, tail = text.rpartition(":")
    is_named = bool(colon) and tail.isidentifier() and not Path(text).exists()
    path = Path(head if is_named else text)
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name the Python file in it that holds the screens")
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    return Target(path.resolve(), tail if is_named else None)


def load_program(target: Target) -> Program:
    """Import the file and describe its screens.

    Raises ``UsageError`` if the import fails, the name is missing, there is no screen or one cannot be described.
    """
    module = import_file(target.file)
    program = Program(_screens(module, target))
    _ = program.sources  # describes every screen
    return program


def import_file(file: Path) -> ModuleType:
    """Import a file as Python itself would run it, with its folder first on the path."""
    name = f"cadran_run_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise UsageError(f"{file.name} is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if str(file.parent) not in sys.path:
        sys.path.insert(0, str(file.parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(_import_message(file, error)) from error
    return module


def _import_message(file: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    own = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(file.parent)
    ]
    place = f"{Path(own[-1].filename).name}, line {own[-1].lineno}" if own else file.name
    return f"{place}: {type(error).__name__}: {error}"


def _screens(module: ModuleType, target: Target) -> list[DashboardScreen]:
    found = list(_unique(_in_module(module)))
    file = target.file.name
    if target.name is None:
        if not found:
            raise UsageError(f"{file} holds no screen: decorate a function with @cadran.screen(…), or name a variable")
        return found
    if not hasattr(module, target.name):
        known = ", ".join(name for name, value in vars(module).items() if _is_screen_like(value, module)) or "none"
        raise UsageError(f"{file} has no {target.name!r}; screens in it: {known}")
    value = getattr(module, target.name)
    named = list(_from_value(value))
    if not named:
        raise UsageError(f"{target.name} in {file} must be a screen or a list of screens, got {type(value).__name__}")
    return named


def _in_module(module: ModuleType) -> Iterator[DashboardScreen]:
    """Yield the screens in a module: the objects, and its own classes of which it made none."""
    values = list(vars(module).values())
    made = {type(value) for value in values if isinstance(value, DashboardScreen)}
    for value in values:
        if not _is_screen_like(value, module):
            continue
        if isinstance(value, DashboardScreen) or not any(issubclass(kind, value) for kind in made):
            yield from _from_value(value)


def _is_screen_like(value: object, module: ModuleType) -> bool:
    if isinstance(value, type):
        return issubclass(value, DashboardScreen) and value.__module__ == module.__name__ and bool(value.title)
    return isinstance(value, DashboardScreen)


def _from_value(value: object) -> Iterable[DashboardScreen]:
    if isinstance(value, Program):
        return value.screens.values()
    if isinstance(value, DashboardScreen):
        return [value]
    if isinstance(value, type) and issubclass(value, DashboardScreen):
        return [value()]
    if isinstance(value, list | tuple):
        return [screen for item in value for screen in _from_value(item)]
    return []


def _unique(screens: Iterable[DashboardScreen]) -> Iterator[DashboardScreen]:
    return iter({id(screen): screen for screen in screens}.values())

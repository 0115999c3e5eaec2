"""The plant of the laws, for the engine's own tests, and small portions of work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.engine.past_shop import Disk, Shop
from tests.engine.turning import small_portions
from tests.laws.conftest import Plant, make_plant

__all__ = ["small_portions"]


@pytest.fixture
def plant() -> Plant:
    return make_plant()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.file.close()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)

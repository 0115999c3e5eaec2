"""The plant of the laws, for the engine's own tests, and small portions of work."""

from __future__ import annotations

import pytest
from tests.engine.turning import small_portions
from tests.laws.conftest import Plant, make_plant

__all__ = ["small_portions"]


@pytest.fixture
def plant() -> Plant:
    return make_plant()

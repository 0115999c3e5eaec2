"""The plant of the laws, for the engine's own tests."""

from __future__ import annotations

import pytest
from tests.laws.conftest import Plant, make_plant


@pytest.fixture
def plant() -> Plant:
    return make_plant()

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.screen.slug import slug_from


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Shop, live", "shop-live"),
        ("Ventes d'été", "ventes-d-ete"),
        ("  CPU % (8 cores) ", "cpu-8-cores"),
        ("snake_case", "snake-case"),
        ("温度", "温度"),
        ("—", ""),
    ],
)
def test_slugs(title: str, slug: str) -> None:
    assert slug_from(title) == slug


@given(st.text(max_size=40))
def test_a_slug_has_single_dashes_inside_only(title: str) -> None:
    slug = slug_from(title)
    assert "--" not in slug
    assert slug == slug.strip("-")
    assert not any(c.isspace() or c in "/?#." for c in slug)

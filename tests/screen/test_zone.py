from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.screen.zone import check_zone, local_zone


@pytest.fixture(autouse=True)
def no_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_u11_the_environment_wins(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    (root / "etc/timezone").write_text("Europe/Paris\n")
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert local_zone(root) == "Asia/Tokyo"


def test_u11_then_the_file_then_the_link(root: Path) -> None:
    (root / "etc/localtime").symlink_to("/usr/share/zoneinfo/America/Lima")
    assert local_zone(root) == "America/Lima"
    (root / "etc/timezone").write_text("Europe/Paris\n")
    assert local_zone(root) == "Europe/Paris"


@pytest.mark.parametrize("tz", ["CET-1CEST,M3.5.0", "/etc/localtime", "../../etc", ""])
def test_u11_what_is_no_zone_is_passed_over(monkeypatch: pytest.MonkeyPatch, root: Path, tz: str) -> None:
    monkeypatch.setenv("TZ", tz)
    assert local_zone(root) == "UTC"


@pytest.mark.parametrize("name", ["Europe/Lutetia", "Europe", "", "/etc/passwd", "../x", 2, None])
def test_a_zone_is_an_iana_name(name: Any) -> None:
    with pytest.raises(UsageError, match='zone must be an IANA name such as "Europe/Paris" or "UTC", got'):
        check_zone(name)
    assert check_zone("Europe/Paris") == "Europe/Paris"

"""The Python in ``docs/clients.md`` runs, and what the page says in figures is so."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.client.fakes import FakeServer

from cadran.client import client as module
from cadran.client import delivery, held
from cadran.client.http import HttpTransport
from cadran.client.transport import Answer
from cadran.server import feeding, repeats

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text("utf-8")
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_the_blocks_run(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer()

    def post(self: HttpTransport, channel: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        assert channel == "press"
        return server.take(body, headers)

    monkeypatch.setattr(HttpTransport, "post", post)
    namespace: dict[str, object] = {}
    began = time.time()
    try:
        for number, block in enumerate(_BLOCK.findall(PAGE), start=1):
            exec(compile(block, f"docs/clients.md, block {number}", "exec"), namespace)
    finally:
        for client in list(module._clients):
            client.close(5)
    assert server.kpis == {"temperature": 81.2}
    ((x, y),) = server.points.pop("vibration")
    assert began <= x <= time.time(), "a point of now"
    assert y == 2.4
    assert not server.points


def test_the_forms_and_figures_are_those_of_the_code() -> None:
    for kind, form in feeding.FORMS.items():
        assert f"| `{kind}` |" in PAGE
        assert f"| {form.num_bytes_max // 2**20} MiB |" in PAGE
    for figure in (
        f"{repeats.KEY_CHARS_MAX} printable",
        f"the last {repeats.KEYS_PER_SENDER_MAX} are known",
        f"the last {repeats.LONE_KEYS_MAX:,}",
        f"{repeats.KEPT_SECS / 3600:g} h",
        f"within {delivery.BEAT_SECS:g} s",
        f"up to {delivery.BACKOFF_CAP_SECS:g} s",
        f"{delivery.LINGER_SECS * 1000:g} ms",
        f"{held.HELD_ITEMS_MAX:,} and\n  {held.HELD_BYTES_MAX // 2**20} MiB",
        f"max_items={module.MAX_ITEMS:_}",
    ):
        assert figure in PAGE, figure

"""Golden messages: what Python packs, and what both sides read out of it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cadran.frames import wire as w
from cadran.frames.message import split_message

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.bin"))
STRUCTS: dict[int, type[msgspec.Struct]] = {w.PANEL: w.PanelStatus, w.TABLE: w.TableRows, w.NOTICE: w.Notice}
JSON_FIELD = {w.PANEL: "status", w.TABLE: "rows", w.NOTICE: "notice"}


def read(name: str) -> tuple[bytes, dict[str, Any]]:
    return (FOLDER / f"{name}.bin").read_bytes(), json.loads((FOLDER / f"{name}.json").read_text())


def test_the_files_are_what_the_structs_pack_today() -> None:
    files = runpy.run_path(str(ROOT / "scripts" / "make_golden.py"))["goldens"]()
    assert set(files) == {path.name for path in FOLDER.iterdir()}
    for name, data in files.items():
        assert (FOLDER / name).read_bytes() == data, f"{name}: run python scripts/make_golden.py"


def test_every_kind_of_piece_has_a_golden_message() -> None:
    kinds = {piece.kind for name in NAMES for piece in split_message(read(name)[0])[1]}
    assert kinds == {w.WELCOME, w.PANEL, w.TIMES, w.SCALAR, w.SERIES, w.TABLE, w.CURVE, w.NOTICE}


@pytest.mark.parametrize("name", NAMES)
def test_a_message_reads_back(name: str) -> None:
    data, expected = read(name)
    assert len(data) % 8 == 0
    header, pieces = split_message(data)
    assert (header.flags, header.view, header.s, header.base, header.at) == (
        expected["flags"],
        expected["view"],
        expected["s"],
        expected["base"],
        expected["at"],
    )
    for piece, said in zip(pieces, expected["pieces"], strict=name != "welcome_in_parts"):
        if piece.kind in STRUCTS:
            struct = msgspec.json.decode(bytes(piece.payload), type=STRUCTS[piece.kind])
            assert json.loads(msgspec.json.encode(struct)) == said[JSON_FIELD[piece.kind]]


def test_a_welcome_in_parts_is_the_welcome() -> None:
    whole, parts = (split_message(read(name)[0])[1] for name in ("welcome", "welcome_in_parts"))
    assert [piece.flags for piece in parts] == [w.WELCOME_MORE, 0]
    joined = b"".join(bytes(piece.payload) for piece in parts)
    assert joined == bytes(whole[0].payload)
    assert msgspec.json.decode(joined, type=w.Welcome).layout.panels[1].key == "vibration"

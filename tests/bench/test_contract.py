"""What every contender promises to the bench."""

from __future__ import annotations

import re

import pytest
from bench.contender import PEERS, PageHooks, contender_names, find, find_contender, find_peer, peer_names
from bench.load import Load
from bench.probe import probe_script
from bench.results import CADRAN, FLOOR
from bench.workloads import NUMBERS, find_workload


def test_cadran_and_the_floor_take_part() -> None:
    assert {CADRAN, FLOOR} <= set(contender_names())
    for name in contender_names():
        assert find_contender(name).name == name


@pytest.mark.parametrize("name", peer_names())
def test_a_peer_is_complete_and_pinned(name: str) -> None:
    peer, folder = find_peer(name), PEERS / name
    assert peer.name == name
    assert set(peer.workloads) <= {"W1", "W3", "W4", "W5"}
    assert set(peer.workloads) | set(peer.cannot) == {"W1", "W3", "W4", "W5"}, "what it cannot do is said, and why"
    assert not set(peer.workloads) & set(peer.cannot)
    assert peer.packages
    assert (folder / "serve.py").is_file()
    assert ("W4" in peer.workloads) == (folder / "structures.py").is_file()
    assert ("W5" in peer.workloads) == (peer.page.history is not None)
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    assert wanted
    assert all(re.fullmatch(r"[\w.\[\],-]+==[\w.]+", line) for line in wanted)


@pytest.mark.parametrize("name", [*contender_names(), *peer_names()])
def test_a_history_can_be_zoomed_and_its_detail_told(name: str) -> None:
    hooks = find(name).page.history
    if hooks is not None:
        assert hooks.area_js or hooks.zoom_js


@pytest.mark.parametrize("name", [*contender_names(), *peer_names()])
def test_the_probe_is_given_all_that_it_needs(name: str) -> None:
    page = find(name).page
    script = probe_script(page)
    assert page.stamp_js in script
    assert not re.search(r"\b(STAMP_JS|SCOPE_JS|IS_SCOPED|HAS_STAMP|COUNTS_BYTES)\b", script)
    assert ("if (true) {\n    const size" in script) == (page.bytes_js == PageHooks.bytes_js)


def test_a_load_is_the_same_after_its_way_as_text() -> None:
    load = Load(began=1.5, points_per_sec=1_000, is_idle=True, history_points=10, query_secs=0.5)
    assert Load.of_json(load.to_json()) == load


@pytest.mark.parametrize("number", NUMBERS)
def test_a_workload_is_known_by_its_number(number: str) -> None:
    assert number == find_workload(number).NUMBER

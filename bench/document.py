"""``python -m bench.document``: docs/performance.md and its plots, written from docs/performance.json."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bench.pictures import pictures
from bench.report import markdown
from bench.results import Results
from bench.workloads import notes

LATEST = Path(__file__).parent / "results" / "latest.json"
DOCS = Path(__file__).parents[1] / "docs"


def read_results(file: Path) -> Results:
    """Return what is in a file; nothing if there is none."""
    return msgspec.json.decode(file.read_bytes(), type=Results) if file.exists() else Results()


def write_results(file: Path, results: Results) -> None:
    """Keep results."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")


def documents(results: Results) -> dict[str, str]:
    """Return the text of each file below ``docs`` that is made from the results."""
    drawn = {f"performance/{name}.svg": text for name, text in pictures(results).items()}
    return {"performance.md": markdown(results, notes()), **drawn}


def write_document(newer: Results | None = None) -> None:
    """Put newer parts in the place of the old ones, and write all that is made from them."""
    results = read_results(DOCS / "performance.json").merged(newer or Results())
    write_results(DOCS / "performance.json", results)
    (DOCS / "performance").mkdir(exist_ok=True)
    for name, text in documents(results).items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write_document()

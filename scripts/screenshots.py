"""Take the pictures of the demonstration: ``python scripts/screenshots.py OUT_DIR [--warm 60]``.

Starts ``cadran demo`` on a free port, waits until its charts hold ``--warm`` seconds, and writes light and dark
pictures of a desktop (1600 × 1000) and a phone (390 × 844). Prints their paths. Needs the built page and Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

SIZES = {"desktop": (1600, 1000, 1.0), "phone": (390, 844, 2.0)}
"""Width and height in CSS pixels, and device pixels to each."""
THEMES = ("light", "dark")
FLAGS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update")
SLACK_SECS = 60.0
SPAN_SECS = """
() => Math.max(0, ...[...document.querySelectorAll('[data-kind="line"]')].flatMap((panel) =>
  window.cadran.points(panel.dataset.panel).map(({xs}) => (xs.length > 1 ? xs.at(-1) - xs[0] : 0))))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Take the pictures of the demonstration.")
    parser.add_argument("out_dir", type=Path, help="folder for the pictures; made if there is none")
    parser.add_argument("--warm", type=float, default=60.0, metavar="SECS", help="history to wait for (default: 60)")
    args = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("needs Chromium: apt-get install chromium, or set CHROMIUM to its path", file=sys.stderr)
        return 1
    args.out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served_demo(Path(folder)) as url, sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *sandbox])
        warm_up(browser, url, args.warm)
        for size in SIZES:
            for theme in THEMES:
                print(take(browser, url, size, theme, args.out_dir), flush=True)
        browser.close()
    return 0


@contextmanager
def served_demo(folder: Path) -> Iterator[str]:
    """Serve the demonstration with a database of its own; yields its address."""
    env = {**os.environ, "CADRAN_DEMO_PATH": str(folder / "machine.db")}
    command = [sys.executable, "-m", "cadran.cli", "demo", "--no-open", "--port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(word for word in process.stdout.readline().split() if word.startswith("http://"))
        finally:
            process.terminate()


def warm_up(browser: Browser, url: str, secs: float) -> None:
    """Watch until some chart holds that many seconds: queries, too, run only while somebody looks."""
    page = open_page(browser, url, "desktop", "light")
    millis = 1000 * (secs + SLACK_SECS)
    page.wait_for_function(f"(secs) => ({SPAN_SECS})() >= secs", arg=max(1.0, secs - 2), timeout=millis)
    page.context.close()


def take(browser: Browser, url: str, size: str, theme: str, folder: Path) -> Path:
    page = open_page(browser, url, size, theme)
    path = folder / f"{size}-{theme}.png"
    page.screenshot(path=path)
    page.context.close()
    return path


def open_page(browser: Browser, url: str, size: str, theme: str) -> Page:
    """Open the screen and wait until everything in view is live and drawn."""
    width, height, ratio = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=ratio, locale="en-GB")
    page.goto(f"{url}?theme={theme}")
    page.wait_for_selector('[data-role="connection"][data-state="live"]')
    page.wait_for_function(
        """() => [...document.querySelectorAll("section[data-panel]")].every((panel) => {
          const {top, bottom} = panel.getBoundingClientRect();
          return bottom < 0 || top > innerHeight || panel.dataset.state !== "loading";
        })"""
    )
    page.wait_for_function("() => window.cadran.statistics().frames >= 5")
    return page


if __name__ == "__main__":
    sys.exit(main())

"""A real browser, where one is installed: Chromium by Playwright, and axe-core."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM, AXE = "PACKGATE_TEST_CHROMIUM", "PACKGATE_TEST_AXE"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """The browser that the environment names, or one on the path; else the test is skipped, and says so."""
    named = os.environ.get(CHROMIUM)
    found = named if named is not None else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None or not os.access(found, os.X_OK):
        pytest.skip(f"there is no Chromium here ({CHROMIUM} names one)")
    return found


def find_axe() -> str:
    """The text of axe-core: the file that the environment names, or that of `npm install axe-core` here."""
    path = Path(os.environ.get(AXE) or ROOT / "node_modules/axe-core/axe.min.js")
    if not path.is_file():
        pytest.skip(f"there is no axe-core at {path} ({AXE} names the file)")
    return path.read_text(encoding="utf-8")


@contextmanager
def browser() -> Iterator[Any]:
    """A running browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = find_chromium()
    with playwright.sync_playwright() as started:
        # A container's root user has no sandbox to put the browser into.
        arguments = ["--no-sandbox"] if hasattr(os, "getuid") and os.getuid() == 0 else []
        found = started.chromium.launch(executable_path=path, args=arguments)
        try:
            yield found
        finally:
            found.close()


class Opened:
    """A page with all that it said and asked for. ``requests`` holds those beside the file itself."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        self.path = path
        self.context = browser.new_context(**context)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.goto(path.as_uri())
        self.requests = [url for url in self.requests if url.partition("#")[0] != path.as_uri()]

    def violations(self, axe: str) -> list[str]:
        """What axe finds wrong: the rule, and where first."""
        self.page.evaluate(axe)
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [f"{each['id']}: {each['nodes'][0]['html'][:200]} ({len(each['nodes'])})" for each in found["violations"]]

    def close(self) -> None:
        """The page is closed."""
        self.context.close()

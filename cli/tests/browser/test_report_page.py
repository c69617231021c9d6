"""The page of `packgate report` in a real browser: accessible, quiet, usable by keyboard, on paper, narrow, and with a hundred thousand
events behind it.

Not part of the quick suite: `pytest -m browser cli/tests/browser`, with Chromium, Playwright and axe-core where `chromium.py` looks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from chromium import ROOT, Opened, browser, find_axe
from policy_repository import ENVIRONMENT
from report_maker import make_repository, write_events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.browser
EVENTS = 100_000
AT = "2026-02-10"
# Limits for people, not measurements: a page that takes longer than this to open is not one that can be read.
SECONDS, BYTES = 5, 4_000_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def axe() -> str:
    return find_axe()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, chromium: Any) -> Path:
    """The report of a repository with a past, a hundred thousand events and a pending change."""
    folder = tmp_path_factory.mktemp("report")
    repository = make_repository(folder / "policies")
    events = write_events(repository, folder / "events.jsonl", EVENTS)
    simulation = folder / "simulation.json"
    simulation.write_bytes(_run(repository.root, "simulate", "demo", "--events", str(events), "--at", AT, "--format", "json"))
    _run(repository.root, "report", "--events", str(events), "--simulation", str(simulation), "--at", AT, "--out", str(folder / "report.html"))
    return folder / "report.html"


def _run(folder: Path, *arguments: str) -> bytes:
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(ROOT / "cli"), "XDG_CACHE_HOME": str(folder.parent / "cache")}
    return subprocess.run([sys.executable, "-m", "packgate", *arguments], cwd=folder, env=environment, check=True, capture_output=True, timeout=250).stdout


@pytest.fixture
def opened(chromium: Any, page: Path) -> Iterator[Callable[..., Opened]]:
    pages: list[Opened] = []

    def opens(path: Path = page, **context: Any) -> Opened:
        pages.append(Opened(chromium, path, **context))
        return pages[-1]

    yield opens
    for each in pages:
        # Whatever a test did: nothing was said, nothing was asked for.
        assert (each.said, each.requests) == ([], [])
        each.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_axe_finds_nothing(opened: Callable[..., Opened], axe: str, scheme: str, width: int) -> None:
    found = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
    assert found.violations(axe) == []
    # Unfolded, too.
    found.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert found.violations(axe) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_no_script_runs(opened: Callable[..., Opened], axe: str, page: Path, tmp_path: Path, scheme: str) -> None:
    text = page.read_text(encoding="utf-8")
    start = text.rindex("<script>")
    bare = tmp_path / "bare.html"
    bare.write_text(text[:start] + text[text.index("</script>", start) + len("</script>"):], encoding="utf-8")
    found = opened(bare, color_scheme=scheme)
    assert found.violations(axe) == []
    assert found.page.locator("#by-action tbody tr:visible").count() == found.page.locator("#by-action tbody tr").count()
    still = opened(java_script_enabled=False)
    assert still.page.locator(".tools:visible").count() == 0
    assert still.page.get_by_role("button").count() == 0
    assert still.page.locator("#policies > details:visible").count() == 4


def test_what_axe_would_find(opened: Callable[..., Opened], axe: str, page: Path, tmp_path: Path) -> None:
    """The check itself: a page without a language and with pale text is found out."""
    broken = tmp_path / "broken.html"
    broken.write_text(page.read_text(encoding="utf-8").replace('<html lang="en">', "<html>"), encoding="utf-8")
    assert [each.partition(":")[0] for each in opened(broken).violations(axe)] == ["html-has-lang"]


def test_a_style_that_was_changed_does_not_hold(chromium: Any, page: Path, tmp_path: Path) -> None:
    """The policy lets run what the page was made with, and nothing else: not even with a handler in the markup."""
    other = tmp_path / "other.html"
    text = page.read_text(encoding="utf-8").replace("</main>", "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script></main>")
    other.write_text(text, encoding="utf-8")
    found = Opened(chromium, other)
    found.page.wait_for_timeout(100)
    assert found.page.title() != "run"
    assert [each for each in found.said if "Content Security Policy" in each]
    found.close()


def test_a_hundred_thousand_events_open_at_once(opened: Callable[..., Opened], page: Path) -> None:
    assert page.stat().st_size < BYTES
    start = time.monotonic()
    found = opened()
    assert time.monotonic() - start < SECONDS
    assert found.page.locator("#trends .made").inner_text().startswith(f"Made from {EVENTS:,} events")
    start = time.monotonic()
    more = found.page.locator("button[aria-controls=by-action]")
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    found.page.get_by_label("Words in a policy").fill("table drop")
    assert found.page.locator("#policies > details:visible").count() == 1
    assert found.page.locator("#catalogue [role=status]").inner_text() == "1 of 4 shown"
    found.page.get_by_label("Words in a policy").fill("")
    found.page.get_by_label("Stage").select_option("audit")
    assert found.page.locator("#policies > details:visible").count() == 2
    found.page.get_by_role("button", name="Open all shown").click()
    assert found.page.locator("#policies > details[open]").count() == 2
    assert time.monotonic() - start < SECONDS


def test_columns_are_sorted(opened: Callable[..., Opened]) -> None:
    found = opened()
    table = found.page.locator("#by-user")

    def actions() -> list[int]:
        return [int(each.replace(",", "")) for each in table.locator("tbody tr td:nth-child(2)").all_inner_texts()]

    head = table.get_by_role("button", name="Actions")
    head.click()
    assert (table.locator("th[aria-sort]").get_attribute("aria-sort"), actions()) == ("descending", sorted(actions(), reverse=True))
    head.click()
    assert (table.locator("th[aria-sort]").get_attribute("aria-sort"), actions()) == ("ascending", sorted(actions()))
    table.get_by_role("button", name="User").click()
    names = table.locator("tbody th").all_inner_texts()
    assert (table.locator("th[aria-sort]").count(), names) == (1, sorted(names))


def test_the_keyboard_reaches_everything(opened: Callable[..., Opened]) -> None:
    found = opened()
    keyboard, focused = found.page.keyboard, "document.activeElement"
    keyboard.press("Tab")
    assert found.page.evaluate(f"{focused}.textContent") == "Skip to the content"
    box = found.page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0, "the link is seen once it has the focus"
    keyboard.press("Enter")
    assert found.page.evaluate(f"{focused}.id") == "main"
    keyboard.press("Tab")
    link = found.page.evaluate(f"{focused}.hash")
    assert link.startswith("#policy-"), "the first link behind the heading is a policy of the ladder"
    assert found.page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    keyboard.press("Enter")
    found.page.locator("summary:focus").wait_for()
    assert found.page.evaluate("document.getElementById(location.hash.slice(1)).open") is True
    keyboard.press("Space")
    assert found.page.evaluate("document.getElementById(location.hash.slice(1)).open") is False
    everything = "[...document.querySelectorAll('a, button, input, select, summary, [tabindex=\"0\"]')]"
    reached: set[int] = set()
    for _ in range(400):
        keyboard.press("Tab")
        place = found.page.evaluate(f"{everything}.indexOf({focused})")
        if place in reached:
            break
        # Between the last and the first there is the window itself.
        reached |= {place} - {-1}
    visible = found.page.evaluate(f"{everything}.flatMap((each, place) => each.checkVisibility() ? [place] : [])")
    assert len(visible) > 50
    assert set(visible) == reached


def test_on_paper_and_narrow_nothing_is_cut_off(opened: Callable[..., Opened]) -> None:
    for context in ({"viewport": {"width": 700, "height": 900}}, {"viewport": {"width": 400, "height": 900}}):
        found = opened(**context)
        if context["viewport"]["width"] == 700:
            found.page.emulate_media(media="print")
            assert found.page.locator("nav:visible, .tools:visible, .more:visible").count() == 0
            assert found.page.locator(".paper:visible").first.inner_text().startswith("The first ")
            assert found.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            assert len(found.page.pdf(format="A4")) > 10_000
        assert found.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_texts_are_texts(opened: Callable[..., Opened]) -> None:
    found = opened()
    assert found.page.locator("img, iframe, object, embed, link").count() == 0
    assert found.page.evaluate("document.querySelectorAll('script').length") == 1
    assert "<img src=x onerror=alert(1)>" in found.page.locator("#ladder").inner_text()
    handlers = "[...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]).filter((each) => each.name.startsWith('on')).length"
    assert found.page.evaluate(handlers) == 0

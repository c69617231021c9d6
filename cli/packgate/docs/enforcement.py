"""The page about what each agent can be told, generated from the tables that the hook answers by."""

from __future__ import annotations

from pathlib import Path

from packgate.docs.pages import render
from packgate.hook.exchange import ACT, CONFIG, OUTCOMES, OUTPUT, PROMPT, SESSION
from packgate.hook.limits import LIMITS, STANDS_IN
from packgate.hook.lowering import FAULTS, SEEN, TABLE

TITLES = {
    "amp": "Amp", "claude-code": "Claude Code", "codex": "Codex", "copilot": "GitHub Copilot CLI", "cursor": "Cursor",
    "gemini": "Gemini CLI", "opencode": "OpenCode",
}
KINDS = {
    ACT: "before an action",
    OUTPUT: "the output of an action", PROMPT: "a prompt", SESSION: "a session starts", CONFIG: "settings change",
}


def enforcement_pages(folder: Path) -> dict[Path, str]:
    """The page, for `docs.pages.write`."""
    text = render(
        "enforcement.md.j2", agents=[_agent(name) for name in TITLES], outcomes=OUTCOMES, kinds=KINDS,
        faults=[(TITLES[name], FAULTS[name]) for name in TITLES], overview=[_overview(name) for name in TITLES],
        stands_in=[(TITLES[name], _note(STANDS_IN[name])) for name in TITLES],
    )
    return {folder / "README.md": text}


def _agent(name: str) -> dict[str, object]:
    """An agent with its rows: by kind of event, then for the events that differ."""
    rows = [
        (KINDS.get(key, f"before an action: `{key}`"), [_cell(outcome, *cells[outcome]) for outcome in OUTCOMES])
        for key, cells in TABLE[name].items()
    ]
    return {"title": TITLES[name], "seen": SEEN[name], "rows": rows, "limits": [_note(text) for text in LIMITS[name]]}


def _cell(asked: str, carried: str, note: str) -> tuple[str, str, str, bool]:
    return asked, carried, _note(note), asked == carried


def _note(text: str) -> str:
    """What was seen on the real program is marked; what stands alone says nothing more."""
    shown = text.replace("[run]", "◆").strip()
    return shown[0].upper() + shown[1:] if shown else shown


def _overview(name: str) -> tuple[str, list[str]]:
    """By outcome, what becomes of it before an action."""
    cells = TABLE[name][ACT]
    return TITLES[name], ["yes" if cells[outcome][0] == outcome else f"→ {cells[outcome][0]}" for outcome in OUTCOMES]

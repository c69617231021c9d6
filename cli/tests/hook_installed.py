"""A real installation of the hook with a small pack, for tests, and the hook run as the process that an agent starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundle_maker import make_bundle

from packgate.bundle import activation
from packgate.bundle.index import Index, entry_of, to_bytes
from packgate.bundle.verify import open_bundle
from packgate.hook.settings import FAILING, Settings
from packgate.installation.library import copy_library
from packgate.installation.refresh import refresh
from packgate.installation.script import NAME, launcher_text

AT = "2026-06-01T00:00:00Z"
CLI = Path(__file__).resolve().parents[1]
_HOOK = "from packgate.installation.entry import main; main()"


def install_bundles(into: Path) -> None:
    """Activate a snapshot with the pack `demo`, which blocks a forced push to main."""
    with tempfile.TemporaryDirectory() as place:
        name, data = make_bundle(Path(place), 1)
    bundle = open_bundle(data, now=AT)
    into.mkdir(parents=True, mode=0o700)
    staged = activation.stage(str(into))
    index = to_bytes(Index((entry_of(bundle),)))
    Path(staged, "index.json").write_bytes(index)
    Path(staged, name).write_bytes(data)
    activation.activate(str(into), staged, activation.snapshot_name(index, ["demo"]), [bundle], {"demo": name}, False, AT)


@dataclass(frozen=True)
class Ran:
    """What the hook left behind. ``said``: its standard output as JSON, None when it wrote nothing."""

    code: int
    out: bytes
    err: str

    @property
    def said(self) -> Any:
        return json.loads(self.out) if self.out else None

    @property
    def decision(self) -> str | None:
        """What Claude Code reads of it: `deny`, `ask`, or None when the action runs."""
        if self.code == 2:
            return "deny"
        found = (self.said or {}).get("hookSpecificOutput", {}).get("permissionDecision")
        assert found is None or isinstance(found, str)
        return found


class Installed:
    """An installation in a folder: ``settings`` are written by `configure`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.place.chmod(0o700)
        self.bundles = place / "bundles"
        self.log = place / "state" / "events.jsonl"
        self.file = place / "hook.json"
        self.project = place / "project"
        self.launcher: str | None = None
        self.project.mkdir()
        install_bundles(self.bundles)
        self.configure()

    def configure(self, on_failure: str = "closed", log: str = "open", **changes: Any) -> None:
        """Write the settings: every surface ``on_failure``, the log ``log``. The deadline is one that a busy machine keeps."""
        modes = {**dict.fromkeys(FAILING, on_failure), "log": log}
        settings = Settings(str(self.bundles), modes, log=str(self.log), reason="a test", deadline_ms=30_000).to_json()
        self.file.write_text(json.dumps({**settings, **changes}, sort_keys=True))
        self.file.chmod(0o600)

    def prepare(self) -> None:
        """Write the launcher, and all that it starts from; it then stands for the hook."""
        self.launcher = str(self.place / NAME)
        copy_library(str(self.place))
        Path(self.launcher).write_text(launcher_text(str(self.file)))
        Path(self.launcher).chmod(0o700)
        refresh(str(self.place))

    def command(self, agent: str = "claude-code", event: str = "PreToolUse") -> list[str]:
        """How an agent starts the hook."""
        if self.launcher is not None:
            return [self.launcher, agent, event]
        return [sys.executable, "-c", _HOOK, "--settings", str(self.file), agent, event]

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the hook's process."""
        return {**os.environ, "PYTHONPATH": str(CLI), "HOME": str(self.place)}

    def payload(self, command: str, **changes: Any) -> bytes:
        """Claude Code's payload for a shell command."""
        return json.dumps({
            "session_id": "s-1", "cwd": str(self.project), "hook_event_name": "PreToolUse", "tool_name": "Bash",
            "tool_input": {"command": command}, "tool_use_id": "toolu_1", **changes,
        }).encode()

    def run(self, payload: bytes, agent: str = "claude-code", event: str = "PreToolUse", **more: Any) -> Ran:
        """Run the hook with a payload on its standard input, and wait for it."""
        done = subprocess.run(
            self.command(agent, event), input=payload, capture_output=True, env=self.environ, timeout=60, check=False, **more,
        )
        return Ran(done.returncode, done.stdout, done.stderr.decode())

    def events(self) -> list[dict[str, Any]]:
        """The records of the log."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


DENIED = "git push --force origin main"
ALLOWED = "git push origin feature/x"

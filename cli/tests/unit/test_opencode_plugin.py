"""The plugin for OpenCode, installed and rendered, with what tools of MCP servers put out: a list of parts."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from render_repository import rendered_files

from packgate.render.options import Options
from packgate.render.targets import opencode

HOOK = """\
#!/usr/bin/env python3
import json, sys
told = json.load(sys.stdin)
answer = {"outcome": "allow", "message": "", "notice": "", "replacement": None}
if told["event"] == "tool.execute.after":
    for word, said in (("secret", {"outcome": "redact", "message": "masked", "replacement": told["output"].replace("secret", "[gone]")}),
                       ("forbidden", {"outcome": "deny", "message": "withheld"}), ("odd", {"outcome": "warn", "message": "mind"})):
        if word in told["output"]:
            answer.update(said)
print(json.dumps(answer))
"""
DRIVER = """\
import { Packgate } from "./packgate.mjs"
const hooks = await Packgate({ directory: "/proj", client: {} })
const found = []
for (const output of JSON.parse(process.argv[2])) {
  await hooks["tool.execute.after"]({ tool: "db_read", sessionID: "s", callID: "c", args: {} }, output)
  found.push(output)
}
console.log(JSON.stringify(found))
"""


def after(folder: Path, *outputs: dict[str, Any]) -> Any:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    hook = folder / "hook"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    rendered = rendered_files(folder / "repository", "opencode", Options(hook=str(hook)))
    (folder / "packgate.mjs").write_text(rendered[opencode.PLUGIN])
    (folder / "driver.mjs").write_text(DRIVER)
    done = subprocess.run([node, str(folder / "driver.mjs"), json.dumps(outputs)], capture_output=True, text=True, timeout=30, check=True)
    return json.loads(done.stdout)


def test_what_tools_put_out_is_judged_and_replaced(tmp_path: Path) -> None:
    image = {"type": "image", "data": "AAAA", "mimeType": "image/png"}
    resource = {"type": "resource", "resource": {"uri": "a:b", "text": "secret too"}}
    found = after(
        tmp_path,
        {"content": [{"type": "text", "text": "a secret"}, image, resource]},
        {"content": [{"type": "text", "text": "forbidden"}, image]},
        {"content": [{"type": "text", "text": "odd"}]},
        {"content": [{"type": "text", "text": "fine"}]},
        {"title": "t", "output": "forbidden"},
    )
    assert found == [
        {"content": [{"type": "text", "text": "a [gone]\n[gone] too"}, image, {"type": "text", "text": "masked"}]},
        {"content": [{"type": "text", "text": "withheld"}]},
        {"content": [{"type": "text", "text": "odd"}, {"type": "text", "text": "mind"}]},
        {"content": [{"type": "text", "text": "fine"}]},
        {"title": "t", "output": "withheld"},
    ]

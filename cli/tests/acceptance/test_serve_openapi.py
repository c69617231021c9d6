"""The server against its own description: schemathesis makes requests of every kind and holds the answers to it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bundle_maker import make_bundle
from click.testing import CliRunner
from installed_folder import install
from serve_host import serving

from packgate.cli import group


def test_the_server_is_as_described(tmp_path):
    into = tmp_path / "bundles"
    install(into, [make_bundle(tmp_path / "one", 1)])
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program is not None
    with serving(tmp_path, "--bundles", str(into)) as server:
        server.client.get("/v1/status")
        done = subprocess.run(
            [program, "run", server.url + "/openapi.json", "--header", f"Authorization: {server.client.headers['authorization']}",
             "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", "30", "--seed", "1", "--generation-deterministic",
             "--no-color"],
            capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert 'packgate_internal_errors_total 0.0' in server.client.get("/metrics").text
        assert server.stop() == 0
    assert "Traceback" not in server.errors.read_text()


def test_the_description_is_printed_too():
    result = CliRunner().invoke(group, ["serve", "--openapi"], standalone_mode=False, catch_exceptions=False)
    assert set(json.loads(result.output)["paths"]) == {
        "/v1/decide", "/v1/status", "/metrics", "/openapi.json", "/healthz", "/v1/hooks/{agent}/{event}", "/v1/simulate", "/v1/approvals",
        "/v1/approvals/{id}",
    }

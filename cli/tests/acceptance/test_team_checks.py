"""What a team's checks run: pre-commit on our hooks, workflows held against a linter, the action's own scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from command_line import ROOT, packgate

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTION = ROOT / ".github/actions/packgate"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path on which `packgate` is this checkout's."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "packgate"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT / 'cli')!r})\nfrom packgate.cli import main\nsys.exit(main())\n")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false", "-c", "protocol.file.allow=always")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=60).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    assert packgate("init", str(folder), "--owner", "security", "--org", "acme").code == 0
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First")
    return folder


# ---- init


def test_init_sets_up_all_that_a_team_needs(repository: Path) -> None:
    assert "/packs/local/ @acme/security\n" in (repository / ".github/CODEOWNERS").read_text()
    for verb in (["lint", "--strict"], ["test"], ["codeowners", "--org", "acme", "--check"]):
        done = packgate(*verb, cwd=repository)
        assert done.code == 0, done.all


def test_init_keeps_what_others_own(tmp_path: Path) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
    done = packgate("init", "--owner", "@acme/security", cwd=tmp_path)
    assert (done.code, "kept .pre-commit-config.yaml" in done.out) == (0, True)
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "repos: []\n"


def test_init_for_gitlab(tmp_path: Path) -> None:
    assert packgate("init", "--host", "gitlab", "--owner", "@acme/security", cwd=tmp_path).code == 0
    job = yaml.safe_load((tmp_path / ".gitlab/packgate.yml").read_text())["packgate"]
    assert any("packgate diff" in line for line in job["script"])
    assert (tmp_path / ".gitlab/CODEOWNERS").is_file()
    assert not (tmp_path / ".github").exists()


# ---- pre-commit


def run_hooks(repository: Path, path: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"),
                   "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color", "never"], cwd=repository, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )


def test_our_hooks_run_by_pre_commit(repository: Path, path: str, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit", reason="pre-commit, of the extra `dev`, is not installed")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "init", "-q", "-b", "main")
    git(hooks, "add", "-A")
    git(hooks, "commit", "-qm", "Hooks")
    # The hooks as users have them, but with the packgate that is here rather than one from an index.
    names = [hook["id"] for hook in yaml.safe_load((hooks / ".pre-commit-hooks.yaml").read_text())]
    config = {"repos": [{"repo": str(hooks), "rev": git(hooks, "rev-parse", "HEAD"), "hooks": [{"id": name, "language": "system"} for name in names]}]}
    (repository / ".pre-commit-config.yaml").write_text(json.dumps(config))
    policies = repository / "packs/local/policies/local-rules.yaml"
    git(repository, "add", "-A")

    policies.write_text(policies.read_text() + "\n# A comment.\n")
    git(repository, "add", "-A")
    good = run_hooks(repository, path, tmp_path / "home")
    assert good.returncode == 0, good.stdout + good.stderr
    assert good.stdout.count("Passed") == len(names)

    policies.write_text(policies.read_text().replace("then: warn", "then: blok"))
    git(repository, "add", "-A")
    bad = run_hooks(repository, path, tmp_path / "home")
    assert bad.returncode == 1
    assert bad.stdout.count("Failed") == len(names)
    assert "'blok' is not one of" in bad.stdout


def test_a_changed_file_stands_for_its_whole_pack(repository: Path) -> None:
    one = packgate("test", "--no-corpora", "packs/local/rollout.yaml", "--whole-packs", cwd=repository)
    whole = packgate("test", "--no-corpora", "packs/local", cwd=repository)
    assert (one.code, one.out) == (0, whole.out)


# ---- workflows


@pytest.mark.parametrize("what", ["own", "init"])
def test_workflows_pass_a_linter(what: str, repository: Path) -> None:
    program = Path(sys.executable).with_name("zizmor")
    if not program.is_file():
        pytest.skip("zizmor, of the extra `dev`, is not installed")
    folder = ROOT / ".github" if what == "own" else repository / ".github"
    done = subprocess.run([str(program), "--offline", "--no-progress", "--min-severity", "medium", str(folder)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(*names: str) -> list[dict[str, Any]]:
    found = {step.get("id"): step for step in yaml.safe_load((ACTION / "action.yml").read_text())["runs"]["steps"]}
    return [found[name] for name in names]


def run_step(step: dict[str, Any], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as a runner does: with bash, and with its `env` filled in by ``environment``."""
    assert set(step["env"]) <= set(environment)
    script = folder.parent / "step.sh"
    script.write_text(step["run"])
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=folder, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=120, check=False,
    )


@pytest.fixture
def runner(tmp_path: Path, path: str) -> dict[str, str]:
    for name in ("temp", "output", "summary"):
        (tmp_path / name).mkdir() if name == "temp" else (tmp_path / name).touch()
    return {"PATH": path, "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_OUTPUT": str(tmp_path / "output"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}


def outputs(runner: dict[str, str]) -> list[str]:
    return Path(runner["GITHUB_OUTPUT"]).read_text().splitlines()


def test_the_action_on_a_change_that_loosens_a_rule(repository: Path, runner: dict[str, str]) -> None:
    base = git(repository, "rev-parse", "HEAD")
    policies = repository / "packs/local/policies/local-rules.yaml"
    policies.write_text(policies.read_text().replace("then: warn", "then: audit"))
    given = {"PACKS": "", "BASE": base, "FAIL_ON": "loosened", **runner}
    for step in steps("lint", "test", "diff"):
        done = run_step(step, repository, **given)
        assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(runner)[-1] == "code=1"
    summary = Path(runner["GITHUB_STEP_SUMMARY"]).read_text()
    assert "applied-migration-edit" in summary
    assert json.loads((Path(runner["RUNNER_TEMP"]) / "packgate.sarif").read_text())["version"] == "2.1.0"
    (verdict,) = steps("verdict")
    failed = run_step(verdict, repository, LINT="0", TEST="0", DIFF="1", **runner)
    assert (failed.returncode, "::error::packgate diff ended with 1" in failed.stdout) == (1, True)
    assert run_step(verdict, repository, LINT="0", TEST="0", DIFF="", **runner).returncode == 0


def test_packs_that_are_named_and_a_broken_one(repository: Path, runner: dict[str, str]) -> None:
    policies = repository / "packs/local/policies/local-rules.yaml"
    policies.write_text(policies.read_text().replace("then: warn", "then: blok"))
    (lint,) = steps("lint")
    done = run_step(lint, repository, PACKS="packs/local", **runner)
    assert (done.returncode, outputs(runner)) == (0, ["code=1"])
    assert "::error file=packs/local/policies/local-rules.yaml" in done.stdout


def test_the_action_on_a_release_tag(repository: Path, runner: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("tuf", reason="bundles are published with tuf, of the extra `tuf`")
    for key, value in (("user.name", "Dev"), ("user.email", "dev@example.com")):
        git(repository, "config", key, value)
    assert packgate("release", "local", cwd=repository).code == 0
    assert packgate("bundle", "keys", "new", str(tmp_path / "keys")).code == 0
    build, publish = steps("build", "publish")
    done = run_step(build, repository, TAG="local/v0.1.0-audit", BUNDLES="dist", **runner)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(runner) == ["bundle=dist/local-0.1.0-audit-r1.packgate"]
    given = {"BUNDLE": outputs(runner)[0].partition("=")[2], "PUBLISH_TO": str(tmp_path / "public"), "KEYS": str(tmp_path / "keys")}
    done = run_step(publish, repository, PASSPHRASE="", EVENTS="", **given, **runner)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "public/timestamp.json").is_file()
    assert run_step(build, repository, TAG="local/v0.1.0-block", BUNDLES="dist", **runner).returncode != 0


# ---- the comment


class Service(BaseHTTPRequestHandler):
    """The part of GitHub's interface that the comment uses."""

    comments: list[dict[str, Any]]
    refused = 0

    def _answer(self, data: object, status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _given(self) -> str:
        text: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return text

    def do_GET(self) -> None:
        page = int(self.path.rpartition("page=")[2])
        self._answer(self.comments[(page - 1) * 100:page * 100])

    def do_POST(self) -> None:
        text = self._given()
        if self.refused or self.headers["Authorization"] != "Bearer secret":
            self._answer({"message": "Resource not accessible by integration"}, self.refused or 401)
            return
        self.comments.append({"id": 1000 + len(self.comments), "body": text})
        self._answer(self.comments[-1], 201)

    def do_PATCH(self) -> None:
        text = self._given()
        mine = next(each for each in self.comments if self.path.endswith(f"/comments/{each['id']}"))
        mine["body"] = text
        self._answer(mine)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[tuple[type[Service], str]]:
    handler = type("Fresh", (Service,), {"comments": [{"id": n, "body": f"comment {n}"} for n in range(100)]})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def write_comment(text: str, folder: Path, api: str) -> subprocess.CompletedProcess[str]:
    file = folder / "diff.md"
    file.write_text(text)
    environment = {**os.environ, "GITHUB_API_URL": api, "GITHUB_REPOSITORY": "acme/policies", "PULL_REQUEST": "7", "GITHUB_TOKEN": "secret", "no_proxy": "*"}
    return subprocess.run([sys.executable, str(ACTION / "comment.py"), str(file)], env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_one_comment_that_is_brought_up_to_date(service: tuple[type[Service], str], tmp_path: Path) -> None:
    handler, api = service
    assert write_comment("Loosened: 1", tmp_path, api).stdout == "comment written\n"
    assert write_comment("Loosened: 0", tmp_path, api).stdout == "comment brought up to date\n"
    assert [each["body"] for each in handler.comments[100:]] == ["<!-- packgate diff -->\nLoosened: 0"]


def test_a_long_comparison_is_cut_at_a_line(service: tuple[type[Service], str], tmp_path: Path) -> None:
    handler, api = service
    write_comment("a line of the comparison\n" * 5000, tmp_path, api)
    body = handler.comments[-1]["body"]
    assert len(body) <= 65_536
    assert body.endswith("of the comparison\n\n… The whole comparison stands in the summary of the job.")


def test_a_token_that_may_not_write(service: tuple[type[Service], str], tmp_path: Path) -> None:
    handler, api = service
    handler.refused = 403
    done = write_comment("text", tmp_path, api)
    assert (done.returncode, done.stdout.startswith("::notice::")) == (0, True)
    handler.refused = 500
    assert write_comment("text", tmp_path, api).returncode == 1

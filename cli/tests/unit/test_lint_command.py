"""`packgate lint` from arguments to exit code, on files of every kind and on what is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from packgate.cli import run

ROOT = Path(__file__).resolve().parents[3]

PACK = "name: example\ntitle: An example\nversion: 1.0.0\nowners: [platform-security]\n"
POLICIES = """\
policies:
  - id: force-push
    title: Rewrite a branch on the remote{period}
    impact: risky
    rationale: Overwriting what others have pushed destroys their work.
    when: [git-action]
    if: {{operation: {operation}}}
    then: warn
    message: A forced push rewrites the remote branch. Add a commit instead, or fetch and look first.
    tests:
      must_fire:
        - prompt: Push my rebased branch.
          command: git push --force
        - command: git push -f origin feature/x
        - command: git push origin +feature/x
      must_not_fire:
        - prompt: Push my branch.
          command: git push
        - command: git push origin feature/x
        - command: git commit -m force
"""
CLEAN = POLICIES.format(period="", operation="force-push")
FIXABLE = POLICIES.format(period=".", operation="[force-push, delete-branch, force-push]")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "packs" / "example" / "policies").mkdir(parents=True)
    (tmp_path / "packs" / "example" / "pack.yaml").write_text(PACK)
    (tmp_path / "packs" / "example" / "policies" / "git.yaml").write_text(CLEAN)
    (tmp_path / "packgate.yaml").write_text("version: 1\npacks: [example]\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def policies(repo: Path) -> Path:
    return repo / "packs" / "example" / "policies" / "git.yaml"


def lint(*arguments: str) -> int:
    return run(["lint", *arguments])


def test_a_clean_repository(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint() == 0
    assert capsys.readouterr().out == "no problems found\n"
    assert lint("--strict") == 0


def test_from_a_folder_inside(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    policies(repo).write_text(FIXABLE)
    monkeypatch.chdir(repo / "packs" / "example")
    assert lint("--strict") == 1
    assert "policies/git.yaml:3:12: warning PG217" in capsys.readouterr().out


def test_warnings_fail_only_when_asked(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies(repo).write_text(FIXABLE)
    assert lint() == 0
    out = capsys.readouterr().out
    assert "packs/example/policies/git.yaml:3:12: warning PG217" in out
    assert "2 warnings; 2 can be fixed with --fix" in out
    assert lint("--strict") == 1
    assert lint("--strict", "--ignore", "PG217,PG228") == 0
    assert lint("--strict", "--select", "PG228") == 1


def test_all_packs_are_linted_whatever_the_settings_name(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = repo / "packs" / "other"
    (other / "policies").mkdir(parents=True)
    (other / "pack.yaml").write_text(PACK.replace("example", "other"))
    (other / "policies" / "x.yaml").write_text(CLEAN.replace("force-push\n", "other-push\n").partition("    tests:")[0])
    assert lint() == 1
    assert "packs/other/policies/x.yaml" in capsys.readouterr().out


def test_settings_and_assignments(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "packgate.yaml").write_text("version: 1\npacks: [exampel]\n")
    assert lint() == 1
    out = capsys.readouterr().out
    assert "packgate.yaml:2:9: error PG256 there is no pack 'exampel'" in out
    assert "did you mean 'example'?" in out
    assert lint("packs/example") == 0
    assert lint("packgate.yaml") == 1
    assert lint("packs/example/policies/git.yaml") == 0


def test_fix_writes_once_and_then_nothing(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = policies(repo)
    path.write_text(FIXABLE)
    assert lint("--diff") == 1
    diff = capsys.readouterr().out
    assert "-    title: Rewrite a branch on the remote.\n+    title: Rewrite a branch on the remote\n" in diff
    assert path.read_text() == FIXABLE
    assert lint("--fix") == 0
    assert "2 fixed" in capsys.readouterr().out
    assert path.read_text() == POLICIES.format(period="", operation="[force-push, delete-branch]")
    before = path.stat().st_mtime_ns
    assert lint("--fix", "--strict") == 0
    assert path.stat().st_mtime_ns == before
    assert lint("--diff") == 0


def test_fix_stays_within_what_was_named(repo: Path) -> None:
    policies(repo).write_text(FIXABLE)
    (repo / "packs" / "example" / "policies" / "more.yaml").write_text(FIXABLE.replace("force-push\n", "more-push\n"))
    assert lint("--fix", "packs/example/policies/more.yaml") == 0
    assert policies(repo).read_text() == FIXABLE
    assert "remote.\n" not in (repo / "packs" / "example" / "policies" / "more.yaml").read_text()


def test_a_lone_file_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "git.yaml").write_text(CLEAN)
    assert lint("git.yaml") == 0
    (tmp_path / "git.yaml").write_text(CLEAN.replace("operation: force-push", "image: x"))
    assert lint("git.yaml") == 1
    assert "git.yaml:7:10: error PG220" in capsys.readouterr().out


def test_a_lone_waivers_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "waivers.yaml").write_text(
        "waivers:\n  - {id: w, policy: p, reason: because, expires: 2026-01-31, owner: a, approver: b, if: {branch: x}}\n"
    )
    assert lint("waivers.yaml", "--at", "2026-01-31", "--strict") == 0
    assert lint("waivers.yaml", "--at", "2026-02-01", "--strict") == 1
    assert "PG240 waiver 'w': it expired on 2026-01-31" in capsys.readouterr().out


BAD = {
    "missing.yaml": None,
    "binary.yaml": b"\x00\xff\xfe\x80policies:",
    "latin.yaml": "policies:\n  - id: a\n    title: Straße\n".encode("latin-1"),
    "broken.yaml": b"policies: [unclosed",
    "bomb.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "scalar.yaml": b"just text",
    "list.yaml": b"- 1\n- 2\n",
    "empty.yaml": b"",
    "unknown.yaml": b"policies:\n  - id: a\n    tittle: b\n",
    "wrong.yaml": b"policies: {a: b}\n",
    "null.yaml": b"policies:\n",
    "waivers.yaml": b"waivers: [1, {id: x}]\n",
    "packgate.yaml": b"packs: recommended\n",
    "rollout.yaml": b"policies: [1]\n",
    "assignments.yaml": b"assignments: {a: 1}\n",
    "pack.yaml": b"name: [1]\n",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_diagnostic(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    data = BAD[name]
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert lint(name, "--fix") == 1
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    assert f"{name}:" in captured.out
    assert "PG299" not in captured.out
    if data is not None:
        assert (tmp_path / name).read_bytes() == data


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "huge.yaml").open("wb") as stream:
        stream.truncate(100 * 1024 * 1024)
    assert lint("huge.yaml") == 1
    assert "PG003" in capsys.readouterr().out


def test_a_folder_without_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    assert lint("empty") == 1
    assert "PG019" in capsys.readouterr().out


def test_a_pack_that_does_not_exist(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("exampel") == 1
    out = capsys.readouterr().out
    assert "PG127" in out
    assert "did you mean 'example'?" in out


def test_a_pack_with_errors_is_linted_as_far_as_it_goes(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies(repo).write_text(FIXABLE + "  - id: second\n    tittle: x\n")
    assert lint() == 1
    out = capsys.readouterr().out
    assert "PG101" in out
    assert "PG217" in out
    assert "PG299" not in out


@pytest.mark.parametrize(
    "arguments",
    [("--select", "PG9"), ("--ignore", "nonsense"), ("--at", "tomorrow"), ("--explain", "PG999"), ("--format", "pdf"), ("--nonsense",)],
)
def test_wrong_usage(repo: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(*arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint("--list-rules") == 0
    assert "PG215  error" in capsys.readouterr().out
    assert lint("--explain", "pg215") == 0
    assert "in a circle" in capsys.readouterr().out
    assert lint("--explain", "PG101") == 0
    assert "can't be suppressed" in capsys.readouterr().out


def test_json_has_titles_and_fixes(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies(repo).write_text(FIXABLE)
    assert lint("--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert "PG217" in json.dumps(found)
    for form in ("sarif", "junit", "github", "markdown"):
        assert lint("--format", form) == 0
        assert "PG217" in capsys.readouterr().out


def test_a_warm_cache_needs_no_jsonschema(repo: Path) -> None:
    code = (
        "import sys\nfrom packgate.cli import run\nassert run(['lint']) == 0\nfirst = 'jsonschema' in sys.modules\n"
        "print('jsonschema' in sys.modules)"
    )
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    outputs = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=repo, env=environ)
        outputs.append(done.stdout.splitlines()[-1])
    assert outputs == ["True", "False"]


def test_the_packs_that_packgate_carries_have_no_errors(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    code = lint()
    assert code == 0, capsys.readouterr().out

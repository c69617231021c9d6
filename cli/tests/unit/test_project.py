"""The project around the code: set-up script, continuous integration, hooks for policy repositories, recorded results."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from packgate.cli import VERBS

ROOT = Path(__file__).resolve().parents[3]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def dev() -> ModuleType:
    return load(ROOT / "dev.py")


def test_continuous_integration_runs_the_two_commands_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^    (python3 dev\.py \w+)", readme, re.MULTILINE)
    assert commands == ["python3 dev.py demo", "python3 dev.py test"]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [line for line in script.splitlines() if line.startswith("python3")] == commands
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    (job,) = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert job["timeout-minutes"] == 25


def test_the_oldest_python_is_the_same_everywhere(dev):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = ".".join(map(str, dev.OLDEST))
    assert f'requires-python = ">={oldest}"' in text
    assert f'python_version = "{oldest}"' in text
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["checks"]["strategy"]["matrix"]["python-version"][0] == oldest


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["demo", "test"]])
def test_the_set_up_script_explains_itself(dev, arguments, capsys):
    assert dev.main(arguments) == 2
    assert "python3 dev.py demo" in capsys.readouterr().out


def test_the_set_up_script_refuses_an_old_python(dev, capsys, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    assert dev.main(["demo"]) == 2
    assert "needs Python 3.11" in capsys.readouterr().err


def test_an_installation_is_renewed_when_the_settings_change(dev, tmp_path, monkeypatch):
    for name in ("pyproject.toml", "hatch_build.py"):
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    before = dev.fingerprint(".")
    assert dev.fingerprint(".") == before
    assert dev.fingerprint(".[dev]") != before
    (tmp_path / "pyproject.toml").write_text("2", encoding="utf-8")
    assert dev.fingerprint(".") != before


def test_hooks_for_policy_repositories_run_verbs_that_exist():
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["packgate-validate", "packgate-lint", "packgate-test", "packgate-test-all"]
    for hook in hooks:
        program, verb = hook["entry"].split()[:2]
        assert (program, verb in VERBS) == ("packgate", True)
        assert re.search(hook["files"], "packs/payments/policies/ledger.yaml")
        # What looks at single files gets their names; what looks at everything runs on settings, too.
        assert hook.get("pass_filenames", True) is not (hook["id"] in ("packgate-lint", "packgate-test-all"))
        assert not re.search(hook["files"], "src/packs/loader.py")


def test_recorded_results_hold():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        stale = load(ROOT / "benchmarks" / "freshness.py").stale()
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    told = [f"{name}: {', '.join(changed)} changed since it was measured; python benchmarks/record.py {name}" for name, changed in stale.items()]
    assert told == []


def test_the_matrix_is_the_page_of_what_is_recorded():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        conform = load(ROOT / "benchmarks" / "conform.py")
        written = conform.written()
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
    assert (ROOT / "docs" / "protection-matrix.md").read_text(encoding="utf-8") == written, "run: python benchmarks/conform.py --page"


@pytest.fixture
def costs():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        return load(ROOT / "benchmarks" / "costs.py")
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def test_the_costs_are_those_of_what_is_recorded(costs):
    if not (costs.RESULTS / "simulate_ray.json").is_file():
        pytest.skip("simulate_ray is not recorded: python benchmarks/record.py simulate_ray")
    page = costs.PAGE.read_text(encoding="utf-8")
    assert page == costs.written(page), "run: python benchmarks/costs.py"


def test_costs_follow_the_figures(costs, tmp_path):
    simulate = {"events": 1000, "policies": 10, "many": {"events_per_second_and_core": 10_000, "distinct": 500, "memory_mb": 800, "workers": 3}}
    other = {"processor": {"reading_share": 0.25}, "bytes_of_an_event": {"line": 1000, "parquet": 100, "shuffled": 300, "decided": 2}}
    # As measured: ten billion at ten thousand a second are a million seconds of a core.
    assert costs.core_hours(simulate, other, 0.5) == pytest.approx(1_000_000 / 3600)
    # Deciding is three quarters of it: without anything new to decide only reading is left, with all new twice as much is decided.
    assert costs.core_hours(simulate, other, 0.0) == pytest.approx(250_000 / 3600)
    assert costs.core_hours(simulate, other, 1.0) == pytest.approx(1_750_000 / 3600)
    assert costs.sample(0.5) == 960_400
    for name, figures in (("simulate", simulate), ("simulate_ray", other)):
        (tmp_path / f"{name}.json").write_text(costs.json.dumps({"figures": figures}), encoding="utf-8")
    page = costs.written(f"a\n{costs.BEGIN}\nold\n{costs.END}\nb\n", tmp_path)
    assert "| 50% | 278 | 2.9 days |" in page
    assert "| lines of the log | 1,000 bytes | 10.0 TB |" in page
    assert "old" not in page
    assert costs.written(page, tmp_path) == page


def test_the_check_of_results_notices_a_change(tmp_path, monkeypatch):
    freshness = load(ROOT / "benchmarks" / "freshness.py")
    monkeypatch.setattr(freshness, "RESULTS", tmp_path)
    now = freshness.inputs("fresh")
    (tmp_path / "fresh.json").write_text(freshness.json.dumps({"inputs": now}), encoding="utf-8")
    (tmp_path / "old.json").write_text(freshness.json.dumps({"inputs": {**now, "packs": "sha256:0"}}), encoding="utf-8")
    assert freshness.stale() == {"old": ["packs"]}


def test_the_matrix_is_stale_with_other_templates(tmp_path, monkeypatch):
    freshness = load(ROOT / "benchmarks" / "freshness.py")
    monkeypatch.setattr(freshness, "RESULTS", tmp_path)
    now = freshness.inputs("conform-codex")
    assert sorted(now) == ["dialects", "packs", "render"]
    (tmp_path / "conform-codex.json").write_text(freshness.json.dumps({"inputs": {**now, "render": "sha256:0"}}), encoding="utf-8")
    assert freshness.stale() == {"conform-codex": ["render"]}
    assert sorted(freshness.inputs("conform-codex-rules")) == ["packs", "render"]
    assert freshness.inputs("conform-codex-rules")["render"] == now["render"]


def test_what_engines_agree_in_is_stale_with_other_facts():
    freshness = load(ROOT / "benchmarks" / "freshness.py")
    assert {"packs", "render", "shell", "facts", "engine", "model", "catalog"} == set(freshness.inputs("conform-opa"))
    for target, modules in freshness.ENGINES.items():
        assert all((ROOT / "cli" / "packgate" / "render" / f"{name}.py").is_file() for name in modules), target


@pytest.mark.parametrize("name", ["decisions", "differential", "verbs", "engine_scale", "effects", "peers", "mutate", "hostile", "fuzz", "compiled", "conform", "record"])
def test_every_benchmark_says_how_it_is_used(name):
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), "--help"], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "cli")},
    )
    assert done.returncode == 0, done.stderr
    assert f"python benchmarks/{name}.py" in done.stdout
    assert f"benchmarks/{name}.py" in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")

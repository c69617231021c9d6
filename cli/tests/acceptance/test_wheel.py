"""The wheel: what is in it, and that it decides, lints and tests from an empty folder without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="the wheel is built with hatchling, of the extra `dev`")

ROOT = Path(__file__).resolve().parents[3]


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("packgate-*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


class Installed:
    """The wheel in a folder of its own; the libraries that it needs are those of this interpreter."""

    def __init__(self, place: Path, work: Path) -> None:
        self.place = place
        self.work = work

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        # The folder of the wheel comes before a checkout that this interpreter may know as an editable install.
        environment = {
            "PATH": os.defpath, "PYTHONPATH": str(self.place), "HOME": str(self.work), "XDG_CACHE_HOME": str(self.work / "cache"),
        }
        return subprocess.run(
            [sys.executable, "-m", "packgate", *arguments], cwd=self.work, env=environment, capture_output=True, text=True,
            timeout=120, check=False,
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("site")
    pip("install", "--quiet", "--no-deps", "--no-index", "--target", str(place), str(wheel))
    return Installed(place, tmp_path_factory.mktemp("empty"))


def test_it_carries_what_packgate_reads_at_run_time(names: set[str]) -> None:
    for pattern in ("packs/**/*.yaml", "schema/*.schema.json", "schema/vocabulary.yaml", "testcases/payloads/*/*.json"):
        paths = sorted(ROOT.glob(pattern))
        assert paths
        missing = [path for path in paths if f"packgate/data/{path.relative_to(ROOT).as_posix()}" not in names]
        assert missing == []
    assert "packgate/catalog/_compiled.json" in names
    assert "packgate/py.typed" in names
    for folder in ("commands", "docs"):
        templates = sorted((ROOT / "cli" / "packgate" / folder / "templates").iterdir())
        assert templates
        assert {f"packgate/{folder}/templates/{path.name}" for path in templates} <= names


def test_it_carries_nothing_else(names: set[str]) -> None:
    assert [name for name in names if name.startswith("packgate/catalog/programs")] == []
    assert [name for name in names if name.startswith("packgate/data/") and not name.endswith((".yaml", ".json"))] == []
    assert [name for name in names if "tests" in Path(name).parts or "__pycache__" in name or "hatch" in name] == []
    assert {name.split("/")[0].split("-")[0] for name in names} == {"packgate"}


def test_its_compiled_catalog_is_that_of_the_checkout(wheel: Path) -> None:
    from packgate.catalog.digest import source_digest
    from packgate.catalog.load import PROGRAMS

    with zipfile.ZipFile(wheel) as archive:
        assert json.loads(archive.read("packgate/catalog/_compiled.json"))["digest"] == source_digest(PROGRAMS)


def test_it_runs_without_the_checkout(installed: Installed) -> None:
    code = "import packgate, packgate.catalog.load as load; print(packgate.__file__, load.load_builtin().program('git') is not None)"
    environment = {"PATH": os.defpath, "PYTHONPATH": str(installed.place)}
    done = subprocess.run([sys.executable, "-c", code], cwd=installed.work, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(installed.place / "packgate" / "__init__.py"), "True"], done.stderr


def test_it_decides(installed: Installed) -> None:
    done = installed("decide", "git push origin HEAD:main", "--exit-code")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["policy_ids"] == ["direct-push-to-main"]
    quiet = installed("decide", "git status")
    assert quiet.returncode == 0, quiet.stderr
    assert json.loads(quiet.stdout)["mode"] is None


@pytest.mark.parametrize("verb", ["lint", "test"])
def test_it_checks_the_packs_that_it_carries(installed: Installed, verb: str) -> None:
    done = installed(verb, "recommended")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in installed.work.iterdir()} <= {"cache", "policies"}


def test_it_sets_up_a_repository(installed: Installed) -> None:
    done = installed("init", "policies", "--pack", "payments", "--owner", "payments-security")
    assert done.returncode == 0, done.stderr
    again = installed("lint", "policies/packs/payments")
    assert again.returncode == 0, again.stdout + again.stderr

"""Ray and the ordinary engine say the same, to the byte, also when workers are killed; and what a local cluster leaves behind is nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from held_workers import FOLDER, HeldDecider, HeldReader, Journal
from policy_repository import PolicyRepository
from simulation_maker import as_parquet, make_log, plan_of

from packgate.errors import UserError
from packgate.impact.simulation.as_json import as_json
from packgate.impact.simulation.lines import ranges
from packgate.impact.simulation.result import result_of
from packgate.impact.simulation.running import Plan, Ran, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.ray
pytest.importorskip("ray", reason="Ray is not installed")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ray")


@pytest.fixture(scope="module")
def ray(folder: Path) -> Iterator[Any]:
    """A cluster with two processors; its workers know where the journal is."""
    from packgate.impact.simulation.ray_cluster import cluster

    os.environ[FOLDER] = str(folder)
    path = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(Path(__file__).parent), path]))
    try:
        with cluster(processors=2) as found:
            yield found
    finally:
        del os.environ[FOLDER]
        if path is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = path


@pytest.fixture(scope="module")
def log(folder: Path) -> Path:
    return make_log(folder / "log.jsonl", 4000)


@pytest.fixture(scope="module")
def rows(log: Path, folder: Path) -> Path:
    return as_parquet(log, folder / "rows.parquet", 60)


def text(ran: Ran) -> str:
    return json.dumps(as_json(result_of(ran)), sort_keys=True)


def on_ray(ray: Any, plan: Plan, **more: Any) -> str:
    from packgate.impact.simulation.ray_engine import on_cluster

    return text(on_cluster(ray, plan, ranges(plan.paths, 150_000), workers=2, share_bytes=600_000, **more))


def test_lines_and_rows_come_to_the_same_tables(ray: Any, log: Path, rows: Path) -> None:
    plan = plan_of(log, rows)
    local = text(simulate(plan, workers=1))
    assert json.loads(local)["read"]["repeated"] == 4000
    assert on_ray(ray, plan) == local


@pytest.mark.parametrize("half", ["read", "decide"])
def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_counts_nothing_twice(ray: Any, rows: Path, folder: Path, half: str) -> None:
    journal = Journal(folder)
    plan = plan_of(rows.as_uri())
    (folder / "journal").unlink(missing_ok=True)
    (folder / f"hold-{half}").touch()
    context = ray.data.DataContext.get_current()
    size, context.target_max_block_size = context.target_max_block_size, 100_000
    killed: list[tuple[int, str, str]] = []

    def kill() -> None:
        while not (held := journal.lines("held", half)):
            time.sleep(0.02)
        process, name = held[0]
        title = Path(f"/proc/{process}/cmdline").read_bytes().decode()
        os.kill(process, signal.SIGKILL)
        killed.append((process, name, title))
        (folder / f"killed-{half}").touch()

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    try:
        found = on_ray(ray, plan, reader=HeldReader, decider=HeldDecider)
    finally:
        context.target_max_block_size = size
        (folder / f"hold-{half}").unlink()
    killer.join(10)
    ((process, name, title),) = killed
    assert "ray::" in title
    assert "MapWorker" in title
    assert (process, name) in journal.lines("begin", half)
    assert (process, name) not in journal.lines("end", half), "it was killed while it was at work"
    assert [each for each, called in journal.lines("end", half) if called == name and each != process], "another process did it again"
    assert found == text(simulate(plan, workers=1))


def test_a_file_that_workers_can_not_read_is_told(ray: Any, log: Path, tmp_path: Path) -> None:
    from packgate.impact.simulation.ray_engine import on_cluster

    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(log.read_bytes())
    plan = plan_of(copy)
    parts = ranges(plan.paths, 1_000_000)
    copy.unlink()
    with pytest.raises(UserError, match=r"copy\.jsonl: can't be read"):
        on_cluster(ray, plan, parts, workers=1)


def test_the_cluster_listens_to_this_machine_only_and_has_no_dashboard(ray: Any) -> None:
    listening = {address for process in below(os.getpid()) for address in listeners(process)}
    assert listening
    # 127.0.0.1 and its form in IPv6, as the kernel writes them: /proc/net/tcp has words of four bytes in the machine's order.
    assert {address.partition(":")[0] for address in listening} <= {"0100007F", "0000000000000000FFFF00000100007F"}
    assert "8265" not in {str(int(address.partition(":")[2], 16)) for address in listening}


def below(process: int) -> list[int]:
    """All processes under one, itself with them; some end while this looks."""
    found = [process]
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for name in path.read_text().split():
                found += below(int(name))
    return found


def listeners(process: int) -> list[str]:
    """The addresses (``HEX:PORT``) that a process listens at."""
    held = set()
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{process}/fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(os.readlink(path))
    tables = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return [fields[1] for fields in tables if fields[3] == "0A" and f"socket:[{fields[9]}]" in held]


@pytest.fixture
def started(tmp_path: Path, log: Path) -> Iterator[Any]:
    """Starts the command line in a policy repository, with a folder of its own for temporary files, which is empty at the end. Its path is
    short enough for Ray's sockets."""
    repository, temporary = PolicyRepository(tmp_path / "policies"), Path(tempfile.mkdtemp(dir="/tmp"))
    begun: list[subprocess.Popen[str]] = []

    def start(*more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "packgate", "simulate", "demo", "--events", str(log), "--at", "2026-03-01", "--format", "json", *more]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli"), "TMPDIR": str(temporary)}
        begun.append(subprocess.Popen(
            command, cwd=repository.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True))
        return begun[-1]

    yield start
    for each in begun:
        each.kill()
        each.wait()
    temporary.rmdir()


def test_the_command_line_says_the_same_and_leaves_nothing(started: Any) -> None:
    local = started().communicate(timeout=120)
    on_ray = started("--engine", "ray", "--workers", "2")
    assert on_ray.communicate(timeout=240) == local, "neither a word of Ray's on standard error"
    assert on_ray.returncode == 0


def test_a_cluster_that_is_there_is_used_and_stays(ray: Any, started: Any) -> None:
    address = ray.get_runtime_context().gcs_address
    local = started().communicate(timeout=120)
    assert started("--engine", "ray", "--ray-address", address).communicate(timeout=240) == local
    assert ray.get(ray.put(7)) == 7


def test_a_run_that_is_interrupted_leaves_nothing(started: Any) -> None:
    run = started("--engine", "ray", "--workers", "1")
    limit = time.monotonic() + 120
    while not any("raylet" in title_of(process) for process in below(run.pid)):
        assert time.monotonic() < limit
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    processes = below(run.pid)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=120)
    assert run.returncode != 0
    assert "Traceback" not in err
    assert out == ""
    while left := [title_of(process) for process in processes if title_of(process)]:
        assert time.monotonic() < limit + 60, left
        time.sleep(0.1)


def title_of(process: int) -> str:
    """What a process calls itself; nothing for one that is gone or only waits to be reaped."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""

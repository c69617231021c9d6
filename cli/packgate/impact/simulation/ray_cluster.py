"""A Ray cluster to simulate with: one that is started for the run on this machine, or one that is there.

The local one talks to nobody: it listens on the loopback interface, has no dashboard and reports no usage. It works in a temporary folder
and ends with the run, however that ends.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import socket
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import packgate
from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Bytes of shared memory for tables on their way, at least and at most; what is more goes to the temporary folder.
_LEAST_STORE, _MOST_STORE = 200 * 1024 * 1024, 1024 * 1024 * 1024
# What the path of a socket may have (see unix(7)), and what Ray puts after its folder.
_LONGEST_SOCKET = 107
_INSIDE = len("/session_2026-01-01_00-00-00_000000_0000000/sockets/plasma_store")
_ADDRESS = re.compile(r"(ray://)?(?P<host>[\w.-]+|\[[0-9a-fA-F:.]+\]):(?P<port>[0-9]{1,5})")
# Seconds.
_PATIENCE = 10
_GRACE = 1
_INSTALL = "pip install 'packgate[ray]'"
# Read by Ray when it is imported or its processes start. The second makes a cluster of one machine use its loopback interface, on every
# system: https://github.com/ray-project/ray/issues/18730. The last: workers are as important as processes of the ordinary engine, which is
# what else would run.
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_DATA_LOG_LEVEL": "ERROR", "RAY_worker_niceness": "0",
}


@contextmanager
def cluster(address: str | None = None, *, processors: int = 1, store: int = 0) -> Iterator[Any]:
    """Ray's module, connected to a cluster: one of its own with so many processors and about so many bytes of shared memory, or that at an
    address (``auto``, ``host:port``, ``ray://host:port``). Raises
    `UserError` without Ray, and for a cluster that can't be reached or started."""
    if address is not None:
        _check(address)
    with ExitStack() as stack:
        folder = None
        if address is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="packgate-ray-", dir=_base(), ignore_cleanup_errors=True))
            stack.enter_context(_environment({**_SETTINGS, "PYTHONPATH": _python_path(folder)}))
        ray = _ray()
        stack.enter_context(_without_log())
        if folder is None:
            stack.callback(ray.shutdown)
        else:
            stack.callback(_end, ray, _below(_processes()))
        try:
            if folder is None:
                ray.init(address=address, log_to_driver=False, logging_level="ERROR")
            else:
                ray.init(
                    num_cpus=processors, object_store_memory=min(max(store, _LEAST_STORE), _MOST_STORE), include_dashboard=False,
                    _temp_dir=folder, log_to_driver=False, logging_level="ERROR",
                )
        except Exception as error:
            # Ray raises what it likes: ConnectionError, ImportError for a part that is not installed, RuntimeError, bare Exception.
            where = "a Ray cluster could not be started" if address is None else f"the Ray cluster at {address} can't be reached"
            raise UserError(f"{where}: {(str(error).splitlines() or [type(error).__name__])[0]}") from error
        yield ray


def _check(address: str) -> None:
    """Whether something listens at an address: Ray itself tries for minutes."""
    found = _ADDRESS.fullmatch(address)
    if found is None and address != "auto":
        raise UserError(f"{address!r} is no address of a Ray cluster", "auto, host:port or ray://host:port")
    if found is not None:
        try:
            socket.create_connection((found["host"].strip("[]"), int(found["port"])), _PATIENCE).close()
        except (OSError, ValueError, OverflowError) as error:
            raise UserError(f"the Ray cluster at {address} can't be reached: {getattr(error, 'strerror', None) or error}") from error


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UserError(f"the engine 'ray' needs Ray Data ({error})", _INSTALL) from None
    return ray


def _processes() -> Any:
    """The library for processes that Ray brings along."""
    return importlib.import_module("psutil")


def _below(processes: Any) -> list[Any]:
    """All processes under this one."""
    found: list[Any] = processes.Process().children(recursive=True)
    return found


def _end(ray: Any, others: list[Any]) -> None:
    """End a cluster of this machine, and all that was started for it since ``others`` were there. Ray ends its processes without waiting
    for what they started, which writes into the folder once more, and ends none where it was interrupted while it started them."""
    processes = _processes()
    started = [process for process in _below(processes) if process not in others]
    ray.shutdown()
    _, left = processes.wait_procs(started, timeout=_GRACE)
    for process in left:
        with suppress(processes.Error):
            process.kill()
    processes.wait_procs(left, timeout=_PATIENCE)


def _base() -> str | None:
    """A folder in which Ray's paths are short enough for sockets; None for the ordinary one."""
    usual = tempfile.gettempdir()
    name = len("/packgate-ray-12345678")
    return "/tmp" if len(usual) + name + _INSIDE > _LONGEST_SOCKET and os.path.isdir("/tmp") else None


def _python_path(folder: str) -> str:
    """Where processes of the cluster find modules: packgate as it runs here, then what was said before."""
    found = [str(Path(packgate.__file__).parents[1]), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    if _half_installed():
        # Ray's agents do without OpenTelemetry where it is not installed, but end where its messages are and its interface is not, which
        # is what the extra `otel` installs. This part of the namespace says that it is not.
        part = Path(folder, "namespace", "opentelemetry")
        part.mkdir(parents=True)
        (part / "metrics.py").write_text('raise ModuleNotFoundError("opentelemetry-api is not installed")\n', encoding="utf-8")
        found.append(str(part.parent))
    return os.pathsep.join(found)


def _half_installed() -> bool:
    return importlib.util.find_spec("opentelemetry") is not None and importlib.util.find_spec("opentelemetry.metrics") is None


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Variables of this process for a while: what it starts has them, too."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    # Where it was imported before, it read its settings then.
    constants = sys.modules.get("ray._private.ray_constants")
    if constants is not None:
        constants.ENABLE_RAY_CLUSTER = False  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _without_log() -> Iterator[None]:
    """Without what Ray's own library writes to standard error past Python, where nothing else turns it off; this process still has it."""
    sys.stderr.flush()
    own, seen = sys.stderr, os.dup(2)
    try:
        direct = own.fileno() == 2
    except (OSError, ValueError, AttributeError):
        direct = False
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        with os.fdopen(os.dup(seen), "w", buffering=1, encoding="utf-8", errors="backslashreplace") as stream:
            if direct:
                sys.stderr = stream
            try:
                yield
            finally:
                sys.stderr = own
    finally:
        os.dup2(seen, 2)
        os.close(seen)

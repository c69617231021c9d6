"""What is to be started in a sandbox and what came of it, as plain JSON: both sides of the namespace's border read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Step:
    """One process, started when the one before has ended. ``write``, ``remove`` and ``modes`` change files before it starts (paths are
    those of the sandbox). ``server``: the kind of scripted model that answers (see `servers`) and ``calls``, the tool calls that it
    makes; ``{port}`` in arguments, environment and written files is its port. ``present``: files
    that are made where there are none, if that can be. ``collect``: patterns of the files whose text is handed back."""

    argv: list[str]
    cwd: str = "/"
    env: dict[str, str] = field(default_factory=dict)
    timeout: float = 120.0
    server: str | None = None
    calls: list[dict[str, Any]] = field(default_factory=list)
    write: dict[str, str] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    modes: dict[str, int] = field(default_factory=dict)
    full: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    collect: list[str] = field(default_factory=list)
    stdin: str = ""


@dataclass(slots=True)
class Server:
    """A process that runs beside the steps, from before the first one on until the sandbox ends. The steps begin when it listens on
    ``port`` of loopback."""

    argv: list[str]
    port: int
    env: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Spec:
    """A sandbox: folders of the host that can be read in it, folders of which it gets copies (at the same paths, to be changed there),
    shell scripts that may run (everything else that a shell is given is recorded and not run), and the steps. ``network``: that of the
    host can be reached, for an agent with a live model. ``servers``: what runs beside the steps."""

    readable: list[str]
    steps: list[Step]
    copied: list[str] = field(default_factory=list)
    may_run: list[str] = field(default_factory=list)
    stub_programs: list[str] = field(default_factory=list)
    network: bool = False
    servers: list[Server] = field(default_factory=list)
    size: str = "2g"

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(slots=True)
class Ran:
    """What a step did: its exit code (None after its time was over), both outputs, the requests that the scripted model got, the texts
    that were asked for, and the scripts that reached the stub shell."""

    code: int | None
    out: str
    err: str
    seconds: float
    requests: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)


def spec_from(data: dict[str, Any]) -> Spec:
    """The reverse of `Spec.to_json`."""
    servers = [Server(**server) for server in data.get("servers", ())]
    return Spec(**{**data, "steps": [Step(**step) for step in data["steps"]], "servers": servers})

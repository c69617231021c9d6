"""What the extra `serve` brings."""

from __future__ import annotations

from importlib.util import find_spec

from packgate.errors import UserError


def need_serve() -> None:
    """Raise a `UserError` that says how to install Starlette, uvicorn and prometheus_client, unless all are there."""
    missing = [name for name in ("starlette", "uvicorn", "prometheus_client") if find_spec(name) is None]
    if missing:
        raise UserError(f"the decision server needs {', '.join(missing)}", "pip install 'packgate[serve]'")

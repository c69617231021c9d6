"""What the extra `tuf` brings."""

from __future__ import annotations

from importlib.util import find_spec

from packgate.errors import UserError


def need_tuf() -> None:
    """Raise a `UserError` that says how to install python-tuf and securesystemslib, unless both are there."""
    missing = [name for name in ("tuf", "securesystemslib", "cryptography") if find_spec(name) is None]
    if missing:
        raise UserError(f"signed repositories of bundles need {' and '.join(missing)}", "pip install 'packgate[tuf]'")

"""What the extra `store` brings."""

from __future__ import annotations

from importlib import import_module

from packgate.errors import UserError


def need(what: str, *modules: str) -> None:
    """Raise a `UserError` that says how to install modules, unless all are there. ``what`` needs them."""
    for module in modules:
        try:
            import_module(module)
        except ImportError as error:
            raise UserError(f"{what} needs {module} ({error})", "pip install 'packgate[store]'") from None

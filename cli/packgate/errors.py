"""Errors that are the user's to mend: a message and a hint, never a traceback."""

from __future__ import annotations


class UserError(Exception):
    """Something about the call or its input can't be used. Ends a verb with exit code 2."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

"""What makes two cases the same."""

from __future__ import annotations

import json
from typing import Any

from packgate.testing.variants import variants


def case_keys(case: dict[str, Any]) -> list[str]:
    """What a case tries, a key for every value of its `each`: its command or action in its context; of a case that has neither, its
    prompt."""
    return [_key(variant) for variant in variants(case)]


def _key(case: dict[str, Any]) -> str:
    keys: tuple[str, ...] = ("command", "action", "context")
    tried = {key: case[key] for key in keys if key in case}
    if isinstance(tried.get("command"), str):
        tried["command"] = tried["command"].strip()
    if "command" not in tried and "action" not in tried:
        tried["prompt"] = case.get("prompt")
    return json.dumps(tried, sort_keys=True)

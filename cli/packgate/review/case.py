"""A reviewed action as a case of its policy: in the policy's own file, at the end of the list of its polarity, comments and layout kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.source.append import append_item
from packgate.source.edited import EditRefused
from packgate.testing.cases import DEFAULT_CONTEXT, MUST_FIRE, POLARITIES, case_action

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of an action what a case says as its context.
_CONTEXT = ("cwd", "home", "env")


def case_of(example: Mapping[str, Any], prompt: str | None = None, todo: str | None = None) -> dict[str, Any]:
    """The case for an action: its command or action, and of its context what differs from that of cases."""
    data = {key: value for key, value in example.items() if value not in (None, {}, [])}
    repo = dict(data.pop("repo", None) or {})
    context = {key: data.pop(key) for key in _CONTEXT if key in data and data[key] != DEFAULT_CONTEXT.get(key)}
    own = {key: value for key, value in data.items() if key not in DEFAULT_CONTEXT}
    branch = repo.pop("branch", None)
    if branch not in (None, DEFAULT_CONTEXT["repo"]["branch"]):
        context["branch"] = branch
    said = {key: value for key, value in repo.items() if value is not None and value != DEFAULT_CONTEXT["repo"].get(key)}
    if said:
        context["repo"] = said
    case: dict[str, Any] = {} if prompt is None else {"prompt": prompt}
    if own.get("surface", "shell") == "shell" and set(own) <= {"surface", "command", "shell"} and own.get("shell") in (None, "bash"):
        case["command"] = own["command"]
    else:
        case["action"] = own
    if context:
        case["context"] = context
    return case if todo is None else {**case, "todo": todo}


def with_case(text: str, place: str, polarity: str, case: dict[str, Any], shown: str) -> str:
    """The text of a policy file with a case added. ``place``: the policy's pointer, ``/policies/3``.

    Raises `UserError` for a case that is there already, and where the file can't be added to.
    """
    if polarity not in POLARITIES:
        raise ValueError(f"no polarity: {polarity!r}")
    path: tuple[str | int, ...] = ("policies", int(place.rpartition("/")[2]), "tests", polarity)
    try:
        return append_item(text, path, case, shown)
    except EditRefused as error:
        raise UserError(str(error), "add the case by hand") from error


def has_case(cases: list[dict[str, Any]], case: dict[str, Any]) -> bool:
    """Whether one of a policy's cases tries the same action."""
    wanted = case_action(case)
    return any(case_action(each) == wanted for each in cases)


def default_polarity(decision: str | None) -> str | None:
    """What a decision that was made says of the polarity; None when nothing was decided that would."""
    return {"accept": MUST_FIRE, "reject": "must_not_fire"}.get(decision or "")

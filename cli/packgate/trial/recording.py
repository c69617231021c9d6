"""What an agent did with prompts, as a file: recorded once, decided again at any time without the agent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.model.action import ActionError, parse_action
from packgate.testing.cases import POLARITIES

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """A prompt of a policy's case, and the actions that the agent took, as action JSON. ``fired``: the policies that fired on any of them
    when it was recorded, sorted."""

    pack: str
    policy: str
    polarity: str
    prompt: str
    actions: list[dict[str, Any]]
    fired: list[str]


@dataclass(frozen=True, slots=True)
class Recording:
    """The answers of one agent. ``model``: as it was asked for; ``recorded``: the day."""

    agent: str
    version: str
    model: str
    recorded: str
    answers: list[Answered]


def write_recording(path: Path, recording: Recording) -> None:
    """Write a recording. Raises `UserError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"v": VERSION, **asdict(recording)}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def read_recording(path: Path) -> Recording:
    """A recording from its file. Raises `UserError` for one that is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.pop("v") != VERSION:
            raise UserError(f"{path} was written by another version of packgate", "record it again")
        answers = [Answered(**each) for each in data.pop("answers")]
        for answer in answers:
            if answer.polarity not in POLARITIES:
                raise ValueError(f"polarity {answer.polarity!r}")
            for action in answer.actions:
                parse_action(action)
        return Recording(**data, answers=answers)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError, ActionError) as error:
        raise UserError(f"{path} is no recording of a trial: {error}", "packgate trial --into FILE writes one") from None

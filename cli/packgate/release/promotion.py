"""A promotion, planned: what it is about, where that stands, what the gates say, and the edit that carries it out."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packgate.engine.stages import STAGE_RANK
from packgate.errors import UserError
from packgate.release.gates import all_met
from packgate.release.limits import NEXT
from packgate.release.standing import assignment_reader, rollout_reader, since
from packgate.release.subject import ASSIGNMENT, PACK, POLICY, THREAT, Subject, policies_of, stage_of
from packgate.source.edit import set_assignment_stage, set_stage
from packgate.source.edited import EditRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.gitio import Repository
    from packgate.impact.sides import PackSide, Side
    from packgate.model.policy import Assignment
    from packgate.release.gates import Gate
    from packgate.release.limits import Limits


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stage stands in the repository: the file (relative to its root), the pack's folder, and the commit that is judged."""

    pack: PackSide
    file: str
    folder: str
    assignment: Assignment | None = None
    ref: str = "HEAD"


@dataclass(slots=True)
class Promotion:
    """A plan. ``skips`` says that a stage is left out; ``override`` is the reason given for that; ``down`` that an assignment goes back,
    for which no gate is asked."""

    subject: Subject
    to: str
    limits: Limits
    gates: list[Gate] = field(default_factory=list)
    override: str | None = None
    approvers: Sequence[str] = ()

    @property
    def down(self) -> bool:
        """Whether it goes to an earlier stage."""
        return STAGE_RANK[self.to] < STAGE_RANK[self.subject.stage]

    @property
    def skips(self) -> bool:
        """Whether a stage is left out."""
        return not self.down and NEXT.get(self.subject.stage) != self.to

    @property
    def allowed(self) -> bool:
        """Whether it may be carried out."""
        return self.down or (all_met(self.gates) and (not self.skips or bool(self.override)))

    @property
    def headline(self) -> str:
        """It in one line."""
        verb = "take back" if self.down else "promote"
        pack = "" if self.subject.kind == PACK else f" of pack {self.subject.pack}"
        return f"{verb} {self.subject.title}{pack} from {self.subject.stage} to {self.to}"

    def as_json(self) -> dict[str, Any]:
        """The plan with its record."""
        return {
            "subject": self.subject.as_json(), "from": self.subject.stage, "to": self.to, "skips": self.skips, "override": self.override,
            "allowed": self.allowed, "approved_by": sorted(self.approvers), "limits": self.limits.as_json(),
            "gates": [gate.as_json() for gate in self.gates],
        }

    def message(self) -> str:
        """The message of the commit: what, why it may be, and the record as one line of JSON."""
        lines = [self.headline[0].upper() + self.headline[1:], ""]
        lines += [f"- {gate.name}: {gate.state}; {gate.sentence}" for gate in self.gates]
        lines += [""] if self.gates else []
        if self.override:
            lines += [f"A stage is skipped: {self.override}", ""]
        lines.append("Packgate-Promotion: " + json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")))
        return "\n".join(lines) + "\n"


def find_subject(
    repository: Repository, side: Side, prefix: str, name: str | None, assignment: str | None = None, pack: str | None = None
) -> tuple[Subject, Place]:
    """What a name stands for: a threat layer or a policy of a pack of the repository, or an assignment; and where its stage stands.

    ``side`` is the committed state, ``prefix`` the policy repository's folder in the git repository. Raises `UserError` for what is not
    there, or is there twice.
    """
    if assignment is not None:
        return _assignment(repository, side, prefix, assignment, name)
    found = [each for each in side.packs.values() if pack in (None, each.name)]
    named = [(PACK, each) for each in found if each.name == name]
    named += [(THREAT, each) for each in found if name in each.result.threats]
    named += [(POLICY, each) for each in found if name in each.policies]
    if not named or name is None:
        raise UserError(f"there is no pack, threat layer or policy '{name}'", _near(name or "", found))
    if len(named) > 1:
        kinds = ", ".join(f"{kind} of {each.name}" if kind != PACK else f"pack {each.name}" for kind, each in named)
        raise UserError(f"'{name}' stands for several things: {kinds}", "say which pack with --pack, or rename one of them")
    kind, chosen = named[0]
    place = _place(chosen, prefix, "rollout.yaml")
    policies = policies_of(chosen.pack, kind, name)
    if kind == PACK:
        return Subject(kind, name, name, chosen.pack.version, policies, "", chosen.pack.rollout.pack, None), place
    threat = next((each.threat for each in chosen.pack.policies if each.id == name), None)
    started = since(repository, place.file, place.folder, rollout_reader(kind, name, threat))
    stage = stage_of(chosen.pack, kind, name)
    return Subject(kind, name, chosen.name, chosen.pack.version, policies, stage, chosen.pack.rollout.pack, started), place


def _assignment(repository: Repository, side: Side, prefix: str, name: str, pack: str | None) -> tuple[Subject, Place]:
    given = side.space.assigned
    item = next((each for each in given if each.name == name), None)
    if item is None:
        known = ", ".join(sorted(each.name for each in given if each.name)) or "none has a name"
        raise UserError(f"there is no assignment '{name}'", f"assignments.yaml: {known}")
    if pack not in (None, item.pack):
        raise UserError(f"the assignment '{name}' is one of pack '{item.pack}', not of '{pack}'")
    if item.pack not in side.packs:
        raise UserError(f"the pack '{item.pack}' of the assignment '{name}' is not one of this repository's")
    chosen = side.packs[item.pack]
    file = os.path.normpath(os.path.join(prefix, "assignments.yaml"))
    started = since(repository, file, file, assignment_reader(name))
    policies = policies_of(chosen.pack, PACK, chosen.name)
    subject = Subject(ASSIGNMENT, name, chosen.name, chosen.pack.version, policies, item.stage, chosen.pack.rollout.pack, started)
    return subject, Place(chosen, file, _place(chosen, prefix, "rollout.yaml").folder, item)


def _place(pack: PackSide, prefix: str, file: str) -> Place:
    inside = os.path.relpath(pack.result.path, pack.folder)
    if inside.startswith(".."):
        hint = "extend it: a pack of your own with `extends` has a rollout.yaml of its own"
        raise UserError(f"the pack '{pack.name}' is carried by packgate, not by this repository", hint)
    folder = os.path.normpath(os.path.join(prefix, inside))
    return Place(pack, os.path.join(folder, file), folder)


def check_step(subject: Subject, to: str, override: str | None) -> None:
    """Raise `UserError` for a promotion that leads nowhere, or an override that nothing asks for."""
    if to == subject.stage:
        raise UserError(f"{subject.title} stands at {to} already")
    if STAGE_RANK[to] < STAGE_RANK[subject.stage] and subject.kind != ASSIGNMENT:
        raise UserError(f"{subject.title} stands at {subject.stage}, beyond {to}", "`packgate rollback` takes it back")
    if override is not None and not override.strip():
        raise UserError("--override needs a reason", "it is recorded, for those who ask later")


def edited(repository: Repository, subject: Subject, place: Place, to: str, ref: str = "HEAD") -> bytes:
    """The file with the stage set; the rest of it as it is. Raises `UserError` when that can't be done."""
    raw = repository.read(ref, place.file)
    try:
        text = None if raw is None else raw.decode("utf-8")
        if subject.kind == ASSIGNMENT:
            return set_assignment_stage(text or "", subject.name, to).encode()
        return set_stage(text, "threats" if subject.kind == THREAT else "policies", subject.name, to).encode()
    except (EditRefused, UnicodeDecodeError) as error:
        raise UserError(str(error), "edit the file by hand, and open a pull request") from error


def branch_name(subject: Subject, to: str) -> str:
    """The branch of a promotion, unless another is asked for."""
    return f"promote/{subject.pack}/{subject.kind}-{subject.name}-{to}"


def authors_of(repository: Repository, place: Place, promoter: str | None = None) -> list[str]:
    """Whose approval does not count: the one who promotes (None: whose repository this is), and the author of the last change to the
    pack that is in what is judged."""
    touched = repository.history(place.folder, place.ref)
    return [promoter or repository.identity(), *([touched[0].author] if touched else [])]


def settings_data(side: Side) -> Mapping[str, Any] | None:
    """The data of packgate.yaml."""
    settings = side.space.settings
    return settings.data if settings is not None and isinstance(settings.data, dict) else None


def _near(name: str, packs: Sequence[PackSide]) -> str | None:
    from packgate.source.suggest import did_you_mean

    known = [each for side in packs for each in (side.name, *side.result.threats, *side.policies)]
    return did_you_mean(name, known) or f"packs here: {', '.join(side.name for side in packs) or 'none'}"

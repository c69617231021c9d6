"""Policies and packs as the engine takes them: checked, typed, without file positions.

The loader makes them from YAML, a bundle from its canonical JSON; the engine compiles them. A condition on a field is a
`Condition`; a mapping of conditions (all must hold) is a `Clause`.
"""

from __future__ import annotations

from packgate.model.action import SURFACES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MODES = ("allow", "audit", "warn", "require-approval", "block", "terminate")
MODE_RANK = {mode: rank for rank, mode in enumerate(MODES)}
# What a default is worth as a mode.
DEFAULT_MODES = {"allow": "allow", "audit": "audit", "deny": "block"}
STAGES = ("audit", "warn", "block")
IMPACTS = ("one-way", "risky", "routine")
# How long a request for approval, and the approval of it, holds where a policy does not say; in minutes.
APPROVAL_MINUTES = 60
MOST_APPROVAL_MINUTES = 24 * 60
# The modes that fit an impact: a looser one leaves a one-way door open, a stricter one stops everyday work.
FITTING_MODES = {
    "one-way": ("block", "terminate", "require-approval"),
    "risky": ("warn", "require-approval"),
    "routine": ("audit",),
}

# Pattern kinds: an exact string or glob as written, a regular expression, a named list, a path into the context,
# a detector of the guard, an address range.
PATTERN_KINDS = ("glob", "regex", "list", "context", "detector", "cidr")


class Pattern:
    """One pattern as written: ``kind`` of `PATTERN_KINDS` and its text."""

    __slots__ = ("kind", "text")

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and (other.kind, other.text) == (self.kind, self.text)

    def __hash__(self) -> int:
        return hash((self.kind, self.text))

    def __repr__(self) -> str:
        return f"Pattern({self.kind!r}, {self.text!r})"


class Condition:
    """A condition on one field. ``quantifier`` is ``any`` (some value matches some pattern), ``all`` (every pattern is
    matched by some value) or ``not`` (some value matches none of the patterns). An absent field never holds."""

    __slots__ = ("field", "patterns", "quantifier")

    def __init__(self, field: str, patterns: tuple[Pattern, ...], quantifier: str = "any") -> None:
        self.field = field
        self.patterns = patterns
        self.quantifier = quantifier

    def __repr__(self) -> str:
        return f"Condition({self.field!r}, {self.patterns!r}, {self.quantifier!r})"


class Outcome:
    """What `then` says: a mode and its side effects. ``approval_minutes``: how long an approval holds; None for the default."""

    __slots__ = ("alert", "approval_minutes", "approver", "confirm", "mode", "redact")

    def __init__(
        self,
        mode: str,
        redact: bool = False,
        alert: tuple[str, ...] = (),
        approver: str | None = None,
        confirm: bool = False,
        approval_minutes: int | None = None,
    ) -> None:
        self.mode = mode
        self.redact = redact
        self.alert = alert
        self.approver = approver
        self.confirm = confirm
        self.approval_minutes = approval_minutes


class Policy:
    """One policy. ``when`` are families; ``clauses`` are the alternatives of `if` (empty: no condition);
    ``exceptions`` those of `unless`; ``where`` are conditions on the context."""

    __slots__ = (
        "clauses", "exceptions", "id", "impact", "message", "outcome", "pack", "rationale", "risk", "threat", "title",
        "when", "where",
    )

    def __init__(
        self,
        id: str,
        pack: str,
        when: tuple[str, ...],
        outcome: Outcome,
        clauses: tuple[tuple[Condition, ...], ...] = (),
        exceptions: tuple[tuple[Condition, ...], ...] = (),
        where: tuple[Condition, ...] = (),
        title: str = "",
        threat: str = "",
        impact: str = "risky",
        rationale: str = "",
        message: str = "",
        risk: int = 0,
    ) -> None:
        self.id = id
        self.pack = pack
        self.when = when
        self.outcome = outcome
        self.clauses = clauses
        self.exceptions = exceptions
        self.where = where
        self.title = title
        self.threat = threat
        self.impact = impact
        self.rationale = rationale
        self.message = message
        self.risk = risk


class Rollout:
    """Stages of a pack: of policies, of threat layers, of the pack. A missing entry is ``audit``."""

    __slots__ = ("pack", "policies", "threats")

    def __init__(self, pack: str = "audit", threats: dict[str, str] | None = None,
                 policies: dict[str, str] | None = None) -> None:
        self.pack = pack
        self.threats = threats or {}
        self.policies = policies or {}


class Assignment:
    """Which pack holds for whom, capped at ``stage``; ``conditions`` must all hold of the actor, none means everyone. ``number`` is its
    place in the list, from 0."""

    __slots__ = ("conditions", "name", "number", "pack", "stage")

    def __init__(self, pack: str, stage: str, conditions: tuple[Condition, ...] = (), name: str | None = None, number: int = 0) -> None:
        self.pack = pack
        self.stage = stage
        self.conditions = conditions
        self.name = name
        self.number = number


class Waiver:
    """An exception for one policy: holds while ``expires`` (a day, inclusive, UTC) has not passed and every condition
    matches; an operation with an unknown value is never waived."""

    __slots__ = ("approver", "conditions", "expires", "id", "owner", "policy", "reason", "where")

    def __init__(
        self, id: str, policy: str, expires: str, reason: str = "", owner: str = "", approver: str = "",
        conditions: tuple[Condition, ...] = (), where: tuple[Condition, ...] = (),
    ) -> None:
        self.id = id
        self.policy = policy
        self.expires = expires
        self.reason = reason
        self.owner = owner
        self.approver = approver
        self.conditions = conditions
        self.where = where


class Default:
    """What holds of operations that no policy allows. ``modes``: ``audit`` or ``deny`` by surface, in the order of `SURFACES`; a surface
    that it lacks is allowed. ``lifted_by``: packs whose `allow` policies lift it beside the pack's own."""

    __slots__ = ("lifted_by", "modes")

    def __init__(self, modes: str | dict[str, str] = "allow", lifted_by: tuple[str, ...] = ()) -> None:
        """``modes``: one mode for every surface, or a mode by surface. Raises `ValueError` for anything else."""
        given = dict.fromkeys(SURFACES, modes) if isinstance(modes, str) else modes
        for surface, mode in given.items():
            if surface not in SURFACES or mode not in DEFAULT_MODES:
                raise ValueError(f"a default of {mode!r} for {surface!r}: modes are {', '.join(DEFAULT_MODES)}")
        self.modes = {surface: given[surface] for surface in SURFACES if given.get(surface, "allow") != "allow"}
        self.lifted_by = tuple(sorted(set(lifted_by)))

    def of(self, surface: str) -> str:
        """``allow``, ``audit`` or ``deny``."""
        return self.modes.get(surface, "allow")

    @property
    def uniform(self) -> str:
        """The mode of every surface where there is one for all; else empty."""
        found = {self.of(surface) for surface in SURFACES}
        return next(iter(found)) if len(found) == 1 else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Default) and (other.modes, other.lifted_by) == (self.modes, self.lifted_by)

    def __hash__(self) -> int:
        return hash((tuple(self.modes.items()), self.lifted_by))

    def __str__(self) -> str:
        """``deny``, or ``deny for shell and web, audit for file``."""
        if self.uniform:
            return self.uniform
        found = []
        for mode in ("deny", "audit"):
            surfaces = [surface for surface, each in self.modes.items() if each == mode]
            if surfaces:
                found.append(f"{mode} for {' and '.join(filter(None, (', '.join(surfaces[:-1]), surfaces[-1])))}")
        return ", ".join(found)


class Pack:
    """A named, versioned set of policies. ``lists`` are the named lists its patterns refer to; ``default`` is what
    holds where none allows; ``uncertain`` the mode that a may-match counts as; ``environments`` more words that name an
    environment; ``terminate_after`` is how many denials within how many minutes end a session."""

    __slots__ = ("catalog", "default", "digest", "environments", "lists", "name", "policies", "revision", "rollout",
                 "terminate_after", "title", "uncertain", "version", "waivers")

    def __init__(
        self,
        name: str,
        version: str,
        policies: tuple[Policy, ...],
        lists: dict[str, tuple[str, ...]] | None = None,
        default: str | Default = "allow",
        uncertain: str = "audit",
        rollout: Rollout | None = None,
        waivers: tuple[Waiver, ...] = (),
        title: str = "",
        catalog: dict[str, Any] | None = None,
        digest: str | None = None,
        revision: int | None = None,
        environments: dict[str, tuple[str, ...]] | None = None,
        terminate_after: tuple[int, int] | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.policies = policies
        self.lists = lists or {}
        self.default = Default(default) if isinstance(default, str) else default
        self.uncertain = uncertain
        self.rollout = rollout or Rollout()
        self.waivers = waivers
        self.title = title
        # Programs, families and fields that the pack adds, in the compiled catalog's form.
        self.catalog = catalog
        self.digest = digest
        self.revision = revision
        self.environments = environments or {}
        self.terminate_after = terminate_after

"""A second, naive evaluator of policies: no index, no machines, no cleverness. It spells out every string (up to a length)
that a value can be and tries every policy. Slow; only for small patterns over the alphabet of `LETTERS`."""

import re
from functools import cache
from itertools import product

from packgate.model.policy import Pattern
from packgate.model.value import join

LETTERS = "ab/."
LONGEST = 4  # letters of a hole; patterns must not need more
NO, MAY, MUST = 0, 1, 2
RANK = ["allow", "audit", "warn", "require-approval", "block", "terminate"]
STRINGS = ["".join(s) for n in range(LONGEST + 1) for s in product(LETTERS, repeat=n)]


@cache
def braces(glob):
    start = glob.find("{")
    if start < 0:
        return [glob]
    end = glob.index("}", start)
    return [rest for option in glob[start + 1:end].split(",") for rest in braces(glob[:start] + option + glob[end + 1:])]


@cache
def glob_matches(p, t, separated, first=True):
    """Whether a glob without braces matches; ``first``: it stands at the start of a component."""
    if not p:
        return not t
    if separated and p == "/**":
        return not t or t[0] == "/"
    if p.startswith("**"):
        if separated and first and p.startswith("**/"):
            return any(glob_matches(p[3:], t[i:], True) for i in range(len(t) + 1) if i == 0 or t[i - 1] == "/")
        return any(glob_matches(p[2:], t[i:], separated, False) for i in range(len(t) + 1))
    if p[0] == "*":
        limit = t.find("/") if separated and "/" in t else len(t)
        return any(glob_matches(p[1:], t[i:], separated, False) for i in range(limit + 1))
    if not t:
        return False
    if p[0] == "?":
        return not (separated and t[0] == "/") and glob_matches(p[1:], t[1:], separated, False)
    if p[0] == "[":
        end = p.index("]")
        negated = p[1] == "!"
        inside = (t[0] in p[1 + negated:end]) != negated and not (separated and t[0] == "/")
        return inside and glob_matches(p[end + 1:], t[1:], separated, False)
    return p[0] == t[0] and glob_matches(p[1:], t[1:], separated, p[0] == "/")


def shell_glob_matches(parts, t, first=True):
    """Whether the shell could expand a glob to a name; a `*` that is a whole component is not empty."""
    if not parts:
        return not t
    head, rest = parts[0], parts[1:]
    if isinstance(head, str):
        return t.startswith(head) and shell_glob_matches(rest, t[len(head):], head[-1] == "/")
    if head.pattern == "*":
        limit = t.find("/") if "/" in t else len(t)
        if first and (limit == 0 or t[0] == "."):
            return False
        return any(shell_glob_matches(rest, t[i:], False) for i in range(1 if first else 0, limit + 1))
    allowed = head.pattern == "?" or (t[:1] in head.pattern[1:-1])
    return bool(t) and t[0] != "/" and allowed and not (first and t[0] == ".") and shell_glob_matches(rest, t[1:], False)


@cache
def strings_of(value):
    """Every string that a value can be, up to `LONGEST` letters for a hole."""
    if isinstance(value, str):
        return [value]
    if is_glob(value):
        return [s for s in near(value) if shell_glob_matches(value.parts, s)]
    choices = []
    for part in value.parts:
        if isinstance(part, str):
            choices.append([part])
        elif part.choices:
            choices.append(part.choices)
        else:
            choices.append(STRINGS if part.chars == "any" else [s for s in STRINGS if s and "/" not in s])
    return ["".join(s) for s in product(*choices)]


def near(value):
    """Strings that the pieces of a glob can stand for."""
    pieces = [[p] if isinstance(p, str) else STRINGS if p.pattern == "*" else list(LETTERS) for p in value.parts]
    return ["".join(s) for s in product(*pieces)]


def above(value):
    """A value of globs and text, and what stands before each of its slashes but the first."""
    flat = [c for p in value.parts for c in (p if isinstance(p, str) else [p])]
    return [value, *(join(flat[:i]) for i, c in enumerate(flat) if c == "/" and i)]


def is_glob(value):
    return not isinstance(value, str) and not any(hasattr(part, "chars") for part in value.parts)


class Reference:
    def __init__(self, packs, fields, action):
        self.packs, self.fields, self.action = packs, fields, action

    def full(self, pattern, type):
        """A glob made independent of the context; None when the context lacks what it refers to."""
        if type != "path" or pattern.startswith("/"):
            return pattern
        root = (self.action.data.get("repo") or {}).get("root")
        if pattern == "." or pattern.startswith("./"):
            return root + pattern[1:] if root else None
        return pattern if pattern.startswith("**/") else "**/" + pattern

    def match(self, pattern, type, string):
        if pattern.kind == "context":
            return (self.action.data.get("repo") or {}).get(pattern.text.partition(".")[2]) == string
        glob = self.full(pattern.text, type)
        if type == "word-nocase":
            glob, string = glob.lower(), string.lower()
        return glob is not None and any(glob_matches(g, string, type in ("path", "branch")) for g in braces(glob))

    def certain(self, patterns, type, value):
        """Every string against one pattern after the other; strings of choices against all patterns at once."""
        strings = strings_of(value)
        if not strings:
            return NO
        only_choices = not isinstance(value, str) and all(isinstance(p, str) or getattr(p, "choices", ()) for p in value.parts)
        groups = [patterns] if only_choices else [[p] for p in patterns]
        best = NO
        for group in groups:
            hits = [any(self.match(p, type, s) for p in group) for s in strings]
            best = max(best, MUST if all(hits) else MAY if any(hits) else NO)
        return best

    def fires(self, patterns, type, value):
        if isinstance(value, str) or (type != "path" and not is_glob(value)):
            return self.certain(patterns, type, value)
        if not is_glob(value):
            if all(isinstance(p, str) or getattr(p, "choices", ()) for p in value.parts):
                return self.certain(patterns, type, value)
            each = [(self.certain([p], type, value), p) for p in patterns]
            return max((v for v, p in each if v != MAY or p.kind == "context" or self.concerns(p, value)), default=NO)
        return max((MUST if self.aimed(p, type, value) else NO for p in patterns), default=NO)

    def concerns(self, pattern, value):
        """Whether what is written around an unknown piece of a path is about the pattern, which may match it."""
        full, absolute = self.full(pattern.text, "path"), pattern.text.startswith("/")
        if any(getattr(p, "choices", ()) for p in value.parts):
            return True
        if absolute and (isinstance(value.parts[0], str) or full == "/" or re.fullmatch(r"/[^/]*/\*\*", full)):
            return True
        shown = "".join(p if isinstance(p, str) else "$" for p in value.parts)
        folder = full.removeprefix("**/").rpartition("/")[0]
        if folder and full.startswith("**/"):
            return self.half_of(folder, shown)
        common = min((s for s in strings_of(value) if self.match(pattern, "path", s)), key=lambda s: (len(s), s))
        depth = max(1, sum(part not in ("", "**") for part in pattern.text[1:].split("/"))) if pattern.text[:1] == "." else 1
        spelled = full if absolute else "/".join(full.rstrip("/").split("/")[-depth:])
        tail = common if absolute else "/".join(common.split("/")[-depth:])
        written = len(re.sub(r"\*+|\?|\[[^]]*\]|[{}]", "", spelled))
        pieces = shown.split("$")
        shared = 0
        while shared < min(len(pieces[-1]), len(tail)) and pieces[-1][-1 - shared] == tail[-1 - shared]:
            shared += 1
        leading = [re.search(r"[^/]*/*$", piece).group() for piece in pieces[:-1]]
        shared = min(len(tail), shared + sum(len(piece) for piece in leading if piece and piece in tail))
        name, dot, ending = tail.rpartition("/")[2].rpartition(".")
        cut = len(ending) + 1 if dot and name and pieces[-1].endswith(dot + ending) else 0
        return 2 * (shared + written - len(tail) - cut) >= written - cut

    def half_of(self, folder, shown):
        """Whether half of a folder's letters stand before or after an unknown piece."""
        sizes = range((len(folder) + 1) // 2, len(folder) + 1)
        pieces = shown.split("$")
        before = ["/" + folder[:n] for n in sizes] + [f"/{folder}/"]
        after = [folder[-n:] + "/" for n in sizes]
        return any(("/" + p).endswith(b) for p in pieces[:-1] if p for b in before) or any(
            (p + "/").startswith(a) for p in pieces[1:] if p for a in after
        )

    def aimed(self, pattern, type, value):
        found = self.certain([pattern], type, value)
        if found != MAY or type != "path" or pattern.kind == "context":
            return found == MUST
        if pattern.text.startswith("/"):
            return True
        if pattern.text.endswith("/**") and pattern.text != "./**":
            folder = Pattern("glob", pattern.text[:-3])
            return any(self.aimed(folder, type, each) for each in above(value))
        names = pattern.text[1:] if pattern.text == "." or pattern.text.startswith("./") else pattern.text.removeprefix("**/")
        depth = max(1, sum(part not in ("", "**") for part in names.split("/")))
        flat = "".join(p if isinstance(p, str) else p.pattern[0] for p in value.parts)
        tail = flat.split("/")[-depth:]
        if len(tail) < depth:
            return False
        if "*" not in "".join(tail):
            return True
        common = min((s for s in strings_of(value) if self.match(pattern, type, s)), key=len)
        literals = sum(c not in "*?[" for c in "".join(tail)) + depth - 1
        spelled = "/".join(("**/" + pattern.text.removeprefix("**/")).rstrip("/").split("/")[-depth:])
        written = len(re.sub(r"\*+|\?|\[[^]]*\]|[{}]", "", spelled))
        return 2 * (literals + written - len("/".join(common.split("/")[-depth:]))) >= written

    def condition(self, condition, values, strict=False):
        type, patterns = self.fields.get(condition.field, "word"), condition.patterns
        judge = self.certain if strict else self.fires
        if not values:
            return NO
        if condition.quantifier == "any":
            return max(judge(patterns, type, v) for v in values)
        if condition.quantifier == "all":
            return min(max(judge([p], type, v) for v in values) for p in patterns)
        outside = []
        for value in values:
            found = self.certain(patterns, type, value)
            outside.append(MUST if found == MAY and is_glob(value) and not strict else MUST - found)
        return max(outside)

    def excuses(self, condition, values):
        type = self.fields.get(condition.field, "word")
        found = [self.certain(condition.patterns, type, v) for v in values]
        if not values or any(f != (NO if condition.quantifier == "not" else MUST) for f in found):
            return False
        return condition.quantifier != "all" or self.condition(condition, values, True) == MUST

    def policy(self, policy, operation):
        """The verdict of a policy on an operation."""
        if not set(policy.when) & set(operation.families):
            return NO
        strict = policy.outcome.mode == "allow"
        found = max(
            min((self.condition(c, operation.get(c.field), strict) for c in clause), default=MUST)
            for clause in policy.clauses or [()]
        )
        if any(clause and all(self.excuses(c, operation.get(c.field)) for c in clause) for clause in policy.exceptions):
            return NO
        branch = (self.action.data.get("repo") or {}).get("branch")
        here = all(self.condition(c, (branch,) if branch else ()) == MUST for c in policy.where)
        return found if here else NO

    def decide(self, operations, stage):
        """Matches in order, and what they come to."""
        matches, may, modes, would, lifted = [], set(), [], [], set()
        for place, operation in enumerate(operations):
            for pack in sorted(self.packs, key=lambda pack: pack.name):
                for policy in sorted(pack.policies, key=lambda policy: policy.id):
                    found, mode = self.policy(policy, operation), policy.outcome.mode
                    cap = stage or pack.rollout.policies.get(policy.id, pack.rollout.pack)
                    if found == MUST:
                        matches.append((place, pack.name, policy.id, least(mode, cap)))
                        modes.append(least(mode, cap))
                        would.append(mode)
                        lifted |= {(pack.name, place)} if mode == "allow" else set()
                    elif found == MAY and mode != "allow":
                        may.add(policy.id)
                        would.append(min(mode, pack.uncertain, key=RANK.index))
                        modes.append(least(would[-1], cap))
        for pack in self.packs:
            default = pack.default.modes.get(self.action.data["surface"])
            names = {pack.name, *pack.default.lifted_by}
            free = {place for name, place in lifted if name in names}
            if default is not None and free != set(range(len(operations))):
                would.append("block" if default == "deny" else "audit")
                modes.append(least(would[-1], stage or pack.rollout.pack))
        strictest = max(modes, key=RANK.index, default=None)
        answer = {"block": "deny", "terminate": "terminate", "require-approval": "require_approval"}.get(strictest, "allow")
        return {"matches": matches, "may": sorted(may), "mode": strictest, "decision": answer,
                "would": max(would, key=RANK.index, default=None)}


def least(mode, stage):
    return mode if stage == "block" else min(mode, stage, key=RANK.index)

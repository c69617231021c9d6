"""The tables of docs/must-and-may.md, row by row, against the engine."""

from pathlib import Path

import pytest

from packgate.engine import MAY, MUST, NO, Context, compile_packs, decide
from packgate.engine.conditions import Check, clause_verdict
from packgate.engine.patterns import Compiler
from packgate.engine.rules import compile_where, unmet
from packgate.model.action import shell_action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy
from packgate.model.value import DIGITS, NAME, Glob, Hole, join

PAGE = Path(__file__).resolve().parents[3] / "docs" / "must-and-may.md"
VERDICTS = {"no": NO, "may": MAY, "must": MUST}
CONTEXT = Context(shell_action("true"))


def tables():
    """Every table of the page by its header, as rows of cells without backticks."""
    found = {}
    header = None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = tuple(cell.strip().strip("`") for cell in line.strip().strip("|").split("|"))
        if header is None:
            header = cells
            found[header] = []
        elif not set(cells[0]) <= {"-"}:
            found[header].append(cells)
    return found


TABLES = tables()


def text(written, globs):
    """A value from the page's notation."""
    parts, index = [], 0
    holes = {"$ANY": Hole(), "$NAME": Hole((), NAME), "$DIGITS": Hole((), DIGITS)}
    while index < len(written):
        hole = next((name for name in holes if written.startswith(name, index)), None)
        if hole:
            parts.append(holes[hole])
            index += len(hole)
        elif written.startswith("$(", index):
            end = written.index(")", index)
            parts.append(Hole((), "any", tuple(written[index + 2:end].split(","))))
            index = end + 1
        elif globs and written[index] in "*?[":
            end = written.index("]", index) + 1 if written[index] == "[" else index + 1 + written.startswith("**", index)
            parts.append(Glob(written[index:end]))
            index = end
        else:
            parts.append(written[index])
            index += 1
    return join(parts)


def check(type, *patterns, quantifier="any"):
    return Check(Condition("field", tuple(Pattern("glob", p) for p in patterns), quantifier), type, Compiler({}))


def test_the_page_has_all_tables():
    assert [(header[-2:], len(rows) >= 8) for header, rows in TABLES.items()] == [
        (("pattern", "verdict"), True), (("pattern", "verdict"), True), (("verdicts", "result"), True),
        (("verdicts", "result"), True), (("unless", "result"), True),
    ]


@pytest.mark.parametrize("row", TABLES["type", "value", "pattern", "verdict"])
def test_value_and_pattern(row):
    type, value, pattern, verdict = row
    assert check(type, pattern).verdict((text(value, False),), CONTEXT) == VERDICTS[verdict]


@pytest.mark.parametrize("row", TABLES["type", "glob", "pattern", "verdict"])
def test_shell_glob(row):
    type, value, pattern, verdict = row
    assert check(type, pattern).verdict((text(value, True),), CONTEXT) == VERDICTS[verdict]


def value_of(verdict, name):
    """A value that pattern `<name>*` judges so, and no other pattern matches."""
    return {"no": "-", "must": f"{name}1", "may": Hole((), "any", (f"{name}1", "-"))}[verdict]


def values_of(verdicts, name="x"):
    if verdicts == "absent":
        return ()
    return tuple(join([value_of(verdict, name)]) for verdict in verdicts.split(", "))


@pytest.mark.parametrize("row", TABLES["condition", "verdicts", "result"])
def test_condition(row):
    quantifier, verdicts, result = row
    if quantifier != "all":
        made = check("word", "x*", quantifier=quantifier)
        assert made.verdict(values_of(verdicts), CONTEXT) == VERDICTS[result]
        return
    names = [] if verdicts == "absent" else verdicts.split(", ")
    made = check("word", *[f"{chr(97 + i)}*" for i in range(max(len(names), 1))], quantifier="all")
    values = tuple(join([value_of(verdict, chr(97 + i))]) for i, verdict in enumerate(names))
    assert made.verdict(values, CONTEXT) == VERDICTS[result]


@pytest.mark.parametrize("row", TABLES["part", "verdicts", "result"])
def test_part(row):
    part, verdicts, result = row
    if part == "unless":
        excused = check("word", "x*").excuses(values_of(verdicts), CONTEXT)
        assert excused == (result == "excused")
    elif part == "where":
        groups = {"absent": [], "no": ["other"], "must": ["other", "payments"]}[verdicts]
        where = compile_where((Condition("group", (Pattern("glob", "payments"),)),), Compiler({}))
        context = Context(shell_action("true", actor={"groups": groups}))
        assert (unmet(where, context) is None) == (result == "must")
    else:
        fields = [f"f{i}" for i, _ in enumerate(verdicts.split(", "))]
        operation = Operation(("f",), dict(zip(fields, [(v,) for v in values_of(verdicts)], strict=True)))
        checks = [Check(Condition(f, (Pattern("glob", "x*"),)), "word", Compiler({})) for f in fields]
        clauses = [tuple(checks)] if part == "mapping" else [(each,) for each in checks]
        assert max(clause_verdict(clause, operation, CONTEXT) for clause in clauses) == VERDICTS[result]


@pytest.mark.parametrize("row", TABLES["if", "unless", "result"])
def test_if_and_unless(row):
    fires, excuses, result = row
    policy = Policy(
        "p", "k", ("f",), Outcome("block"), ((Condition("a", (Pattern("glob", "x*"),)),),),
        ((Condition("b", (Pattern("glob", "y*"),)),),),
    )
    engine = compile_packs([Pack("k", "1", (policy,), uncertain="warn")], {})
    operation = Operation(("f",), {"a": values_of(fires), "b": values_of(excuses, "y")})
    decision = decide(shell_action("true"), Analysis([operation], []), engine, stage="block")
    assert decision.policy_ids == (["p"] if result == "must" else [])
    assert decision.may_match == (["p"] if result == "may" else [])
    assert decision.mode == {"must": "block", "may": "warn", "no": None}[result]

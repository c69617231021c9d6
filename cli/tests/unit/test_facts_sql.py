"""The SQL scan: verb, object, names, clause; sqlglot is the judge of what kind of statement it is."""

from __future__ import annotations

import pytest

from packgate.facts.sql import ADMIN, META, OPAQUE, READ, WRITE, scan
from packgate.model.value import Hole, Text

CASES = [
    ("DROP TABLE users", [(ADMIN, "DROP TABLE", ("users",), None)]),
    ("drop database if exists app;", [(ADMIN, "DROP DATABASE", ("app",), None)]),
    ("DROP TABLE IF EXISTS a.b, c", [(ADMIN, "DROP TABLE", ("a.b", "c"), None)]),
    ('/* x */ DrOp\n\tTaBlE "My T"', [(ADMIN, "DROP TABLE", ("My T",), None)]),
    ("-- hi\nDROP TABLE users", [(ADMIN, "DROP TABLE", ("users",), None)]),
    ("TRUNCATE TABLE a, b CASCADE", [(ADMIN, "TRUNCATE", ("a", "b"), None)]),
    ("ALTER TABLE a DROP COLUMN b", [(ADMIN, "ALTER TABLE", ("a",), None), (ADMIN, "ALTER DROP", ("a",), None)]),
    ("GRANT ALL ON x TO y", [(ADMIN, "GRANT", (), None)]),
    ("SELECT 'DROP TABLE users'", [(READ, "SELECT", (), None)]),
    ("SELECT dropped_at FROM truncated", [(READ, "SELECT", (), None)]),
    ("SELECT 1; DELETE FROM t", [(READ, "SELECT", (), None), (WRITE, "DELETE", ("t",), "none")]),
    ("DELETE FROM users WHERE id = 3", [(WRITE, "DELETE", ("users",), "where")]),
    ("DELETE FROM users WHERE 1=1", [(WRITE, "DELETE", ("users",), "none")]),
    ("DELETE FROM users WHERE TRUE", [(WRITE, "DELETE", ("users",), "none")]),
    ("DELETE FROM users WHERE (1 = 1)", [(WRITE, "DELETE", ("users",), "none")]),
    ("DELETE FROM t WHERE id IN (SELECT id FROM s WHERE x)", [(WRITE, "DELETE", ("t",), "where")]),
    ("UPDATE t SET a = (SELECT b FROM s WHERE x)", [(WRITE, "UPDATE", ("t",), "none")]),
    ("INSERT INTO t VALUES ('; DROP TABLE x')", [(WRITE, "INSERT", ("t",), None)]),
    ("WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x", [(WRITE, "DELETE", ("a",), "none")]),
    ("WITH x AS (SELECT 1) SELECT * FROM x", [(READ, "SELECT", (), None)]),
    ("EXPLAIN DELETE FROM t", [(READ, "EXPLAIN", (), None)]),
    ("EXPLAIN ANALYZE DELETE FROM t", [(WRITE, "DELETE", ("t",), "none")]),
    ("MERGE INTO t USING s ON a WHEN MATCHED THEN DELETE", [(WRITE, "MERGE DELETE", ("t",), None)]),
    ("DO $$ BEGIN DROP TABLE x; END $$", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("DO $$ BEGIN EXECUTE 'DROP ' || 'TABLE x'; END $$", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("DO $$ BEGIN EXECUTE q; END $$", [(OPAQUE, "EXECUTE", (), None)]),
    ("DO $$ BEGIN IF a THEN DELETE FROM x; END IF; END $$", [(WRITE, "DELETE", ("x",), "none")]),
    ("SELECT $$;$$; DROP TABLE x", [(READ, "SELECT", (), None), (ADMIN, "DROP TABLE", ("x",), None)]),
    ("SELECT 1 \\gx\nDROP TABLE x", [(READ, "SELECT", (), None), (ADMIN, "DROP TABLE", ("x",), None)]),
    ("PREPARE p AS DELETE FROM x; EXECUTE p", [(WRITE, "DELETE", ("x",), "none")]),
    ("SET @s = 'DROP TABLE x'; PREPARE p FROM @s; EXECUTE p", [(READ, "SET", (), None), (ADMIN, "DROP TABLE", ("x",), None)]),
    ("EXECUTE IMMEDIATE 'DROP TABLE x'", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("EXEC sp_executesql N'DROP TABLE x'", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("EXEC purge", [(OPAQUE, "EXEC", (), None)]),
    ("/*!50000 DROP TABLE x */", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("DELIMITER //\nDROP TABLE x//", [(ADMIN, "DROP TABLE", ("x",), None)]),
    ("SELECT E'it\\'s; DROP TABLE x'", [(READ, "SELECT", (), None)]),
    ("ALTER TABLE x DELETE WHERE 1=1", [(WRITE, "DELETE", ("x",), "none")]),
    ("COPY t TO PROGRAM 'sh'", [(READ, "COPY", ("t",), None), (META, "\\!", (), None)]),
    ("SELECT 1 INTO OUTFILE '/tmp/x'", [(READ, "SELECT", (), None), (META, "file-write", (), None)]),
    ("SELECT readfile('a')", [(READ, "SELECT", (), None), (META, "file-read", (), None)]),
    ("COPY t FROM STDIN", [(WRITE, "COPY", ("t",), None)]),
    ("\\dt", [(META, "\\dt", (), None)]),
    ("", []),
    ("   ;; ", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text or "empty" for text, _ in CASES])
def test_statements(text: str, expected: list[tuple[object, ...]]) -> None:
    assert [(s.kind, s.verb, s.names, s.clause) for s in scan(text)] == expected


def test_a_backslash_before_a_quote_is_read_both_ways() -> None:
    kinds = {statement.verb for statement in scan(r"SELECT '\'; DROP TABLE x; --'")}
    assert kinds == {"SELECT", "DROP TABLE"}


def test_unknown_text_for_a_verb_is_opaque() -> None:
    assert [s.kind for s in scan(Text((Hole(), " TABLE users")))] == [OPAQUE]


def test_unknown_text_in_a_value_is_not() -> None:
    found = scan(Text(("DELETE FROM users WHERE id = ", Hole())))
    assert [(s.verb, s.clause) for s in found] == [("DELETE", "where")]


@pytest.mark.parametrize("text", [text for text, _ in CASES if text.strip("; ") and not text.startswith(("\\", "/*!"))])
def test_sqlglot_agrees_on_reads_and_writes(text: str) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    from sqlglot import exp

    try:
        trees = [tree for tree in sqlglot.parse(text, read="postgres") if tree is not None]
    except sqlglot.errors.ParseError:
        pytest.skip("the judge can't parse it")
    if any(isinstance(tree, exp.Command) for tree in trees):
        pytest.skip("the judge takes it for an opaque command")
    changing = (exp.Insert, exp.Update, exp.Delete, exp.Drop, exp.TruncateTable, exp.Alter, exp.Merge, exp.Create, exp.Grant, exp.Copy)
    judged = any(tree.find(*changing) is not None for tree in trees)
    if text.startswith("EXPLAIN DELETE"):
        judged = False
    assert judged == any(statement.kind in (ADMIN, WRITE, OPAQUE, META) and statement.verb != "file-read" for statement in scan(text))


def test_hostile_text_takes_linear_time() -> None:
    for text in ("(" * 50_000, "'" * 50_001, "$a$" * 20_000, "/*" * 30_000, "DELETE " * 10_000, "WITH x AS (" * 5_000):
        scan(text)

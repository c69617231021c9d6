"""What SQL text does, by a token scan: verb, object, names, whether rows are limited.

It reads several statements, comments, quoted names, dollar quotes, common table expressions and ``psql`` meta-commands.
What it can't judge (procedural blocks, dynamic SQL) is said to be opaque.
"""

from __future__ import annotations

import re

from packgate.model.value import Hole, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

ADMIN = "admin"
WRITE = "write"
READ = "read"
META = "meta"
OPAQUE = "opaque"

# Stands for unknown text inside a statement.
_HOLE = "\ufffc"

_TOKEN_TEXT = (
    r"""(?P<space>\s+|--[^\n]*|\#[^\n]*(?=\n|$)|/\*(?!!).*?(?:\*/|$))
      | (?P<dollar>\$(?P<tag>[A-Za-z_]\w*)\$.*?(?:\$(?P=tag)\$|\Z)|\$\$.*?(?:\$\$|\Z))
      | (?P<string>[EeNnBbXx]?'(?:[^'\\]|''|\\.)*(?:'|$))
      | (?P<name>"(?:[^"]|"")*"|`[^`]*`|\[[A-Za-z_][^\]]*\])
      | (?P<word>[A-Za-z_\ufffc@#][\w$@\#\ufffc]*)
      | (?P<meta>\\[A-Za-z!?+]+)
      | (?P<number>\d[\w.]*)
      | (?P<punct>[(),;.]|[=<>!]+|[^\s\w])"""
)
_TOKEN = re.compile(_TOKEN_TEXT, re.VERBOSE | re.DOTALL)
# In standard SQL a backslash is an ordinary character of a string unless it is marked with E, in MySQL it escapes.
_TOKEN_STANDARD = re.compile(
    _TOKEN_TEXT.replace(r"[EeNnBbXx]?'(?:[^'\\]|''|\\.)*(?:'|$)", r"[Ee]'(?:[^'\\]|''|\\.)*(?:'|$)|[NnBbXx]?'(?:[^']|'')*(?:'|$)"),
    re.VERBOSE | re.DOTALL,
)
# Commands of clients that stand alone on a line: the sqlite3 and DuckDB shells, snowsql, sqlcmd.
_CLIENT_LINE = re.compile(r"\s*(\.[a-z]+|:?!!|![a-z]+)(?=\s|$)[^\n]*")
# Metacommands of psql that end a statement, and those of MySQL behind which the line goes on.
_ENDING = ("\\g", "\\gx", "\\gset", "\\gexec", "\\gdesc", "\\crosstabview", "\\watch", "\\G", "\\p", "\\c")
_VERSIONED = re.compile(r"/\*!\d*(.*?)\*/", re.DOTALL)
# Words behind `SYSTEM` of ClickHouse.
_CLICKHOUSE = frozenset("RELOAD FLUSH STOP START DROP SYNC RESTART SHUTDOWN KILL RESTORE UNFREEZE ENABLE DISABLE WAIT".split())
_DELIMITER = re.compile(r"^[ \t]*delimiter[ \t]+(\S+)[^\n]*$", re.IGNORECASE | re.MULTILINE)

_OBJECTS = frozenset(
    "TABLE DATABASE SCHEMA VIEW INDEX SEQUENCE FUNCTION PROCEDURE TRIGGER TYPE DOMAIN EXTENSION ROLE USER GROUP TABLESPACE "
    "POLICY RULE SERVER PUBLICATION SUBSCRIPTION COLUMN CONSTRAINT KEYSPACE COLLECTION EVENT LOGIN OWNED WAREHOUSE STAGE "
    "STREAM TASK PARTITION SYSTEM PROCEDURE AGGREGATE CAST COLLATION LANGUAGE OPERATOR STATISTICS TRANSFORM".split()
)
_MODIFIERS = frozenset(
    "IF EXISTS NOT ONLY CONCURRENTLY TEMP TEMPORARY MATERIALIZED FOREIGN UNIQUE OR REPLACE GLOBAL LOCAL UNLOGGED EVENT EXTERNAL "
    "CASCADE IGNORE LOW_PRIORITY QUICK DELAYED HIGH_PRIORITY".split()
)
_ADMIN = frozenset("DROP TRUNCATE ALTER CREATE GRANT REVOKE RENAME REASSIGN DETACH".split())
_WRITE = frozenset("INSERT UPDATE DELETE MERGE REPLACE UPSERT".split())
_READ = frozenset(
    "SELECT SHOW DESCRIBE DESC EXPLAIN VALUES TABLE USE SET BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ANALYZE VACUUM "
    "FETCH DECLARE CLOSE LISTEN NOTIFY CHECKPOINT PRAGMA HELP STATUS RESET DISCARD LOCK REINDEX COMMENT KILL FLUSH ABORT "
    "OPTIMIZE REFRESH CLUSTER UNLISTEN DEALLOCATE PREPARE GO DELIMITER".split()
)


class Statement:
    """One statement: ``kind`` of admin, write, read, meta, opaque; ``verb`` such as ``DROP TABLE`` or ``DELETE``;
    ``names`` of the objects; ``clause`` ``where`` or ``none`` for DELETE, UPDATE; ``text`` of a meta-command."""

    __slots__ = ("clause", "kind", "names", "text", "verb")

    def __init__(self, kind: str, verb: str, names: tuple[str, ...] = (), clause: str | None = None, text: str = "") -> None:
        self.kind = kind
        self.verb = verb
        self.names = names
        self.clause = clause
        self.text = text

    def __repr__(self) -> str:
        return f"Statement({self.kind!r}, {self.verb!r}, {self.names!r}, {self.clause!r}, {self.text!r})"


def scan(code: Value) -> list[Statement]:
    """The statements of SQL text, in order. Unknown text where a verb should stand makes an opaque statement.

    Where a backslash stands before a quote the dialects disagree about what is a string: then the statements of both
    readings are returned.
    """
    text = code if isinstance(code, str) else _flatten(code)
    if "/*!" in text:
        # MySQL runs what these comments hold.
        text = _VERSIONED.sub(r" \1 ", text)
    for match in _DELIMITER.finditer(text):
        if match.group(1) != ";":
            text = _DELIMITER.sub("", text, count=1).replace(match.group(1), ";")
            break
    out = _scan_with(text, _TOKEN)
    if "\\'" in text:
        seen = {repr(statement) for statement in out}
        out += [statement for statement in _scan_with(text, _TOKEN_STANDARD) if repr(statement) not in seen]
    return out


def _scan_with(text: str, token: re.Pattern[str]) -> list[Statement]:
    out: list[Statement] = []
    known: dict[str, str] = {}
    for tokens, start, end in _statements(text, token):
        out.extend(judge(tokens, text[start:end], known))
    return out


def _flatten(code: Text) -> str:
    return "".join(part if isinstance(part, str) else _HOLE if isinstance(part, Hole) else part.pattern for part in code.parts)


def _statements(text: str, token: re.Pattern[str]) -> list[tuple[list[tuple[str, str]], int, int]]:
    """Tokens of each statement with its range; a meta-command ends at its line."""
    out: list[tuple[list[tuple[str, str]], int, int]] = []
    tokens: list[tuple[str, str]] = []
    start = position = 0
    length = len(text)
    while position < length:
        match = token.match(text, position)
        if match is None:
            position += 1
            continue
        kind = match.lastgroup if match.lastgroup != "tag" else "dollar"
        word = match.group()
        line = _CLIENT_LINE.match(text, position) if not tokens and word[0] in ".!:\n \t\r" else None
        if line is not None:
            out.append(([("meta", line.group(1))], line.start(1), line.end()))
            position = start = line.end()
            continue
        if kind == "meta" and tokens and word in _ENDING:
            out.append((tokens, start, position))
            tokens, start = [], match.end()
            if word == "\\G" or not text[match.end():].split("\n", 1)[0].lstrip(" ").startswith("|"):
                position = match.end()
                continue
        if kind == "meta" and not tokens:
            line_end = text.find("\n", position)
            line_end = length if line_end < 0 else line_end
            out.append(([("meta", word)], position, line_end))
            position = start = line_end
            continue
        position = match.end()
        if kind == "space":
            continue
        if word == ";":
            if tokens:
                out.append((tokens, start, position))
            tokens, start = [], position
        else:
            tokens.append((str(kind), word))
    if tokens:
        out.append((tokens, start, length))
    return out


def judge(tokens: list[tuple[str, str]], text: str, known: dict[str, str]) -> list[Statement]:
    """What one statement does. ``known`` are the variables and prepared statements whose text is known."""
    kind, first = tokens[0]
    if kind == "meta" or first == "system":
        # MySQL's client has that command without a backslash as well.
        return [Statement(META, first, text=text.strip())]
    opened = 0
    while opened < len(tokens) and tokens[opened][1] == "(":
        opened += 1
    tokens = tokens[opened:]
    if not tokens:
        return []
    from packgate.facts.sql_code import code_of, files_of

    found = code_of(tokens, known)
    if found is None:
        found = _plain(tokens, text, known)
    return [*found, *files_of(tokens)]


def _plain(tokens: list[tuple[str, str]], text: str, known: dict[str, str]) -> list[Statement]:
    verb = tokens[0][1].upper()
    if verb == "SYSTEM" and len(tokens) > 1 and tokens[1][1] not in _CLICKHOUSE:
        # The client of MySQL runs a command.
        return [Statement(META, "system", text=text.strip().removesuffix(";"))]
    if verb == "EXPLAIN":
        return _explain(tokens, known)
    if verb == "WITH":
        return _with(tokens)
    if verb in _ADMIN:
        return _admin(verb, tokens)
    if verb in _WRITE:
        return [_write(verb, tokens)]
    if verb == "SELECT":
        return _select(tokens)
    return [_other(verb, tokens)]


def _other(verb: str, tokens: list[tuple[str, str]]) -> Statement:
    words = _upper(tokens)
    if verb == "COPY":
        if tokens[1:2] and tokens[1][1] == "(":
            # A query in parentheses can only be copied to somewhere.
            start = next((index for index, token in enumerate(tokens, 1) if token[1].upper() == "FROM"), len(tokens))
            return Statement(READ, "COPY", _names(tokens[start:start + 1]) or ("query",))
        return Statement(WRITE if "FROM" in words else READ, "COPY", _names(tokens[1:2]))
    if verb == "LOAD":
        return Statement(WRITE, "LOAD DATA")
    if verb in ("ATTACH", "DETACH", "VACUUM", "INSTALL") or verb in _READ:
        return Statement(READ, verb)
    return Statement(OPAQUE, "unknown" if _HOLE in tokens[0][1] else verb)


def _explain(tokens: list[tuple[str, str]], known: dict[str, str]) -> list[Statement]:
    words = _upper(tokens[:8])
    if "ANALYZE" not in words and "ANALYSE" not in words:
        return [Statement(READ, "EXPLAIN")]
    for index, word in enumerate(words):
        if word in _WRITE or word in _ADMIN or word in ("SELECT", "WITH"):
            return judge(tokens[index:], "", known)
    return [Statement(READ, "EXPLAIN")]


def _with(tokens: list[tuple[str, str]]) -> list[Statement]:
    """A common table expression: any data-changing statement inside or after it counts."""
    out = []
    for index, (kind, word) in enumerate(tokens):
        upper = word.upper()
        before = tokens[index - 1][1].upper() if index else ""
        if kind == "word" and upper in ("INSERT", "UPDATE", "DELETE", "MERGE") and (before in ("(", ")")):
            out.append(_write(upper, _balanced(tokens, index)))
    return out or [Statement(READ, "SELECT")]


def _balanced(tokens: list[tuple[str, str]], start: int) -> list[tuple[str, str]]:
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index][1] == "(") - (tokens[index][1] == ")")
        if depth < 0:
            return tokens[start:index]
    return tokens[start:]


def _select(tokens: list[tuple[str, str]]) -> list[Statement]:
    words = _upper(tokens)
    if any(word in ("PG_READ_FILE", "LO_IMPORT", "DBLINK_EXEC", "LOAD_EXTENSION") for word in words):
        return [Statement(OPAQUE, "SELECT")]
    return [Statement(READ, "SELECT")]


def _admin(verb: str, tokens: list[tuple[str, str]]) -> list[Statement]:
    if verb in ("GRANT", "REVOKE"):
        return [Statement(ADMIN, verb)]
    rest = tokens[1:]
    while rest and rest[0][1].upper() in _MODIFIERS:
        rest = rest[1:]
    subject = ""
    if rest and rest[0][1].upper() in _OBJECTS:
        subject = rest[0][1].upper()
        rest = rest[1:]
    while rest and rest[0][1].upper() in _MODIFIERS:
        rest = rest[1:]
    phrase = f"{verb} {subject}" if subject and verb != "TRUNCATE" else verb
    out = [Statement(ADMIN, phrase, _name_list(rest))]
    words = _upper(rest)
    if verb == "ALTER" and subject == "TABLE" and rest[1:]:
        # Mutations of ClickHouse.
        for index, (_, word) in enumerate(rest[:-1]):
            if word.upper() in ("DELETE", "UPDATE") and rest[index - 1][1].upper() not in ("ON", ","):
                return [Statement(WRITE, word.upper(), _name_list(rest), _clause(rest[index + 1:]))]
    if verb == "ALTER" and "DROP" in words:
        out.append(Statement(ADMIN, "ALTER DROP", _name_list(rest)))
    return out


def _write(verb: str, tokens: list[tuple[str, str]]) -> Statement:
    rest = tokens[1:]
    while rest and (rest[0][1].upper() in _MODIFIERS or rest[0][1].upper() in ("INTO", "FROM", "ONLY")):
        rest = rest[1:]
    names = _name_list(rest)
    if verb == "MERGE" and "DELETE" in _upper(rest):
        return Statement(WRITE, "MERGE DELETE", names)
    clause = _clause(rest) if verb in ("DELETE", "UPDATE") else None
    return Statement(WRITE, verb, names, clause)


_TRIVIAL = re.compile(r"^(?:TRUE|1|'?(\w+)'?\s*(?:=|<=>|>=|<=)\s*'?\1'?|NOT\s+FALSE|1\s*<>\s*0|0\s*<>\s*1|2\s*>\s*1)$", re.IGNORECASE)


def _clause(tokens: list[tuple[str, str]]) -> str:
    """``where`` when the rows are limited: a condition that is always true limits nothing."""
    depth = 0
    for index, (kind, word) in enumerate(tokens):
        depth += (word == "(") - (word == ")")
        upper = word.upper()
        if kind == "word" and depth == 0 and upper in ("WHERE", "LIMIT"):
            condition = " ".join(word for _, word in _until(tokens[index + 1:], ("RETURNING", "ORDER", "LIMIT")))
            return "none" if upper == "WHERE" and _TRIVIAL.match(condition.strip("() ")) else "where"
        if _HOLE in word and kind == "word" and index > 0 and word == _HOLE:
            return "unknown"
    return "none"


def _until(tokens: list[tuple[str, str]], words: tuple[str, ...]) -> list[tuple[str, str]]:
    for index, (_, word) in enumerate(tokens):
        if word.upper() in words:
            return tokens[:index]
    return tokens


def _upper(tokens: list[tuple[str, str]]) -> list[str]:
    return [word.upper() for kind, word in tokens if kind == "word"]


def _name_list(tokens: list[tuple[str, str]]) -> tuple[str, ...]:
    """``a, s.b, "c d"`` up to the first token that can't be part of a list of names."""
    out: list[str] = []
    current = ""
    for kind, word in tokens:
        if word == ".":
            current += "."
        elif word == ",":
            out.append(current)
            current = ""
        elif kind in ("word", "name") and (not current or current.endswith(".")):
            current += word if kind == "word" else word[1:-1]
        else:
            break
    return tuple(name for name in [*out, current] if name and _HOLE not in name)


def _names(tokens: list[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(word for kind, word in tokens if kind in ("word", "name"))

"""Code and files inside SQL: procedural blocks, statements that are built or prepared, functions and clauses that touch files.

Sources: PostgreSQL 17 (PL/pgSQL, COPY, server-side functions), MySQL 8.4 (PREPARE, INTO OUTFILE, LOAD DATA), T-SQL (EXEC, sp_executesql),
Snowflake (EXECUTE IMMEDIATE), SQLite (readfile, writefile, edit, VACUUM INTO), DuckDB (read_csv and its kin).
"""

from __future__ import annotations

from packgate.facts.sql import META, OPAQUE, READ, Statement, judge, scan

Tokens = list[tuple[str, str]]

_BLOCKS = frozenset(("DO", "BEGIN", "IF", "DECLARE", "WHILE", "FOR", "LOOP", "CASE", "ELSE", "EXCEPTION"))
# Words behind which a statement of a block begins.
_BOUNDARIES = frozenset(("THEN", "ELSE", "LOOP", "BEGIN", "DO", ")"))
_STARTS = frozenset(("DROP", "TRUNCATE", "ALTER", "CREATE", "GRANT", "REVOKE", "INSERT", "UPDATE", "DELETE", "MERGE", "EXECUTE", "EXEC",
                     "WITH", "COPY"))
_READS_FILE = frozenset((
    "READFILE", "READ_CSV", "READ_CSV_AUTO", "READ_PARQUET", "READ_JSON", "READ_JSON_AUTO", "READ_TEXT", "READ_BLOB", "PG_READ_FILE",
    "PG_READ_BINARY_FILE", "LOAD_FILE", "LO_IMPORT", "PARQUET_SCAN", "FILE",
))
_WRITES_FILE = {"WRITEFILE": 0, "LO_EXPORT": 1}
_RUNS = {"EDIT": 1, "SYS_EXEC": 0, "SYS_EVAL": 0}


def code_of(tokens: Tokens, known: dict[str, str]) -> list[Statement] | None:
    """The statements of code that a statement holds; None when it is an ordinary one."""
    verb = tokens[0][1].upper()
    if verb == "SET" or (verb == "DECLARE" and len(tokens) > 1 and tokens[1][1].startswith("@")):
        _remember(tokens, known)
        return [Statement(READ, verb)]
    if verb == "PREPARE":
        return _prepare(tokens, known)
    if verb in ("EXECUTE", "EXEC"):
        return _execute(tokens, known)
    if verb == "BEGIN" and (len(tokens) == 1 or tokens[1][1].upper() in ("TRANSACTION", "WORK", "ISOLATION", "READ", "IMMEDIATE",
                                                                         "EXCLUSIVE", "DEFERRED", "TRAN")):
        return None
    if verb == "END" or (verb in ("ELSE", "EXCEPTION") and len(tokens) == 1):
        return []
    if verb in _BLOCKS:
        return _block(tokens, known)
    return None


def _remember(tokens: Tokens, known: dict[str, str]) -> None:
    """``SET @s = 'text'``."""
    for index, (_, word) in enumerate(tokens[:-1]):
        if word in ("=", ":=") or (word == ":" and tokens[index + 1][1] == "="):
            text = _constant(tokens[index + (1 if word != ":" else 2):], known)
            name = next((part for _, part in tokens[1:index] if part.startswith("@")), "")
            if name and text is not None:
                known[name.lower()] = text
            return


def _prepare(tokens: Tokens, known: dict[str, str]) -> list[Statement]:
    for index, (kind, word) in enumerate(tokens):
        if kind == "word" and word.upper() == "AS" and index + 1 < len(tokens):
            known[tokens[1][1].lower()] = ""
            return judge(tokens[index + 1:], "", known)
        if kind == "word" and word.upper() == "FROM" and index:
            text = _constant(tokens[index + 1:], known)
            if text is not None:
                known[tokens[1][1].lower()] = ""
                return scan(text)
            return [Statement(OPAQUE, "PREPARE")]
    return [Statement(READ, "PREPARE")]


def _execute(tokens: Tokens, known: dict[str, str]) -> list[Statement]:
    """``EXECUTE p``, ``EXECUTE 'text'``, ``EXECUTE IMMEDIATE 'text'``, ``EXEC('text')``, ``EXEC sp_executesql N'text'``."""
    rest = tokens[1:]
    while rest and (rest[0][1].upper() in ("IMMEDIATE", "SP_EXECUTESQL", "FORMAT", "(") or rest[0][1].upper().endswith(".SP_EXECUTESQL")):
        rest = rest[1:]
    if rest and rest[0][0] == "word" and rest[0][1].lower() in known and not known[rest[0][1].lower()] and len(tokens) == 2:
        return []
    text = _constant(rest, known)
    return scan(text) if text is not None else [Statement(OPAQUE, tokens[0][1].upper())]


def _constant(tokens: Tokens, known: dict[str, str]) -> str | None:
    """The text of ``'a' || 'b' + @c``; None when part of it is not known."""
    out: list[str] = []
    for kind, word in tokens:
        if kind == "string":
            out.append(_unquoted(word))
        elif kind == "dollar":
            out.append(_body(word))
        elif kind == "word" and word.lower() in known and known[word.lower()]:
            out.append(known[word.lower()])
        elif word in (")", ",", "USING") or word.upper() in ("USING", "INTO"):
            break
        elif word not in ("|", "||", "+", "("):
            return None
    return "".join(out) if out else None


def _unquoted(word: str) -> str:
    start = word.index("'")
    return word[start + 1:].removesuffix("'").replace("''", "'")


def _body(word: str) -> str:
    """The text between dollar quotes."""
    tag = word[:word.index("$", 1) + 1]
    return word[len(tag):].removesuffix(tag)


def _block(tokens: Tokens, known: dict[str, str]) -> list[Statement]:
    """Statements of a procedural block, whose own words are passed over."""
    out: list[Statement] = []
    for kind, word in tokens:
        if kind in ("dollar", "string") and tokens[0][1].upper() == "DO":
            return scan(_body(word) if kind == "dollar" else _unquoted(word))
    for index, (kind, word) in enumerate(tokens):
        before = tokens[index - 1][1].upper() if index else ""
        if kind == "word" and word.upper() in _STARTS and (not index or before in _BOUNDARIES):
            out.extend(judge(tokens[index:], "", known))
            return out
    return [Statement(READ, tokens[0][1].upper())]


def files_of(tokens: Tokens) -> list[Statement]:
    """Files that a statement reads and writes, and commands that it runs, by its functions and clauses."""
    out: list[Statement] = []
    verb = tokens[0][1].upper()
    for index, (kind, word) in enumerate(tokens[:-1]):
        if kind != "word":
            continue
        upper = word.upper()
        following = tokens[index + 1]
        if upper in ("OUTFILE", "DUMPFILE", "INFILE") or (verb == "VACUUM" and upper == "INTO"):
            _file("read" if upper == "INFILE" else "write", following, out)
        elif verb == "COPY" and upper in ("TO", "FROM", "PROGRAM"):
            _copied(upper, following, out)
        elif verb == "ATTACH" and following[0] == "string":
            _file("write", following, out)
        elif following[1] == "(":
            _function(upper, tokens[index + 2:index + 12], out)
        elif upper in ("FROM", "JOIN") and following[0] == "string" and verb in ("SELECT", "WITH", "CREATE", "INSERT", "DESCRIBE",
                                                                                 "SUMMARIZE"):
            _file("read", following, out)
    return out


def _copied(word: str, following: tuple[str, str], out: list[Statement]) -> None:
    if word == "PROGRAM" and following[0] == "string":
        out.append(Statement(META, "\\!", text="\\! " + _unquoted(following[1])))
    elif word != "PROGRAM":
        _file("write" if word == "TO" else "read", following, out)


def _function(name: str, rest: Tokens, out: list[Statement]) -> None:
    strings = [token for token in rest[:8] if token[0] == "string"]
    if name in _READS_FILE and rest and rest[0][0] == "string":
        _file("read", rest[0], out)
    elif name in _WRITES_FILE and strings:
        _file("write", strings[0], out)
    elif name in _RUNS and len(strings) > _RUNS[name]:
        out.append(Statement(META, "\\!", text="\\! " + _unquoted(strings[_RUNS[name]][1])))


def _file(effect: str, token: tuple[str, str], out: list[Statement]) -> None:
    if token[0] == "string":
        path = _unquoted(token[1])
        if path and "://" not in path:
            out.append(Statement(META, f"file-{effect}", text=path))

"""`packgate events sql`: the same answers from text and Parquet, queries of the documentation that stay true, and nothing else to reach."""

from __future__ import annotations

import csv
import io
import json
import re
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from command_line import packgate
from pyarrow import parquet
from store_maker import DIGEST, decision, events, lines, write_log

from packgate.errors import UserError
from packgate.eventstore.lines import Damage
from packgate.eventstore.parquet import write
from packgate.eventstore.sql import opened

PAGE = Path(__file__).resolve().parents[3] / "docs" / "events-store.md"
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
STOP = ("deny", "require_approval", "terminate")


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """One log in every form."""
    folder = tmp_path_factory.mktemp("log")
    log = [str(path) for path in write_log(folder / "events.jsonl")]
    found = {"text": log, "parquet": [str(folder / "[1] it's*.parquet")], "days": [str(folder / "days")]}
    write(log, Path(found["parquet"][0]), Damage())
    write(log, Path(found["days"][0]), Damage(), by_day=True)
    write(log[:1], folder / "first.parquet", Damage())
    (folder / "rest.jsonl").write_bytes(b"".join(Path(path).read_bytes() for path in log[1:]))
    found["both"] = [str(folder / "first.parquet"), str(folder / "rest.jsonl")]
    # As somebody else's tool might write it: the lines alone.
    parquet.write_table(pa.table({"event": [line.decode() for line in lines([Path(path) for path in log])]}), folder / "other.parquet")
    found["other"] = [str(folder / "other.parquet")]
    return found


def _ask(places: list[str], query: str) -> list[dict[str, Any]]:
    damage = Damage()
    with opened(places, damage) as store:
        answer = store.ask(query)
        rows = [dict(zip(answer.names, row, strict=True)) for row in answer.rows]
    assert damage.lines == 0
    return rows


@pytest.mark.parametrize("query", ["SELECT * FROM events", "DESCRIBE events", *QUERIES])
def test_every_form_gives_the_same_answers(stored: dict[str, list[str]], query: str) -> None:
    expected = _ask(stored["text"], query)
    assert expected
    # In order of the lines, without being asked to be.
    assert _ask(stored["parquet"], query) == expected

    def placeless(rows: list[dict[str, Any]]) -> list[str]:
        return [json.dumps({key: value for key, value in row.items() if key not in ("file", "line")}) for row in rows]

    # The rows of other files stand elsewhere, and in folders of days in another order.
    assert placeless(_ask(stored["both"], query)) == placeless(_ask(stored["other"], query)) == placeless(expected)
    assert sorted(placeless(_ask(stored["days"], query))) == sorted(placeless(expected))


def test_files_and_folders_of_days_are_asked_together(stored: dict[str, list[str]]) -> None:
    query = "SELECT day, count(*) AS n FROM events GROUP BY day ORDER BY day"
    once = _ask(stored["text"], query)
    for places in ((*stored["days"], *stored["parquet"]), (*stored["parquet"], *stored["days"])):
        assert _ask(list(places), query) == [{**row, "n": 2 * row["n"]} for row in once]


def test_rows_are_those_of_the_log(stored: dict[str, list[str]]) -> None:
    paths = [Path(path) for path in stored["text"]]
    assert [row["event"].encode() for row in _ask(stored["parquet"], "SELECT event FROM events")] == lines(paths)
    (row,) = _ask(stored["text"], "SELECT time, day, groups, latency_us, digests, acknowledged FROM events WHERE decision_id = 'd-3'")
    assert row == {"time": "2026-01-28T03:00:00Z", "day": "2026-01-28", "groups": ["developers", "g1"], "latency_us": 53, "digests": [DIGEST],
                   "acknowledged": None}


def test_the_queries_of_the_page_say_what_the_events_say(stored: dict[str, list[str]]) -> None:
    every = events([Path(path) for path in stored["text"]])
    made = [each for each in every if each["kind"] == "decision"]
    days, policies, would, friction, warnings, waived, latency, partial = (_ask(stored["parquet"], query) for query in QUERIES)
    counts = Counter((each["time"][:10], each["decision"]["decision"]) for each in made)
    assert {(row["day"], row["decision"]): row["events"] for row in days} == counts
    stopped = [each for each in made if each["decision"]["decision"] in STOP]
    people = {each["action"]["actor"]["user"] for each in stopped}
    assert policies == [{"policy": "policy-0", "stopped": len(stopped), "people": len(people)}]
    assert would == [{"policy": "policy-1", "more": 12, "sessions": len({f"s-{number // 7}" for number in range(1, 60, 5)})}]
    assert sum(row["interruptions"] for row in friction) == len(stopped) == 12
    assert sum(row["actions"] for row in friction) == 60
    heeded = [each["outcome"] for each in every if each["kind"] == "outcome"]
    assert warnings == [{"policy": "policy-1", "warnings": 12, "went_on": 0, "tried_again": sum(each["repeated"] for each in heeded)}]
    assert waived == [{"policy": "policy-2", "waived": 6, "last": max(decision(number)["time"] for number in range(2, 60, 10))}]
    assert {row["agent"]: row["decisions"] for row in latency} == {"codex": 30, "claude-code": 30}
    assert all(50 <= row["median"] <= row["p99"] < 110 for row in latency)
    assert partial == [{"command": "kubectl get pods", "coverage": "partial", "events": 12}]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.csv"
    path.write_text("word\nhidden\n")
    return path


@pytest.mark.parametrize("query", [
    "SELECT * FROM '{0}'", "SELECT * FROM read_csv('{0}')", "SELECT * FROM read_text('{0}')", "SELECT * FROM read_blob('{0}')",
    "SELECT * FROM glob('{1}/*')", "SELECT * FROM sniff_csv('{0}')", "SELECT * FROM read_json('{0}')", "SELECT * FROM read_parquet('{2}')",
    "SELECT * FROM parquet_metadata('{2}')", "SELECT * FROM query('SELECT * FROM read_text(''{0}'')')", "SELECT * FROM secret", "SELECT getenv('HOME')",
    "SELECT * FROM (SELECT current_setting('temp_directory') AS d), read_text('/etc/passwd')",
    "SELECT * FROM which_secret('s3://b', 's3')", "SELECT * FROM read_text('{1}/../{1}/secret.csv')",
    "WITH x AS (COPY (SELECT 1) TO '{2}' (use_tmp_file false)) SELECT * FROM x", "WITH x AS (COPY (SELECT 1) TO '{1}/new' (use_tmp_file false)) SELECT * FROM x",
    "SELECT * FROM query('WITH x AS (COPY (SELECT 1) TO ''{2}'' (use_tmp_file false)) SELECT * FROM x')",
    "WITH x AS (COPY (SELECT 1) TO 'packgate://0.parquet' (use_tmp_file false)) SELECT * FROM x", "COPY (SELECT 1) TO 'packgate://0.parquet'",
    "SELECT * FROM read_text('packgate://{0}')", "SELECT * FROM read_text('packgate://1.parquet')", "SELECT * FROM glob('packgate://*')",
    "WITH x AS (INSERT INTO events (kind) VALUES ('a') RETURNING *) SELECT * FROM x", "WITH x AS (DELETE FROM lines RETURNING *) SELECT * FROM x",
    "COPY events TO '{1}/new'", "COPY (SELECT 1) TO '{2}' (use_tmp_file false)", "ATTACH '{1}/new.db'", "EXPORT DATABASE '{1}/new'", "INSTALL httpfs", "LOAD httpfs",
    "SET enable_external_access = true", "RESET lock_configuration", "PRAGMA database_list", "CREATE TABLE x AS SELECT 1", "DROP VIEW events",
    "SELECT 1; COPY events TO '{1}/new'", "CALL pragma_version()", "EXPLAIN ANALYZE SELECT 1", "", "-- nothing",
])
def test_a_query_reaches_nothing_else(stored: dict[str, list[str]], secret: Path, tmp_path: Path, query: str) -> None:
    inside = tmp_path / "events.parquet"
    inside.write_bytes(Path(stored["parquet"][0]).read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    with pytest.raises(UserError) as refused:
        _ask([str(inside)], query.format(secret, tmp_path, inside))
    assert "Traceback" not in refused.value.message
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_query_reaches_no_network(stored: dict[str, list[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/events.parquet"
        for function in ("read_parquet", "read_csv", "read_text"):
            with pytest.raises(UserError):
                _ask(stored["parquet"], f"SELECT * FROM {function}('{address}')")
        with pytest.raises(TimeoutError):
            server.accept()


def test_formats(stored: dict[str, list[str]]) -> None:
    query = "SELECT decision, count(*) AS n, min(time) AS first, [1, 2] AS both, NULL AS none, 1 AS n FROM events WHERE decision IS NOT NULL GROUP BY decision ORDER BY decision"
    rows = [("alert", 12, "2026-01-28T01:00:00Z"), ("allow", 36, "2026-01-28T02:00:00Z"), ("deny", 12, "2026-01-28T00:00:00Z")]
    found = {form: packgate("events", "sql", query, "--file", stored["parquet"][0], "--format", form) for form in ("text", "json", "csv")}
    assert {(done.code, done.err) for done in found.values()} == {(0, "")}
    table = [line.split() for line in found["text"].out.splitlines()]
    assert table[0] == ["decision", "n", "first", "both", "none", "n"]
    assert table[1] == ["alert", "12", "2026-01-28T01:00:00Z", "[1,", "2]", "-", "1"]
    objects = [json.loads(line) for line in found["json"].out.splitlines()]
    assert objects == [{"decision": word, "n": count, "first": time, "both": [1, 2], "none": None, "n_2": 1} for word, count, time in rows]
    assert list(csv.reader(io.StringIO(found["csv"].out)))[1:] == [[word, str(count), time, "[1, 2]", "", "1"] for word, count, time in rows]


def test_values_that_json_has_not(stored: dict[str, list[str]]) -> None:
    (row,) = _ask(stored["parquet"], """
        SELECT sum(latency_us) AS whole, 1.50::DECIMAL(9, 2) AS half, 'nan'::DOUBLE AS none, 'a'::BLOB AS bytes, {'k': [DATE '2026-01-31']} AS deep,
               MAP {'a': 1} AS pairs, TIMESTAMP '2026-01-31 10:00:00.5' AS local, TIME '10:00:00' AS clock, INTERVAL 1 DAY IS NULL AS truth
        FROM events""")
    assert row == {"whole": sum(range(50, 110)), "half": 1.5, "none": None, "bytes": "61", "deep": {"k": ["2026-01-31"]}, "pairs": [["a", 1]],
                   "local": "2026-01-31T10:00:00.500000", "clock": "10:00:00", "truth": False}


def test_secrets_and_controls_are_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    # A log holds none; what a query puts together, or another program wrote, may.
    secret = "ghp_" + "a1B2" * 9
    event = {"v": 1, "kind": "decision", "time": None, "action": {"surface": "shell", "command": f"export T={secret} \u001b[2J"}, "decision": {}}
    path.write_text(json.dumps(event) + "\n")
    for form in ("text", "json", "csv"):
        done = packgate("events", "sql", "SELECT command FROM events", "--file", str(path), "--format", form)
        assert (done.code, secret in done.all) == (0, False)
    assert "\\x1b[2J" in packgate("events", "sql", "SELECT command FROM events", "--file", str(path)).out
    assert secret not in packgate("events", "sql", f"SELECT '{secret}' FORM events", "--file", str(path)).all


def test_mistakes_are_told(stored: dict[str, list[str]]) -> None:
    def said(query: str) -> str:
        done = packgate("events", "sql", query, "--file", stored["parquet"][0])
        assert (done.code, done.out, "Traceback" in done.err) == (2, "", False)
        return done.err

    wrong = said("SELECT * FORM events")
    assert "syntax error" in wrong
    assert "LINE 1: SELECT * FORM events" in wrong
    assert 'column "nope" not found' in said("SELECT nope FROM events")
    assert "DESCRIBE events" in said("SELECT * FROM lists")
    # Found only while rows are read.
    assert "can't be carried out" in said("SELECT command::INTEGER FROM events WHERE command IS NOT NULL")
    assert "a query is one SELECT, not DROP" in said("DROP VIEW events")
    assert packgate("events", "sql", "SELECT 1", "--file", "missing.jsonl").code == 2


def test_damaged_lines_are_told_and_a_query_is_read_from_standard_input(tmp_path: Path) -> None:
    files = write_log(tmp_path / "events.jsonl", 10)
    with files[-1].open("ab") as stream:
        stream.write(b"{cut\n")
    done = packgate("events", "sql", "-", "--file", str(files[-1]), "--format", "csv", stdin=b"SELECT count(*) AS n FROM events WHERE kind = 'decision'")
    assert (done.code, done.out) == (1, "n\n10\n")
    assert f"{files[-1]}:{len(lines(files))}: not JSON" in done.err


def test_sorting_more_than_fits_uses_the_scratch_folder(stored: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    from packgate.eventstore import sql

    monkeypatch.setitem(sql._SETTINGS, "memory_limit", "60MB")
    with pytest.raises(UserError, match="Out of Memory") as refused:
        _ask(stored["parquet"], "SELECT string_agg(md5(range::VARCHAR), '') FROM range(4000000)")
    assert "SET" not in refused.value.message
    rows = _ask(stored["parquet"], "SELECT count(*) AS n FROM (SELECT hash(range) AS h FROM range(4000000) ORDER BY h OFFSET 1) WHERE h > 0")
    assert rows == [{"n": 3_999_999}]


def test_many_row_groups_are_read_by_many_threads(stored: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from packgate.eventstore import parquet as writing

    monkeypatch.setattr(writing, "ROWS", 100)
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(b'{"v":1,"kind":"gap","outcome":{"failure":"%d %s"}}\n' % (number, b"x" * (number % 3000)) for number in range(5000)))
    write([str(path)], tmp_path / "many.parquet", Damage())
    query = "SELECT count(*) AS n, sum(length(event)) AS size, count(DISTINCT hash(event)) AS all FROM events WHERE failure LIKE '%x'"
    lengths = [len(line) for line in lines([path]) if b"x" in line]
    for _ in range(5):
        (row,) = _ask([str(tmp_path / "many.parquet")], query)
        assert (row["n"], row["size"], row["all"]) == (len(lengths), sum(lengths), len(lengths))

"""The catalog's compiler: what it refuses, and that schema, words and run time agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from packgate.catalog import words
from packgate.catalog.build import compile_folder, encode, read_documents
from packgate.catalog.compile import compile_catalog
from packgate.catalog.digest import source_digest
from packgate.catalog.load import PROGRAMS, Catalog
from packgate.catalog.problems import CatalogError
from packgate.facts.handlers import handler
from packgate.facts.parsers import PARSERS, SPLITTERS
from packgate.source.vocabulary import builtin_vocabulary

SCHEMA = json.loads((Path(__file__).resolve().parents[3] / "schema" / "catalog.schema.json").read_text(encoding="utf-8"))
VOCABULARY = builtin_vocabulary()
RULE = {"families": ["delete-file"], "effect": "delete"}


def problems(**program) -> list[str]:
    entry = {"name": "p", "title": "P", **program}
    with pytest.raises(CatalogError) as caught:
        compile_catalog([("f.yaml", {"programs": [entry]})], VOCABULARY)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(("program", "message"), [
    ({"optoins": []}, "f.yaml: programs/p/optoins: unknown key 'optoins' (did you mean 'options'?)"),
    ({"commands": {"push": {"handlr": "x"}}}, "f.yaml: programs/p/commands/push/handlr: unknown key 'handlr' (did you mean 'handler'?)"),
    ({"handler": "git-pusch"}, "f.yaml: programs/p/handler: unknown handler 'git-pusch' (did you mean 'git-push'?)"),
    ({"does": [{**RULE, "famlies": []}]}, "f.yaml: programs/p/does/0/famlies: unknown key 'famlies' (did you mean 'families'?)"),
    ({"does": [{**RULE, "families": ["delete-fiel"]}]},
     "f.yaml: programs/p/does/0/families: unknown family 'delete-fiel' (did you mean 'delete-file'?)"),
    ({"does": [{**RULE, "path": "$1|ulr"}]}, "f.yaml: programs/p/does/0/path: unknown parser 'ulr' (did you mean 'url'?)"),
    ({"does": [{**RULE, "path": "$1|url.hots"}]},
     "f.yaml: programs/p/does/0/path: the parser 'url' has no part 'hots'; it has host, path, scheme, user"),
    ({"does": [{**RULE, "path": "$oprands"}]}, "f.yaml: programs/p/does/0/path: unknown source '$oprands'"),
    ({"does": [{"families": ["delete-file"]}]}, "f.yaml: programs/p/does/0/effect: expected one of"),
    ({"does": [{**RULE, "environment": "x", "network": "public"}]}, "f.yaml: programs/p/does/0/network: unknown key 'network'"),
    ({"style": "gun"}, "f.yaml: programs/p/style: expected one of"),
    ({"options": ["force"]}, "f.yaml: programs/p/options/0: cannot read the option 'force' at 'force'"),
    ({"options": ["-f --force", "-f"]}, "f.yaml: programs/p/options/1: option -f is declared twice"),
    ({"wraps": [{"kind": "code", "lang": "shell"}]}, "f.yaml: programs/p/wraps/0: a wrap has either 'from' or 'file'"),
    ({"commands": {"a|b": {}, "b": {}}}, "f.yaml: programs/p/commands/b: the sub-command 'b' is declared twice"),
    ({"cases": [{"comand": "p"}]}, "f.yaml: programs/p/cases/0/comand: unknown key 'comand' (did you mean 'command'?)"),
    ({"aliases": ["p"]}, "f.yaml: programs/p: the program 'p' is declared twice"),
])
def test_mistakes_are_named_with_their_place(program, message):
    assert any(found.startswith(message) for found in problems(**program)), problems(**program)


def test_every_mistake_is_reported():
    assert len(problems(style="gun", handler="x", options=["force"])) == 3


def test_a_program_belongs_to_one_entry_over_all_files():
    entry = {"name": "p", "title": "P"}
    with pytest.raises(CatalogError, match="b.yaml: programs/p: the program 'p' is declared twice"):
        compile_catalog([("a.yaml", {"programs": [entry]}), ("b.yaml", {"programs": [entry]})], VOCABULARY)


def test_a_second_entry_without_title_brings_sub_commands():
    documents = [
        ("a.yaml", {"programs": [{"name": "p", "title": "P", "commands": {"x": {}}}]}),
        ("b.yaml", {"programs": [{"name": "p", "commands": {"y": {"deletes": "$1"}}}]}),
    ]
    compiled = compile_catalog(documents, VOCABULARY)
    assert sorted(compiled["programs"][0]["tree"]["exact"]) == ["x", "y"]
    with pytest.raises(CatalogError, match="no entry with a title has the name 'q'"):
        compile_catalog([*documents, ("c.yaml", {"programs": [{"name": "q", "commands": {}}]})], VOCABULARY)


def test_the_built_in_catalog_fits_its_schema():
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    wrong = [(file, list(error.absolute_path), error.message) for file, data in read_documents(PROGRAMS) for error in validator.iter_errors(data)]
    assert wrong == []


def test_schema_and_words_agree():
    definitions = SCHEMA["$defs"]
    assert set(definitions["program"]["properties"]) == words.PROGRAM_KEYS
    assert set(definitions["level"]["properties"]) == words.LEVEL_KEYS
    assert set(definitions["wrap"]["properties"]) == words.WRAP_KEYS | words.WRAP_FIELDS
    assert set(definitions["rule"]["properties"]) == words.RULE_KEYS | (VOCABULARY.fields.keys() - words.COMPUTED_FIELDS)
    assert set(definitions["variable"]["properties"]) == words.VARIABLE_KEYS
    assert set(definitions["case"]["properties"]) == words.CASE_KEYS
    assert set(SCHEMA["properties"]) == words.DOCUMENT_KEYS
    assert definitions["level"]["properties"]["handler"]["anyOf"][0]["enum"] == sorted(words.HANDLERS)
    assert definitions["program"]["then"]["propertyNames"]["enum"] == sorted(words.CONTINUATION_KEYS)


def test_every_named_parser_and_handler_exists():
    assert set(words.PARSERS) == set(PARSERS) | set(SPLITTERS)
    for name in words.HANDLERS:
        assert callable(handler(name))


def test_encoded_catalog_decodes_to_the_same_programs_one_at_a_time():
    compiled = compile_folder(PROGRAMS)
    text = encode(compiled, source_digest(PROGRAMS))
    assert text == encode(compile_folder(PROGRAMS), source_digest(PROGRAMS))
    catalog = Catalog(json.loads(text))
    assert catalog.program("rm") is not None
    assert catalog.program("no-such-program") is None
    decoded = [index for index, entry in enumerate(catalog.entries) if not isinstance(entry, str)]
    assert [compiled["programs"][index]["name"] for index in decoded] == ["rm"]
    assert catalog.entries[decoded[0]] == json.loads(json.dumps(compiled["programs"][decoded[0]]))


def test_a_pack_adds_programs_and_fields_but_redefines_none():
    catalog = Catalog.load_builtin()
    document = {
        "families": {"payment": {"definition": "Moves money."}},
        "fields": {"account": {"type": "word", "definition": "The account."}},
        "programs": [{"name": "payctl", "title": "Payments", "does": [
            {"families": ["payment"], "operation": "transfer", "effect": "write", "account": "$1"}]}],
    }
    assert catalog.extended_with(document).program("payctl") is not None
    assert catalog.program("payctl") is None
    with pytest.raises(ValueError, match="already in the catalog: rm"):
        catalog.extended_with({"programs": [{"name": "rm", "title": "Mine"}]})

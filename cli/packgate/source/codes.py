"""The stable codes of source, schema and loading problems, and their titles.

A code is never reused. ``PG0xx`` is about a file and its YAML, ``PG1xx`` about what the YAML says; ``PG2xx`` and upward
belong to the lint rules.
"""

from __future__ import annotations

UNREADABLE = "PG001"
NOT_A_FILE = "PG002"
TOO_LARGE = "PG003"
NOT_UTF8 = "PG004"
EMPTY = "PG005"
SYNTAX = "PG006"
ANCHOR = "PG007"
ALIAS = "PG008"
MERGE_KEY = "PG009"
TAG = "PG010"
DUPLICATE_KEY = "PG011"
KEY_NOT_TEXT = "PG012"
TOO_DEEP = "PG013"
TOO_MUCH = "PG014"
SEVERAL_DOCUMENTS = "PG015"
DIRECTIVE = "PG016"
HIDDEN_CHARACTER = "PG017"
IGNORED_FILE = "PG018"
NO_PACK_FILE = "PG019"
UNKNOWN_KIND = "PG020"

SCHEMA = "PG100"
UNKNOWN_KEY = "PG101"
MISSING_KEY = "PG102"
NOT_ALLOWED = "PG103"
WRONG_TYPE = "PG104"
WRONG_FORM = "PG105"
OUT_OF_RANGE = "PG106"
NO_FORM_FITS = "PG107"
REPEATED = "PG108"
UNKNOWN_FAMILY = "PG110"
UNKNOWN_FIELD = "PG111"
UNKNOWN_LIST = "PG112"
UNKNOWN_THREAT = "PG113"
DUPLICATE_POLICY = "PG114"
VOCABULARY_CLASH = "PG116"
MALFORMED_DATE = "PG117"
CATALOG = "PG118"
CATALOG_CLASH = "PG119"
BASE_NOT_FOUND = "PG120"
BASE_VERSION = "PG121"
BASE_CYCLE = "PG122"
OVERRIDE_UNKNOWN = "PG123"
OVERRIDE_LOOSER = "PG124"
UNKNOWN_POLICY = "PG125"
DUPLICATE_WAIVER = "PG126"
PACK_NOT_FOUND = "PG127"
DUPLICATE_PACK = "PG128"
BASE_BROKEN = "PG129"

TITLES: dict[str, str] = {
    UNREADABLE: "The file is missing or cannot be read",
    NOT_A_FILE: "A directory or device stands where a file is expected",
    TOO_LARGE: "The file is larger than the limit",
    NOT_UTF8: "The file is not UTF-8 text",
    EMPTY: "The file says nothing",
    SYNTAX: "The file is not well-formed YAML",
    ANCHOR: "YAML anchors are not allowed",
    ALIAS: "YAML aliases are not allowed",
    MERGE_KEY: "YAML merge keys are not allowed",
    TAG: "YAML tags are not allowed",
    DUPLICATE_KEY: "A key is given twice",
    KEY_NOT_TEXT: "A key is not text",
    TOO_DEEP: "The file is nested too deeply",
    TOO_MUCH: "The file holds too many items or problems",
    SEVERAL_DOCUMENTS: "The file holds more than one YAML document",
    DIRECTIVE: "YAML directives are not allowed",
    HIDDEN_CHARACTER: "The file holds a control or invisible character",
    IGNORED_FILE: "The file stands among policies but is not read",
    NO_PACK_FILE: "The folder holds no pack.yaml",
    UNKNOWN_KIND: "It is not clear what the file is",
    SCHEMA: "The value does not fit the schema",
    UNKNOWN_KEY: "Unknown key",
    MISSING_KEY: "A key is missing",
    NOT_ALLOWED: "The value is not one of those allowed",
    WRONG_TYPE: "The value has the wrong type",
    WRONG_FORM: "The text has the wrong form",
    OUT_OF_RANGE: "Too small, too large, too few or too many",
    NO_FORM_FITS: "None of the accepted forms fits",
    REPEATED: "An item is listed twice",
    UNKNOWN_FAMILY: "Unknown family",
    UNKNOWN_FIELD: "Unknown field",
    UNKNOWN_LIST: "Unknown list",
    UNKNOWN_THREAT: "Unknown threat layer",
    DUPLICATE_POLICY: "A policy id is used twice",
    VOCABULARY_CLASH: "A pack redefines a family or field",
    MALFORMED_DATE: "Not a calendar day",
    CATALOG: "A mistake in a pack's catalog",
    CATALOG_CLASH: "A pack redefines a program",
    BASE_NOT_FOUND: "The pack that this one extends was not found",
    BASE_VERSION: "The pack that this one extends has another version",
    BASE_CYCLE: "Packs extend each other in a circle",
    OVERRIDE_UNKNOWN: "An override names no inherited policy",
    OVERRIDE_LOOSER: "An inherited rule is made looser",
    UNKNOWN_POLICY: "Unknown policy",
    DUPLICATE_WAIVER: "A waiver id is used twice",
    PACK_NOT_FOUND: "The pack was not found",
    DUPLICATE_PACK: "Two packs have the same name",
    BASE_BROKEN: "The pack that this one extends has errors",
}

"""The OpenAPI description of the server: its schemas are those of actions and decisions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from packgate import __version__
from packgate.level.levels import NAMES
from packgate.resources import schema_path

_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"], "additionalProperties": False}
_REFUSALS = {
    "400": "The body was cut off.",
    "401": "The token is missing or wrong.",
    "403": "The request comes from a page in a browser, or from somebody who may not.",
    "404": "There is no such agent, event or request.",
    "409": "The answer is one that the agent takes from an exit code only, the request can't be answered, or no simulation can be made.",
    "413": "The body is too long.",
    "415": "The body is not declared as application/json.",
    "421": "The server was asked under another name than its own.",
    "422": "The body can't be decided: not JSON with one meaning, or not what is expected.",
}
# What any route can answer that wants a token.
_ANY = ("401", "403", "421")
_STATUS = {
    "type": "object",
    "properties": {
        "version": {"type": "string", "description": "Of packgate."},
        "started": {"type": "string", "format": "date-time"},
        "loaded": {"type": "string", "format": "date-time", "description": "Since when the present packs are in use."},
        "bundles": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pack": {"type": "string"}, "version": {"type": "string"}, "stage": {"type": "string"},
                    "revision": {"type": ["integer", "null"]}, "digest": {"type": ["string", "null"]},
                },
                "required": ["pack", "version", "stage", "revision", "digest"],
            },
        },
        "refused": {
            "type": ["object", "null"],
            "description": "What was published last and could not be loaded; what was held before is in use.",
            "properties": {"time": {"type": "string", "format": "date-time"}, "reason": {"type": "string"}},
            "required": ["time", "reason"],
        },
        "sessions": {"type": "integer", "description": "Sessions with a denial that is remembered."},
    },
    "required": ["version", "started", "loaded", "bundles", "refused", "sessions"],
    "additionalProperties": False,
}

_REQUEST = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("id", "digest", "state", "note", "reason", "decision_id")},
        **{name: {"type": "integer"} for name in ("v", "created", "expires", "risk_score")},
        **{name: {"type": "array", "items": {"type": "string"}} for name in ("roles", "policies")},
        **{name: {"type": "object"} for name in ("requester", "answers", "action")},
    },
    "required": ["id", "state", "roles", "policies", "created", "expires", "requester", "answers", "note", "reason", "action"],
}
_REQUESTS = {
    "type": "object", "properties": {"requests": {"type": "array", "items": _REQUEST}}, "required": ["requests"],
    "additionalProperties": False,
}
_ANSWER = {
    "type": "object", "properties": {"answer": {"enum": ["approve", "deny"]}, "note": {"type": "string", "maxLength": 1000}},
    "required": ["answer"],
}


_SIMULATION = {
    "type": "object",
    "properties": {
        "level": {"type": "string", "enum": list(NAMES)},
        "before": {"type": ["string", "null"], "description": "The level that holds now."},
        "default": {"type": "string", "description": "What holds, by surface, where no policy allows."},
        "files": {"type": "array", "items": {"type": "object"}, "description": "Files of a repository that it would write or remove."},
        "changes": {"type": "array", "items": {"type": "object"}, "description": "What would change in the packs."},
        "policies": {"type": "array", "items": {"type": "object"}, "description": "The policies of the level."},
        "counts": {"type": "object", "description": "Of cases and recorded actions, by source."},
        "stopped": {"type": "array", "items": {"type": "object"}, "description": "Actions that would be stopped, and run now."},
        "freed": {"type": "array", "items": {"type": "object"}, "description": "Actions that would run, and are stopped now."},
        "gaps": {"type": "integer", "description": "Actions that would be recorded because no policy covers them."},
        "refused": {"type": "array", "items": {"type": "string"}, "description": "Recorded actions that can't be read."},
        "not_replayable": {
            "type": "object", "additionalProperties": {"type": "integer"}, "description": "Records that can't be decided again, by reason.",
        },
        "in_part": {
            "type": "object", "additionalProperties": {"type": "integer"},
            "description": "Records that were decided from less than was done, by what they lack.",
        },
    },
    "required": [
        "level", "before", "default", "files", "changes", "policies", "counts", "stopped", "freed", "gaps", "refused", "not_replayable",
        "in_part",
    ],
    "additionalProperties": False,
}


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "packgate decision server", "version": __version__,
            "description": "Decides what coding agents are about to do. On loopback or a Unix socket only.",
        },
        "security": [{"token": []}],
        "paths": {
            "/v1/decide": {"post": _operation(
                "decide", "Decide an action", "The decision, with every key always present.", _reference("decision"),
                ("400", "401", "403", "413", "415", "421", "422"), _reference("action"),
            )},
            "/v1/hooks/{agent}/{event}": {
                "parameters": [_parameter("agent", "An agent's name."), _parameter("event", "An event of the agent, as it names it.")],
                "post": _operation(
                    "hook", "Answer an agent's hook", "In the agent's own dialect; an empty object lets the action run without a word.",
                    {"type": "object"}, (*_ANY, "400", "404", "409", "413", "415"), {"description": "What the agent sends."},
                ),
            },
            "/v1/simulate": {
                "get": {
                    **_operation(
                        "simulate", "What a level would change", "Files, policies, and the actions that would be decided otherwise.",
                        _reference("simulation"), (*_ANY, "409", "422"),
                    ),
                    "parameters": [{
                        "name": "level", "in": "query", "required": True, "description": "The level.",
                        "schema": {"type": "string", "enum": list(NAMES)},
                    }],
                },
            },
            "/v1/approvals": {"get": _for_people(_operation(
                "approvals", "What waits for an approval", "Requests, secrets masked.", _REQUESTS, ("401", "403", "404", "409", "421"),
            ))},
            "/v1/approvals/{id}": {
                "parameters": [_parameter("id", "A request's id.")],
                "post": _for_people(_operation(
                    "answer", "A person's answer", "The request as it then is.", _REQUEST,
                    ("400", "401", "403", "404", "409", "413", "415", "421", "422"), _ANSWER,
                )),
            },
            "/v1/status": {"get": _operation("status", "What is in use", "Packs, and the last refusal.", _reference("status"), _ANY)},
            "/metrics": {"get": _text(
                _operation("metrics", "Counters for Prometheus", "The text exposition format.", {"type": "string"}, _ANY)
            )},
            "/openapi.json": {"get": _operation("openapi", "This description", "OpenAPI 3.1.", {"type": "object"}, _ANY)},
            "/healthz": {"get": {
                "operationId": "health", "summary": "Whether the server is there", "security": [],
                "responses": {"204": {"description": "It is."}, **_refusals(("403", "421"))},
            }},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "That of the token file."},
                "person": {"type": "http", "scheme": "bearer", "description": "That of a person who may approve."},
            },
            "schemas": {
                "action": _schema("action"), "decision": _schema("decision"), "status": _STATUS, "error": _ERROR, "simulation": _SIMULATION,
            },
        },
    }


def _operation(
    name: str, summary: str, success: str, answer: dict[str, Any], refusals: tuple[str, ...], body: dict[str, Any] | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": name, "summary": summary}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    found["responses"] = {"200": {"description": success, "content": {"application/json": {"schema": answer}}}, **_refusals(refusals)}
    return found


def _parameter(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": {"type": "string", "minLength": 1}}


def _for_people(operation: dict[str, Any]) -> dict[str, Any]:
    return {**operation, "security": [{"person": []}]}


def _text(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation["responses"]["200"]["content"]
    content["text/plain"] = content.pop("application/json")
    return operation


def _refusals(codes: tuple[str, ...]) -> dict[str, Any]:
    content = {"application/json": {"schema": _reference("error")}}
    return {code: {"description": _REFUSALS[code], "content": content} for code in codes}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(kind: str) -> dict[str, Any]:
    with open(schema_path(kind), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    if kind == "action":
        # The schema is for those who write actions. A caller's other word is decided too: as a write, and the decision says so.
        del schema["properties"]["operation"]["enum"]
    # An address of its own would make what is inside relative to it.
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id")}

"""Bring the JSON Schemas up to date with the vocabulary, and with each other.

The families and fields that an editor completes come from ``vocabulary.yaml``. Definitions that several schemas share
are kept in ``policies.schema.json`` and copied, since an editor can't follow a reference to another file's ``$id``.

    python schema/generate.py            write what changed
    python schema/generate.py --check    exit 1 if something would change
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
SOURCE = "policies"
SHARED = ("pattern", "patterns", "condition", "clause", "clauses", "where", "outcome")
COPIES = ("pack", "waivers", "assignments")


def generate(folder: Path = FOLDER) -> dict[Path, str]:
    """The text that every schema file should have."""
    vocabulary = yaml.safe_load((folder / "vocabulary.yaml").read_text(encoding="utf-8"))
    source = _load(folder, SOURCE)
    definitions = source["$defs"]
    families = sorted(vocabulary["families"].items())
    names = definitions["family"]["anyOf"][1]
    names["enum"] = [name for name, _ in families]
    names["enumDescriptions"] = [entry["definition"] for _, entry in families]
    definitions["clause"]["properties"] = {
        name: {"title": name, "description": f"{entry['definition']} ({entry['type']}).", "$ref": "#/$defs/condition"}
        for name, entry in sorted(vocabulary["fields"].items())
    }
    texts = {folder / f"{SOURCE}.schema.json": _dump(source)}
    for name in COPIES:
        schema = _load(folder, name)
        for shared in SHARED:
            if shared in schema["$defs"]:
                schema["$defs"][shared] = definitions[shared]
        texts[folder / f"{name}.schema.json"] = _dump(schema)
    return texts


def _load(folder: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
    return data


def _dump(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; returns the exit code."""
    stale = [(path, text) for path, text in generate().items() if path.read_text(encoding="utf-8") != text]
    for path, text in stale:
        sys.stdout.write(f"{'stale' if '--check' in arguments else 'written'}: {path.name}\n")
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

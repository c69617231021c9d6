"""Build the compiled catalog that a wheel carries: ``python -m packgate.catalog.build``."""

from __future__ import annotations

import json
import os
import sys

from packgate.catalog.compile import compile_catalog
from packgate.catalog.digest import catalog_files, source_digest
from packgate.catalog.problems import CatalogError, CatalogProblem
from packgate.model.vocabulary import Vocabulary, families_from, fields_from
from packgate.source.vocabulary import builtin_vocabulary
from packgate.source.yaml import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def read_documents(folder: str) -> list[tuple[str, Any]]:
    """Every catalog file's name and data. Raises `CatalogError` for text that is not the YAML packgate accepts."""
    documents = []
    problems: list[CatalogProblem] = []
    for path in catalog_files(folder):
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            document = parse_yaml(file.read(), name)
        problems.extend(CatalogProblem(str(found.position), (), found.message, found.hint) for found in document.diagnostics)
        documents.append((name, document.data))
    if problems:
        raise CatalogError(problems)
    return documents


def compile_folder(folder: str) -> dict[str, Any]:
    """The compiled catalog of a folder, as plain data."""
    return compile_catalog(read_documents(folder), builtin_vocabulary())


def encode(compiled: dict[str, Any], digest: str) -> str:
    """The compiled catalog as canonical JSON. Each program is JSON text of its own, so that reading one costs one."""
    programs = [_canonical(program) for program in compiled["programs"]]
    return _canonical({**compiled, "programs": programs, "digest": digest}) + "\n"


def write(path: str, compiled: dict[str, Any], digest: str) -> None:
    """Write the compiled catalog, at once or not at all: others may be reading it. Raises `OSError`."""
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=".compiled-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(encode(compiled, digest))
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def renew(path: str, compiled: dict[str, Any], digest: str) -> None:
    """As `write`, for a process that has another purpose: a folder that can't be written to is no error."""
    try:
        write(path, compiled, digest)
    except OSError:
        return


def _canonical(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def extended_vocabulary(document: dict[str, Any], vocabulary: Vocabulary | None) -> Vocabulary:
    """The vocabulary with what a pack's catalog document adds to it."""
    base = vocabulary if vocabulary is not None else builtin_vocabulary()
    families = families_from(document.get("families") or {})
    fields = fields_from(document.get("fields") or {})
    return base.extended(families.values(), fields.values())


def main() -> int:
    """Compile the built-in catalog and write it beside this module."""
    from packgate.catalog.load import COMPILED, PROGRAMS

    try:
        compiled = compile_folder(PROGRAMS)
    except CatalogError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    write(COMPILED, compiled, source_digest(PROGRAMS))
    sys.stdout.write(f"{COMPILED}: {len(compiled['programs'])} programs\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

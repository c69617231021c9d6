"""The policies of the files that were read, each id once; and policies files that stand alone."""

from __future__ import annotations

import os

from packgate.diagnostics import Diagnostic
from packgate.model.policy import Pack
from packgate.source import codes
from packgate.source.build import build_policy
from packgate.source.files import kind_of
from packgate.source.pointer import pointer
from packgate.source.read import read_source
from packgate.source.references import check_policies
from packgate.source.result import LoadResult, PolicySource, has_errors
from packgate.source.schema import check_schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from packgate.model.policy import Policy
    from packgate.model.vocabulary import Vocabulary
    from packgate.source.cache import ValidationCache
    from packgate.source.file import SourceFile

# What a file that names no version counts as.
UNVERSIONED = "0.0.0"


def collect_policies(result: LoadResult, pack: str, inherited: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Build the policies of the result's files, note where each stands, and refuse an id that is taken."""
    policies = list(inherited)
    for source in result.files:
        for index, data in source.items("policies") if source.kind == "policies" else ():
            place = pointer("policies", index)
            taken = result.policies.get(data["id"])
            if taken is not None:
                result.diagnostics.append(_duplicate(source, place, data["id"], taken, taken.file in result.files))
                continue
            policies.append(build_policy(data, pack))
            result.policies[data["id"]] = PolicySource(source, place)
    return tuple(policies)


def _duplicate(source: SourceFile, place: str, name: str, taken: PolicySource, is_own: bool) -> Diagnostic:
    return source.diagnostic(
        codes.DUPLICATE_POLICY, f"the policy id '{name}' is used already, at {taken.position('id')}", place + "/id",
        hint="choose another id" if is_own else "tighten an inherited policy under `override` in pack.yaml",
    )


def load_policies_file(
    path: str, vocabulary: Vocabulary, lists: Collection[str] = (), cache: ValidationCache | None = None
) -> LoadResult:
    """Load a policies file by itself, as a pack named after it. Lists and threat layers live in a pack.yaml that is not
    there: threat layers are not checked, a list must come from ``lists``."""
    result = LoadResult(path=path, vocabulary=vocabulary)
    source, found = read_source(path, kind="policies")
    result.diagnostics += found
    if source is not None:
        result.files.append(source)
        if kind_of(path, source.data) == "policies":
            result.diagnostics += check_schema(source, "policies", cache)
            result.diagnostics += check_policies(source, vocabulary, lists, None)
        else:
            result.diagnostics.append(source.diagnostic(
                codes.UNKNOWN_KIND, "this is not a policies file", "", hint="a policies file has the top-level key `policies`"
            ))
    name = os.path.splitext(os.path.basename(path))[0]
    policies = () if has_errors(result.diagnostics) else collect_policies(result, name, ())
    result.diagnostics.sort(key=Diagnostic.sort_key)
    if not has_errors(result.diagnostics):
        result.pack = Pack(name, UNVERSIONED, policies, title=name)
    return result

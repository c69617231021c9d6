"""Names of array elements that builtins take as text: bash expands their subscripts, with the commands in them.

Source: Bash Reference Manual, "Arrays" and "Shell Arithmetic"; tried with bash 5.2: `[[ -v NAME ]]`, `test -v NAME`, `printf -v NAME`,
`read NAME`.
"""

from __future__ import annotations

from packgate.shell.builtins_code import run_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk


def run_subscript(walk: Walk, name: Value, state: State) -> None:
    """Walk what the subscript of ``name`` runs."""
    if isinstance(name, str) and "[" in name and name.endswith("]") and ("$(" in name or "`" in name):
        run_code(walk, f": $(( {name} ))", state.copy(), walk.span(0, 0), "")

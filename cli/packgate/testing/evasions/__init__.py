"""Ways to write a command differently: rewrites that do the same, and wraps in which it is only data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.ciphers import CIPHERS
from packgate.testing.evasions.control import CONTROL
from packgate.testing.evasions.data import WRAPS
from packgate.testing.evasions.encoding import ENCODING
from packgate.testing.evasions.expansions import EXPANSIONS
from packgate.testing.evasions.flags import FLAGS
from packgate.testing.evasions.hooks import HOOKS
from packgate.testing.evasions.languages import LANGUAGES
from packgate.testing.evasions.launchers import LAUNCHERS
from packgate.testing.evasions.paths import PATHS
from packgate.testing.evasions.places import PLACES
from packgate.testing.evasions.programs import PROGRAMS
from packgate.testing.evasions.quoting import QUOTING
from packgate.testing.evasions.redirections import REDIRECTIONS
from packgate.testing.evasions.reentry import REENTRY
from packgate.testing.evasions.shells import SHELLS
from packgate.testing.evasions.spacing import SPACING
from packgate.testing.evasions.substitutions import SUBSTITUTIONS
from packgate.testing.evasions.tools import TOOLS
from packgate.testing.evasions.variables import VARIABLES
from packgate.testing.evasions.wrappers import WRAPPERS

if TYPE_CHECKING:
    from packgate.testing.evasions.rewrite import Rewrite

# In the order in which they are tried and reported.
GROUPS: tuple[tuple[str, tuple[Rewrite, ...]], ...] = (
    ("Quoting", QUOTING), ("Expansions", EXPANSIONS), ("Blanks, comments, redirections", SPACING),
    ("Input, output, files shown", REDIRECTIONS),
    ("Wrappers", WRAPPERS), ("Launchers", LAUNCHERS), ("Users, roots, this host", PLACES), ("Paths", PATHS), ("Options", FLAGS),
    ("Variables, arrays, functions", VARIABLES), ("Control", CONTROL), ("Substitutions", SUBSTITUTIONS), ("Re-entry", REENTRY),
    ("Shells", SHELLS),
    ("Written files, tools of a project", TOOLS), ("Options and variables that hold commands", HOOKS), ("Encodings", ENCODING),
    ("More encodings", CIPHERS), ("Other languages", LANGUAGES), ("More of other languages", PROGRAMS),
)
REWRITES: tuple[Rewrite, ...] = tuple(rewrite for _, group in GROUPS for rewrite in group)

__all__ = ["GROUPS", "REWRITES", "WRAPS"]

"""Ways to write a command differently: rewrites that do the same, and wraps in which it is only data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.control import CONTROL
from packgate.testing.evasions.data import WRAPS
from packgate.testing.evasions.encoding import ENCODING
from packgate.testing.evasions.flags import FLAGS
from packgate.testing.evasions.languages import LANGUAGES
from packgate.testing.evasions.paths import PATHS
from packgate.testing.evasions.quoting import QUOTING
from packgate.testing.evasions.reentry import REENTRY
from packgate.testing.evasions.spacing import SPACING
from packgate.testing.evasions.variables import VARIABLES
from packgate.testing.evasions.wrappers import WRAPPERS

if TYPE_CHECKING:
    from packgate.testing.evasions.rewrite import Rewrite

# In the order in which they are tried and reported.
REWRITES: tuple[Rewrite, ...] = (
    *QUOTING, *SPACING, *WRAPPERS, *PATHS, *FLAGS, *VARIABLES, *CONTROL, *REENTRY, *ENCODING, *LANGUAGES,
)

__all__ = ["REWRITES", "WRAPS"]

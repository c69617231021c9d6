"""What a command inherits from the wrappers around it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value


class Context:
    """``via`` names the wrappers, outermost first. ``place`` is the host or container that the command runs in, None for
    this machine; ``host`` and ``user`` what the wrappers connected to and as; ``environment`` the values that the catalog
    marked on them."""

    __slots__ = ("environment", "host", "place", "user", "via")

    def __init__(
        self,
        via: tuple[str, ...] = (),
        place: Value | None = None,
        host: Value | None = None,
        user: Value | None = None,
        environment: tuple[Value, ...] = (),
    ) -> None:
        self.via = via
        self.place = place
        self.host = host
        self.user = user
        self.environment = environment

    def inside(
        self,
        wrapper: str | None,
        place: Value | None = None,
        host: Value | None = None,
        user: Value | None = None,
        environment: tuple[Value, ...] = (),
    ) -> Context:
        """The context of what a wrapper runs; what the wrapper does not say stays."""
        return Context(
            self.via if wrapper is None else (*self.via, wrapper),
            self.place if place is None else place,
            self.host if host is None else host,
            self.user if user is None else user,
            (*self.environment, *environment),
        )


OUTERMOST = Context()

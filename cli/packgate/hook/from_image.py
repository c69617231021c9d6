"""The hook's run with the policies of an image: what a launcher does unless there is something wrong with the image."""

from __future__ import annotations

from packgate.guard.detectors import use_look
from packgate.hook.failure import Failure
from packgate.hook.opening import ImageError
from packgate.hook.prepared_gate import LOOK, open_gate
from packgate.hook.run import main
from packgate.hook.system import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.engine.gate import Gate
    from packgate.hook.opening import Image
    from packgate.hook.settings import Settings


def ready(image: Image, settings: str) -> Callable[[list[str]], int]:
    """What answers the payload on standard input and gives the exit code. ``settings``: the path of `hook.json`.

    It is called with the arguments; what can fail of the image before the payload is read fails here.
    """
    use_look(lambda: image.segment(LOOK))
    answer, environ = main, environment()

    def opened(read: Settings) -> Gate:
        if image.about["bundles"] != read.bundles:
            raise Failure("bundle-altered", "the settings name other bundles than the hook was prepared from")
        try:
            return open_gate(image)
        except ImageError as error:
            raise Failure("bundle-altered", str(error)) from None

    return lambda arguments: answer(arguments, settings, opened, environ)

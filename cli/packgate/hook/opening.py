"""An image, opened: the one file that holds all that decisions of an installation need, read piece by piece as they are needed.

    head        a line that names format and Python, padded to `TAG_SIZE`; the header's length (4 bytes) and check sum (8 bytes)
    header      marshalled: what the image was made from, the places of segments, the code of the modules that open it
    segments    marshalled; each is held against its check sum when it is read

Only its owner (or root) can write it and the folder it lies in, so the check sums are against damage. The head tells another Python
before anything is decoded: marshalled data and the code of regular expressions differ between versions.
"""

from __future__ import annotations

import _imp
import marshal
import posix
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TAG_SIZE = 256
HEAD_SIZE = TAG_SIZE + 12
# Bytes of a place: offset and length (4 each), check sum (8).
PLACE_SIZE = 16
SALT = 0x7061636B67617465
_WRITABLE_BY_OTHERS = 0o022


class ImageError(Exception):
    """An image that must not decide: foreign, damaged, outdated, or writable by others. The message says which."""


def tag() -> bytes:
    """What the head of an image says of the Python that can use it."""
    import _sre  # type: ignore[import-not-found]

    text = f"packgate image 1; {sys.implementation.cache_tag}; {sys.hexversion:x}; sre {_sre.MAGIC}; {sys.version}"
    return text.encode()[:TAG_SIZE].ljust(TAG_SIZE, b"\n")


def check_sum(data: bytes) -> bytes:
    """Eight bytes that differ when the data does (the keyed hash by which Python checks cached code)."""
    return _imp.source_hash(SALT, data)


def trusted(status: posix.stat_result) -> bool:
    """Whether a file or folder belongs to this user or root, and only the owner can write it."""
    return status.st_uid in (0, posix.geteuid()) and not status.st_mode & _WRITABLE_BY_OTHERS


class Image:
    """An open image. ``about``: what it was made from."""

    __slots__ = ("_file", "about", "boot", "path", "places", "start")

    def __init__(self, file: int, header: bytes) -> None:
        """Takes over the descriptor of a file whose owner, mode, head and header were checked. ``places``: those of the segments, by name;
        ``start``: where the segments begin in the file."""
        self._file = file
        # Where the file lies, if it is to go away when it turns out to be damaged.
        self.path: str | None = None
        self.start = HEAD_SIZE + len(header)
        self.about: dict[str, Any]
        self.places: dict[str, bytes]
        self.boot: dict[str, Any]
        self.about, self.places, self.boot = marshal.loads(header)  # noqa: S302 - checked before

    def part(self, place: bytes) -> Any:
        """What stands at a place. Raises `ImageError` when it is damaged."""
        length = int.from_bytes(place[4:8], "little")
        data = posix.pread(self._file, length, self.start + int.from_bytes(place[:4], "little"))
        if len(data) != length or check_sum(data) != place[8:]:
            self._discard()
            raise ImageError("a segment of the image is damaged")
        return marshal.loads(data)  # noqa: S302 - checked above

    def _discard(self) -> None:
        """So that the next run does without it, and has it made anew, where this user may."""
        if self.path is not None:
            try:
                posix.unlink(self.path)
            except OSError:
                return

    def segment(self, name: str) -> Any:
        """A segment by its name. Raises `ImageError` when it is damaged, `KeyError` when the image has none of this name."""
        return self.part(self.places[name])

    def has(self, name: str) -> bool:
        """Whether there is a segment of a name."""
        return name in self.places


def start_modules(image: Image) -> None:
    """Let the modules of packgate come from an image from now on, in this process; this module is one of them already."""
    name = "packgate.hook.late_modules"
    module = type(sys)(name)
    exec(image.boot[name], module.__dict__)  # noqa: S102 - code of the image, which was checked
    sys.modules[name] = module
    module.start(image)


def open_image(path: str) -> Image:
    """The image in a file. Raises `ImageError` for one that must not decide, `OSError` for one that can't be read."""
    folder = path.rpartition("/")[0] or "/"
    file = posix.open(path, posix.O_RDONLY | posix.O_NOFOLLOW | posix.O_CLOEXEC)
    try:
        if not trusted(posix.fstat(file)) or not trusted(posix.stat(folder)):
            raise ImageError("others can write the image or its folder")
        return Image(file, _header(file))
    except BaseException:
        posix.close(file)
        raise


def _header(file: int) -> bytes:
    head = posix.read(file, HEAD_SIZE)
    if head[:TAG_SIZE] != tag():
        raise ImageError("the image was made for another Python")
    length = int.from_bytes(head[TAG_SIZE:TAG_SIZE + 4], "little")
    if length > posix.fstat(file).st_size:
        raise ImageError("the image is cut off")
    header = posix.read(file, length)
    if check_sum(header) != head[TAG_SIZE + 4:]:
        raise ImageError("the header of the image is damaged")
    return header


def begin(file: int, header: bytes, settings: str) -> Callable[[list[str]], int]:
    """What a launcher goes on with: the hook's run from an image whose head and header it has checked. ``settings``: the path of
    `hook.json`. Raises `ImageError` for an image of which something else is in use now."""
    import gc

    # Nothing that one decision makes is worth looking for.
    gc.disable()
    image = Image(file, header)
    image.path = settings.rpartition("/")[0] + "/hook.image"
    if read_file(image.about["pointer"]) != image.about["active"]:
        raise ImageError("the image was made from other bundles than are in use")
    start_modules(image)
    from packgate.hook.from_image import ready

    return ready(image, settings)


def read_file(path: str) -> bytes | None:
    """The bytes of a file that is small; None when there is none."""
    try:
        file = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        found: list[bytes] = []
        while True:
            data = posix.read(file, 65536)
            if not data:
                return b"".join(found)
            found.append(data)
    finally:
        posix.close(file)

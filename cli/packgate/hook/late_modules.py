"""Modules from an image. A module is made when something of it is first used, not when another one names it in an import.

When an image is built, the imports at the top of every module are taken out and listed, and so are its functions and classes
(`installation.late_source`); here the names are bound when they are first looked up. They are looked up where Python looks up whatever
is not a global: in the module's ``__builtins__``.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from packgate.hook.opening import Image

_BUILTINS: dict[str, Any] = sys.modules["builtins"].__dict__
# Python takes these two without asking `__missing__`.
_DIRECT = {name: _BUILTINS[name] for name in ("__import__", "__build_class__")}
PATTERNS = "packgate.hook.patterns"
# What functions call in place of an import: `Modules.find`.
FIND = "__packgate__"
_Module: type[ModuleType] = type(sys)


class Names(dict):  # type: ignore[type-arg]
    """The ``__builtins__`` of one module: Python's, and the names that the module imports or defines, each bound as a global when it is
    first used. ``late``: where each is found, a definition by its place in the image."""

    __slots__ = ("late", "modules", "space")

    late: dict[str, Any]
    modules: Modules
    space: dict[str, Any]

    def __missing__(self, name: str) -> Any:
        where = self.late.get(name)
        if where is None:
            found = _BUILTINS[name]
        elif type(where) is bytes:
            exec(self.modules.image.part(where), self.space)  # noqa: S102 - code of the image, which was checked
            return self.space[name]
        else:
            found = self.modules.find(where)
        self.space[name] = found
        return found

    def attribute(self, name: str) -> Any:
        """The module's ``__getattr__``: what others import from it and it imports itself."""
        if name not in self.late:
            raise AttributeError(f"module {self.space['__name__']!r} has no attribute {name!r}")
        return self[name]


class Modules:
    """Makes modules of an image; a finder and loader for `import`, too."""

    __slots__ = ("direct", "image", "made")

    def __init__(self, image: Image) -> None:
        self.image = image
        self.direct = {**_DIRECT, FIND: self.find}
        self.made: dict[str, ModuleType] = sys.modules

    def find(self, where: tuple[str, str | None]) -> Any:
        """A module, or what has a name in it."""
        module, name = where
        made = self.made.get(module)
        if made is None:
            made = self.load(module)
        return made if name is None else getattr(made, name)

    def load(self, name: str) -> ModuleType:
        """A module by its name: of the image, else as Python finds it."""
        if not self.image.has(name):
            __import__(name)
            return sys.modules[name]
        module = self.made[name] = _Module(name)
        try:
            self.exec_module(module)
        except BaseException:
            del self.made[name]
            raise
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's body."""
        code, late = self.image.segment(module.__name__)
        package = module.__name__ in self.image.about["packages"]
        space = module.__dict__
        names = Names(self.direct)
        names.late = late
        names.modules = self
        names.space = space
        space["__builtins__"] = names
        space["__getattr__"] = names.attribute
        space["__package__"] = module.__name__ if package else module.__name__.rpartition(".")[0]
        if package:
            space["__path__"] = []
        exec(code, space)  # noqa: S102 - code of the image, which was checked

    def create_module(self, _spec: Any) -> None:
        """Asked by `import`: modules are made the ordinary way."""
        return

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Asked by `import`: where a module of the image comes from."""
        if not self.image.has(name):
            return None
        from _frozen_importlib import ModuleSpec

        return ModuleSpec(name, self, is_package=name in self.image.about["packages"])  # type: ignore[arg-type]


def start(image: Image) -> Modules:
    """Let modules come from an image from now on, in this process."""
    modules = Modules(image)
    sys.meta_path.insert(0, modules)
    modules.find((PATTERNS, "use"))(image)
    return modules

"""How far evaluation goes. Reaching a limit is always noted, and the analysis is then incomplete."""

from __future__ import annotations

COMMANDS = 2_000
# Of one line, as code in other languages adds them.
OPERATIONS = 2_048
DEPTH = 12
ALL_CODE = 400_000
LEVELS = 60
LOOP = 256
ITERATIONS = 2_000
TEXT_SIZE = 65_536
ALL_TEXT = 8_000_000
# What a character that a program puts out costs of it.
FOLD_TEXT = 4
# What a field costs of it, beside its characters.
FIELD_TEXT = 64
# What evaluating an expression costs of it.
EXPRESSION_TEXT = 1_024
BRACE_WORDS = 1_024
FIELDS = 2_048
ALL_FIELDS = 6_144
PARTS = 256
GLOBS = 48
REDIRECTS = 128
RUNS = 256
CHOICES = 8
PATTERN_STEPS = 400_000


class Budget:
    """What is left to spend; shared by every state that descends from the same line."""

    __slots__ = ("code", "commands", "depth", "fields", "iterations", "level", "made", "reported", "text")

    def __init__(self) -> None:
        self.code = 0
        self.commands = 0
        self.depth = 0
        self.fields = 0
        self.level = 0
        # Names that the line had made up for it.
        self.made = 0
        self.iterations = 0
        self.text = 0
        self.reported: set[str] = set()

"""A command inside of a substitution that an expansion of any kind runs; what it prints is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject


def _shown(before: str, after: str) -> Callable[[Subject], str | None]:
    """The line between two texts that show its output."""
    return lambda subject: f"{before}{subject.text}\n{after}" if subject.child else None


def _message(before: str, after: str) -> Callable[[Subject], str | None]:
    """The line, its output a message, between two texts that do without it."""
    return lambda subject: f"{before}{{ {subject.text}\n}} >&2{after}" if subject.child and not subject.heredoc else None


SUBSTITUTIONS = (
    *(Rewrite(id, title, "its output is shown in the end", _shown(before, after)) for id, title, before, after in (
        ("substitution-variable", "in a substitution that a variable keeps", "out=$(", "); echo \"$out\""),
        ("substitution-printf", "in a substitution that printf shows", "printf '%s\\n' \"$(", ")\""),
        ("substitution-local", "in a substitution of a declaration", "declare out=\"$(", ")\"; echo \"$out\""),
        ("substitution-default", "in a substitution of a default", "echo \"${packgate_none:-$(", ")}\""),
        ("substitution-assigned", "in a substitution of a default that is assigned", ": \"${packgate_new:=$(",
         ")}\"; echo \"$packgate_new\""),
        ("substitution-array", "in a substitution of an array", "out=(\"$(", ")\"); echo \"${out[0]}\""),
        ("substitution-here-string", "in a substitution of a here-string", "cat <<< \"$(", ")\""),
        ("substitution-heredoc", "in a substitution of a heredoc", "cat <<PACKGATE_OUT\n$(", ")\nPACKGATE_OUT"),
        ("substitution-for", "in a substitution of a loop", "for line in \"$(", ")\"; do echo \"$line\"; done"),
        ("substitution-nested", "in a substitution of a substitution", "echo \"$(echo \"$(", ")\")\""),
        ("substitution-mapfile", "in a process substitution that mapfile reads", "mapfile -t out < <(", "); printf '%s\\n' \"${out[@]}\""),
        ("substitution-read", "in a process substitution that a loop reads", "while IFS= read -r line; do echo \"$line\"; done < <(", ")"),
        ("substitution-tee", "in a process substitution beside another", "paste <(", ") <(echo x)"),
        ("substitution-export", "in a substitution of export", "export OUT=\"$(", ")\"; echo \"$OUT\""),
        ("substitution-argument", "in a substitution of a function's parameter", "show() { echo \"$1\"; }; show \"$(", ")\""),
        ("substitution-descriptor", "in a process substitution with a descriptor", "exec 3< <(", "); cat <&3"),
    )),
    *(Rewrite(id, title, "its output is shown as a message", _message(before, after)) for id, title, before, after in (
        ("substitution-colon", "in a substitution for :", ": $(", ")"),
        ("substitution-test", "in a substitution of a test", "[ -z \"$(", ")\" ]"),
        ("substitution-condition", "in a substitution of a condition", "[[ -n $(", ") ]]"),
        ("substitution-case", "in a substitution of a case", "case \"$(", ")\" in x) :;; esac"),
        ("substitution-arithmetic", "in a substitution of arithmetic", ": $(( 0$(", ") ))"),
        ("substitution-subscript", "in a substitution of a subscript", "a[0$(", ")]=1"),
        ("substitution-prefix", "in a substitution of an assignment before a command", "OUT=$(", ") true"),
        ("substitution-redirect", "in a substitution of a redirection", ": > /dev/null$(", ")"),
        ("substitution-alternative", "in a substitution of an alternative", ": ${PATH:+$(", ")}"),
        ("substitution-pattern", "in a substitution of a pattern", "x=a; : ${x#$(", ")}"),
        ("substitution-replacement", "in a substitution of a replacement", "x=a; : ${x/a/$(", ")}"),
        ("substitution-length", "in a substitution of a part's place", "x=abc; : ${x:0$(", ")}"),
        ("substitution-let", "in a substitution of let", "let x=0$(", ")+1"),
        ("substitution-program", "in a substitution before a program", "$(", ") true"),
        ("substitution-process-output", "in a process substitution for output", "echo x > >(", ")"),
        ("substitution-quoted", "in a substitution in double quotes", "true \"note $(", ")\""),
        ("substitution-printf-v", "in a substitution of printf -v", "printf -v out %s \"$(", ")\""),
        ("substitution-index", "in a substitution of a named element", "declare -A m; m[x$(", ")]=1"),
    )),
)

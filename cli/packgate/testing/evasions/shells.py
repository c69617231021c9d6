"""More ways to hand the text of a command to a shell: other shells, options, descriptors, parameters, interpreters' own paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, double_quoted, single_quoted
from packgate.testing.evasions.templates import child, heredoc, one_line, plain, posix, rows, within, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_SHELL = "the shell reads the same text"
_WORDS = "the shell is given the same words"


def _argv(template: str) -> Callable[[Subject], str | None]:
    """The words of a lone command as parameters of a shell, at ``{}``; ``{program}`` is the first alone."""

    def apply(subject: Subject) -> str | None:
        words = words_of(subject)
        if words is None or len(words) < 2:
            return None
        quoted = [single_quoted(word) for word in words]
        return template.replace("{program}", quoted[0]).replace("{rest}", " ".join(quoted[1:])).replace("{}", " ".join(quoted))

    return apply


def _in_two(subject: Subject) -> str | None:
    """The text in two words, which eval joins: cut at a blank between two words of the command."""
    part = subject.lone
    if part is None or len(part.words) < 2 or not part.together or not subject.one_line:
        return None
    cut = part.words[1].start
    if subject.text[cut - 1] != " ":
        return None
    return f"eval {single_quoted(subject.text[:cut - 1])} {single_quoted(subject.text[cut:])}"


def _grown(subject: Subject) -> str:
    """The text in a variable that grows."""
    middle = len(subject.text) // 2
    return f"c={single_quoted(subject.text[:middle])}; c+={single_quoted(subject.text[middle:])}; eval \"$c\""


def _replaced(subject: Subject) -> str | None:
    """The text with its blanks replaced, put back by the shell."""
    if "%" in subject.text or "\n" in subject.text:
        return None
    return f"c={single_quoted(subject.text.replace(' ', '%'))}; eval \"${{c//%/ }}\""


def _lines(subject: Subject) -> str | None:
    """A heredoc that the shell expands, with all that it would expand escaped."""
    if not subject.child or "\\\n" in subject.text:
        return None
    return f"bash <<PACKGATE_END\n{double_quoted(subject.text)[1:-1].replace(chr(92) + chr(34), chr(34))}\nPACKGATE_END"


SHELLS = (
    *rows((
        ("bash-ic", "bash -ic {}", "an interactive bash"),
        ("bash-long-options", "bash --noprofile --norc -c {}", "bash with long options"),
        ("bash-option-names", "bash -O extglob +O nullglob -c {} name one two", "bash with options of shopt"),
        ("bash-plus-options", "bash +e +o pipefail -c {}", "bash with options switched off"),
        ("bash-c-end", "bash -c -- {}", "bash -c and the end of its options"),
        ("bash-c-eval", "bash -c 'eval \"$0\"' {}", "bash -c that evaluates its $0"),
        ("bash-c-eval-1", "bash -c 'eval \"$1\"' _ {}", "bash -c that evaluates its $1"),
        ("bash-c-bash", "bash -c 'bash -c \"$1\"' _ {}", "bash -c that hands its $1 to another one"),
        ("shell-variable", "$BASH -c {}", "the shell by its own variable"),
        ("self-exe", "/proc/self/exe -c {}", "the shell by /proc/self/exe"),
        ("env-clear-path", "env -u packgate_none bash -c {}", "env -u before bash"),
        ("coproc", "coproc { bash -c {} >&2; }; wait", "in a coprocess"),
        ("exec-bash", "exec bash -c {}", "the shell becomes another one"),
        ("here-string-descriptor", "bash /dev/fd/3 3<<< {}", "a file descriptor with a here-string"),
        ("here-string-stdin", "bash /dev/stdin <<< {}", "/dev/stdin with a here-string"),
        ("here-string-first", "<<< {} bash", "a here-string before the shell"),
        ("here-string-descriptor-0", "bash 0<<< {}", "a here-string for descriptor 0"),
        ("here-string-cat", "cat <<< {} | bash", "a here-string through cat"),
        ("exec-descriptor", "exec 3<<< {}; bash <&3", "a descriptor that was opened before"),
        ("read-eval", "IFS= read -r -d '' c <<< {}; bash -c \"$c\"", "read into a variable"),
        ("mapfile-eval", "mapfile -t c <<< {}; bash -c \"$(printf '%s\\n' \"${c[@]}\")\"", "read into an array of lines"),
        ("printf-v-eval", "printf -v c %s {}; bash -c \"$c\"", "printed into a variable"),
        ("export-bash", "c={} bash -c 'eval \"$c\"'", "a variable of the environment"),
        ("while-read-bash", "while IFS= read -r -d '' c; do bash -c \"$c\"; done < <(printf '%s\\0' {})", "a loop over what it reads"),
        ("for-bash", "for c in {}; do bash -c \"$c\"; done", "a loop of one"),
        ("function-bash", "again() { bash -c \"$1\"; }; again {}", "a function that hands its parameter to a shell"),
        ("array-bash", "c=(bash -c {}); \"${c[@]}\"", "an array of the shell's words"),
        ("map-bash", "declare -A c=([go]={}); bash -c \"${c[go]}\"", "a named element of an array"),
        ("reference-bash", "c={}; declare -n r=c; bash -c \"$r\"", "a reference to a variable"),
        ("default-bash", "bash -c \"${packgate_none:-\"$(printf %s {})\"}\"", "a default of a variable"),
        ("tee-process", "printf '%s\\n' {} | tee >(bash) > /dev/null", "tee into a process substitution"),
        ("output-process-bash", "printf '%s\\n' {} > >(bash)", "output into a process substitution"),
        ("pipe-while", "printf '%s\\0' {} | while IFS= read -r -d '' c; do eval \"$c\"; done", "a pipe into a loop that evaluates"),
        ("pipe-group", "printf '%s\\n' {} | { read -r _ < /dev/null; bash; }", "a pipe into a group"),
        ("pipe-env", "printf '%s\\n' {} | env bash", "a pipe into env bash"),
        ("pipe-sudo-free", "printf '%s\\n' {} | nohup bash -s", "a pipe into nohup bash"),
        ("trap-debug", "trap {} DEBUG; :", "a trap on DEBUG"),
        ("trap-signal", "trap {} USR1; kill -USR1 $$", "a trap on a signal that it sends itself"),
        ("trap-zero", "trap -- {} 0", "a trap on 0"),
        ("trap-err", "trap {} ERR; false", "a trap on ERR"),
        ("prompt-substitution", "c={}; PS4='$(bash -c \"$c\" >&2)'; set -x; :", "the prompt of a shell that traces"),
        ("bash-env", "BASH_ENV=<(printf '%s\\n' {}) bash -c :", "the start file of a shell"),
        ("rc-file", "bash --rcfile <(printf '%s\\n' {}) -ic :", "the start file of an interactive shell"),
        ("exported-function", "run() { eval \"$1\"; }; export -f run; bash -c 'run \"$1\"' _ {}", "an exported function"),
        ("not-found", "command_not_found_handle() { eval \"$c\"; }; c={}; packgate-no-such-command", "what handles unknown commands"),
    ), _SHELL, child),
    *rows((
        ("arithmetic-subscript", "c='x[$(eval \"$t\" >&2)]'; t={}; : $((c))", "a subscript that arithmetic expands"),
        ("test-subscript", "t={}; [[ -v 'x[$(eval \"$t\" >&2)]' ]]", "a subscript that a test expands"),
    ), "the shell expands substitutions in subscripts of arithmetic", child),
    *rows((
        ("zsh-c", "zsh -c {}", "zsh -c"), ("ksh-c", "ksh -c {}", "ksh -c"), ("mksh-c", "mksh -c {}", "mksh -c"),
        ("ash-c", "ash -c {}", "ash -c"), ("busybox-sh", "busybox sh -c {}", "busybox sh -c"),
        ("busybox-ash", "busybox ash -c {}", "busybox ash -c"),
        ("toybox-sh", "toybox sh -c {}", "toybox sh -c"), ("sh-path", "/usr/bin/../bin/sh -c {}", "sh by a path with dots"),
        ("shell-or-sh", "${SHELL:-/bin/sh} -c {}", "the user's shell"),
        ("env-i-sh", "env -i PATH=\"$PATH\" HOME=\"$HOME\" sh -c {}", "sh in an empty environment"),
        ("sh-s", "printf '%s\\n' {} | sh -s -- one two", "sh -s with parameters"),
        ("dot-file-substitution", "sh -c '. /dev/stdin' <<< {}", "sh that reads its input as a file"),
        ("cat-substitution", "sh -c \"$(cat <<< {})\"", "sh -c of a substitution"),
        ("echo-substitution", "sh -c \"$(printf '%s\\n' {})\"", "sh -c of what printf gives"),
    ), _SHELL, posix),
    *rows((
        ("read-line-sh", "printf '%s\\n' {} | sh -c 'while IFS= read -r c; do eval \"$c\"; done'", "sh that evaluates its lines"),
    ), _SHELL, posix, one_line),
    *rows((
        ("xargs-sh", "printf '%s\\0' {} | xargs -0 -n 1 sh -c", "xargs -n 1 sh -c"),
        ("xargs-place", "printf '%s\\0' {} | xargs -0 -I% sh -c %", "xargs -I with sh -c"),
    ), "xargs passes the text as one argument", posix, one_line),
    Rewrite("find-parameter", "find that hands a parameter to sh", "find starts the shell once", lambda s: (
        None if "{}" in s.text else within("find . -maxdepth 0 -exec sh -c 'eval \"$1\"' _ {} \\;", posix)(s))),
    *rows((
        ("xargs-line", "echo {} | xargs -I% sh -c %", "xargs -I of a line with sh -c"),
        ("xargs-env", "xargs env <<< {}", "xargs env"),
        ("fish-c", "fish -c {}", "fish -c"),
    ), "without quotes in it, it is read the same", plain, lambda s: words_of(s) is not None),
    *rows((
        ("mapfile-callback", "mapfile -c 1 -C {}' #' <<< x", "the callback of mapfile"),
        ("compgen-command", "compgen -C {}' #' x", "what compgen asks for completions"),
    ), "bash evaluates the text with further words, which are a comment", child, one_line),
    Rewrite("bash-words", "a shell that runs its parameters", _WORDS, _argv("bash -c '\"$@\"' _ {}")),
    Rewrite("bash-words-exec", "a shell that becomes its parameters", _WORDS, _argv("sh -c 'exec \"$@\"' _ {}")),
    Rewrite("bash-words-zero", "a shell that runs its $0 with its parameters", _WORDS, _argv("sh -c '\"$0\" \"$@\"' {}")),
    Rewrite("bash-words-program", "a shell that names the program, with parameters", _WORDS, _argv("sh -c {program}' \"$@\"' _ {rest}")),
    Rewrite("eval-in-two", "eval of two words", "eval joins its words with blanks", _in_two),
    Rewrite("eval-grown", "eval of a variable that grows", "eval reads the same text", _grown),
    Rewrite("eval-replaced", "eval of a text whose blanks were replaced", "they are put back", _replaced),
    Rewrite("builtin-eval", "builtin eval", "builtin runs the builtin", within("builtin eval {}")),
    Rewrite("command-eval", "command eval", "command runs the builtin", within("command eval -- {}")),
    Rewrite("quoted-eval", "eval with quotes inside", "quote removal leaves eval", within("e''val {}")),
    Rewrite("eval-eval", "eval of eval", "the inner eval reads the same text",
     lambda s: f"eval {single_quoted('eval ' + single_quoted(s.text))}"),
    Rewrite("eval-heredoc", "eval of a heredoc", "eval reads the same text", lambda s: (
        None if (made := heredoc("eval \"$(cat {}")(s)) is None else made + "\n)\"")),
    Rewrite("heredoc-expanded", "a heredoc that the shell expands, all escaped", _SHELL, _lines),
    Rewrite("heredoc-first", "a heredoc before the shell", _SHELL, heredoc("{} bash", child)),
    Rewrite("heredoc-tee", "a heredoc through tee", _SHELL, heredoc("tee /dev/null {} | bash", child)),
    Rewrite("heredoc-source", "a heredoc that is sourced", _SHELL, heredoc("source /dev/stdin {}")),
    Rewrite("heredoc-descriptor", "a heredoc by its descriptor", _SHELL, heredoc("bash /dev/fd/5 5{}", child)),
    Rewrite("heredoc-while", "a heredoc that a loop evaluates", _SHELL, lambda s: (
        heredoc("while IFS= read -r c; do eval \"$c\"; done {}")(s) if s.one_line else None)),
)

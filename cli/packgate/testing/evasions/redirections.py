"""The same input and output by other redirections and filters, and files shown by other means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.shell.tree import Redirect
    from packgate.testing.evasions.subject import Part, Subject

_OUTPUT = "the same text goes to the same file"
_INPUT = "the same file is read"
_FILE = "it shows the same file"


def _only(subject: Subject, *operators: str) -> tuple[Part, Redirect, str] | None:
    """A lone command with one redirection, which is to or from a constant file by one of the operators."""
    part = subject.lone
    if part is None or len(part.node.redirects) != 1 or not part.words:
        return None
    redirect = part.node.redirects[0]
    target = subject.text[redirect.target.start:redirect.target.end]
    if redirect.op not in operators or redirect.fd is not None or target.startswith(("/dev/", "(")) or " " in target:
        return None
    return part, redirect, target


def _without(subject: Subject, redirect: Redirect) -> str:
    """The line without its redirection."""
    return (subject.text[:redirect.start].rstrip() + " " + subject.text[redirect.end:].lstrip()).strip()


def _moved(subject: Subject) -> str | None:
    """The redirection before the words."""
    found = _only(subject, ">", ">>", "<", ">|")
    if found is None:
        return None
    part, redirect, target = found
    return None if redirect.start < part.words[0].start else f"{redirect.op}{target} {_without(subject, redirect)}"


def _written(template: str, *operators: str, pipe: bool = False) -> Callable[[Subject], str | None]:
    """Another way to write: ``{line}`` is the line without its redirection, ``{file}`` the word of its target."""

    def apply(subject: Subject) -> str | None:
        found = _only(subject, *operators)
        if found is None or (pipe and not (subject.child and found[0].program != "exec")):
            return None
        return template.replace("{line}", _without(subject, found[1])).replace("{file}", found[2])

    return apply


def _shown(template: str) -> Callable[[Subject], str | None]:
    """Another way to show the one file that `cat` shows."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or part.program != "cat" or len(part.words) != 2 or part.node.redirects or part.node.assignments:
            return None
        value = part.values[1]
        word = subject.text[part.words[1].start:part.words[1].end]
        # A tilde stays one only where the word stays as it is.
        if value is None and not word.startswith("~/"):
            return None
        return None if word.startswith("-") else template.replace("{}", word)

    return apply


def _descriptor(subject: Subject) -> str | None:
    found = _only(subject, ">", ">>")
    return None if found is None else f"{_without(subject, found[1])} 3{found[1].op}{found[2]} >&3"


def _here_document(subject: Subject) -> str | None:
    """The words of echo as a heredoc that cat writes."""
    found = _only(subject, ">", ">>")
    if found is None or found[0].program != "echo" or not found[0].constant or len(found[0].words) != 2:
        return None
    text = found[0].values[1] or ""
    if text.startswith("-") or "\\" in text or "PACKGATE_END" in text:
        return None
    return f"cat {found[1].op}{found[2]} <<'PACKGATE_END'\n{text}\nPACKGATE_END"


REDIRECTIONS = (
    Rewrite("redirection-first", "the redirection before the words", "it may stand anywhere", _moved),
    Rewrite("output-descriptor", "output through a descriptor of its own", _OUTPUT, _descriptor),
    *(Rewrite(id, title, _OUTPUT, apply) for id, title, apply in (
        ("output-number", "the number of the descriptor written", _written("{line} 1> {file}", ">")),
        ("output-clobber", "a redirection that overwrites in any case", _written("{line} >| {file}", ">")),
        ("output-append-number", "the number of the descriptor written, at the end", _written("{line} 1>> {file}", ">>")),
        ("output-group", "a group's output", _written("{ {line}; } > {file}", ">")),
        ("output-append-group", "a group's output at the end", _written("{ {line}; } >> {file}", ">>")),
        ("output-subshell", "a subshell's output", _written("( {line} ) > {file}", ">", pipe=True)),
        ("output-exec", "a shell's output", _written("( exec > {file}; {line} )", ">", pipe=True)),
        ("output-cat", "through cat into the file", _written("{line} | cat > {file}", ">", pipe=True)),
        ("output-tee", "through tee into the file", _written("{line} | tee {file} > /dev/null", ">", pipe=True)),
        ("output-tee-append", "through tee to the end of the file", _written("{line} | tee -a {file} > /dev/null", ">>", pipe=True)),
        ("output-dd", "through dd into the file", _written("{line} | dd of={file} 2> /dev/null", ">", pipe=True)),
        ("output-sponge", "through sponge into the file", _written("{line} | sponge {file}", ">", pipe=True)),
        ("output-process", "through a process substitution", _written("{line} > >(cat > {file})", ">", pipe=True)),
        ("output-substitution", "printed by printf", _written("printf '%s\\n' \"$({line})\" > {file}", ">", pipe=True)),
        ("output-if", "an if's output", _written("if true; then {line}; fi > {file}", ">")),
        ("output-for", "a loop's output at the end", _written("for i in 1; do {line}; done >> {file}", ">>")),
        ("output-function", "a function's output", _written("show() { {line}; }; show > {file}", ">")),
        ("output-variable", "a file named by a variable, written", _written("f={file}; {line} > \"$f\"", ">")),
        ("output-append-variable", "a file named by a variable", _written("f={file}; {line} >> \"$f\"", ">>")),
        ("output-tee-between", "tee between two pipes", _written("{line} | tee -- {file} | cat > /dev/null", ">", pipe=True)),
    )),
    Rewrite("output-heredoc", "a heredoc that cat writes", _OUTPUT, _here_document),
    *(Rewrite(id, title, _INPUT, apply) for id, title, apply in (
        ("input-number", "the number of the descriptor written, for input", _written("{line} 0< {file}", "<")),
        ("input-cat", "from cat", _written("cat {file} | {line}", "<", pipe=True)),
        ("input-group", "a group's input", _written("{ {line}; } < {file}", "<")),
        ("input-process", "from a process substitution", _written("{line} < <(cat {file})", "<")),
        ("input-dd", "from dd", _written("dd if={file} 2> /dev/null | {line}", "<", pipe=True)),
        ("input-exec", "a shell's input", _written("( exec < {file}; {line} )", "<", pipe=True)),
        ("input-both", "open for reading and writing", _written("{line} <> {file}", "<")),
        ("input-descriptor", "through a descriptor of its own", _written("exec 4< {file}; {line} <&4", "<")),
    )),
    *(Rewrite(id, title, _FILE, _shown(template)) for id, title, template in (
        ("shown-redirected", "cat of its input", "cat < {}"),
        ("shown-redirected-first", "cat of its input, the redirection first", "< {} cat"), ("shown-head", "head", "head -n 100000 {}"),
        ("shown-tail", "tail", "tail -n +1 {}"), ("shown-less", "less", "less {}"), ("shown-more", "more", "more {}"),
        ("shown-bat", "bat", "bat -p {}"), ("shown-nl", "nl", "nl {}"),
        ("shown-tac", "tac twice", "tac {} | tac"), ("shown-sed", "sed", "sed '' {}"), ("shown-sed-n", "sed -n p", "sed -n p {}"),
        ("shown-awk", "awk", "awk 1 {}"), ("shown-awk-print", "awk's print", "awk '{ print }' {}"),
        ("shown-grep", "grep of everything", "grep '' {}"), ("shown-rg", "ripgrep of everything", "rg -N '' {}"),
        ("shown-cut", "cut", "cut -c 1- {}"), ("shown-paste", "paste", "paste {}"), ("shown-sort", "sort", "sort {}"),
        ("shown-fold", "fold", "fold {}"), ("shown-pr", "pr", "pr -t {}"), ("shown-strings", "strings", "strings -n 1 {}"),
        ("shown-xxd", "xxd there and back", "xxd {} | xxd -r"), ("shown-base64", "base64 there and back", "base64 {} | base64 -d"),
        ("shown-dd", "dd", "dd if={} 2> /dev/null"), ("shown-cp", "a copy to the output", "cp {} /dev/stdout"),
        ("shown-tee", "tee of its input", "tee < {}"), ("shown-substitution", "a substitution", "echo \"$(cat {})\""),
        ("shown-substitution-short", "a substitution of the file", "echo \"$(<{})\""),
        ("shown-printf", "printf of a substitution", "printf '%s\\n' \"$(<{})\""),
        ("shown-loop", "a loop over its lines", "while IFS= read -r line; do echo \"$line\"; done < {}"),
        ("shown-mapfile", "an array of its lines", "mapfile -t lines < {}; printf '%s\\n' \"${lines[@]}\""),
        ("shown-read", "read of the whole", "IFS= read -r -d '' text < {}; echo \"$text\""),
        ("shown-xargs", "cat by xargs", "printf '%s\\0' {} | xargs -0 cat"), ("shown-find", "cat by find", "find {} -exec cat '{}' +"),
        ("shown-process", "a process substitution", "cat <(cat {})"),
        ("shown-descriptor", "a descriptor", "exec 3< {}; cat <&3"),
        ("shown-python", "Python", "python3 -c 'import sys; print(open(sys.argv[1]).read())' {}"),
        ("shown-perl", "perl -p", "perl -pe 1 {}"),
        ("shown-ruby", "Ruby", "ruby -e 'puts File.read(ARGV[0])' {}"),
        ("shown-node", "Node", "node -e 'console.log(require(\"fs\").readFileSync(process.argv[1], \"utf8\"))' {}"),
        ("shown-php", "PHP", "php -r 'readfile($argv[1]);' {}"),
        ("shown-git", "git diff with nothing", "git diff --no-index /dev/null {}"),
        ("shown-git-grep", "git grep of everything", "git grep --no-index '' -- {}"),
        ("shown-diff", "diff with nothing", "diff /dev/null {}"), ("shown-tar", "tar there and back", "tar -cf - {} | tar -xOf -"),
        ("shown-gzip", "gzip there and back", "gzip -c {} | gunzip"),
        ("shown-openssl", "openssl", "openssl base64 -in {} | openssl base64 -d"), ("shown-busybox", "busybox cat", "busybox cat {}"),
        ("shown-install", "a copy that is shown", "install -m 600 {} /tmp/packgate-copy; cat /tmp/packgate-copy"),
        ("shown-copy", "a copy that cat shows", "cp {} /tmp/packgate-copy && cat /tmp/packgate-copy"),
        ("shown-link", "a link that cat shows", "ln -s {} /tmp/packgate-link; cat /tmp/packgate-link"),
        ("shown-jq", "jq of raw text", "jq -Rr . {}"), ("shown-vim", "view", "view {}"), ("shown-od", "od", "od -c {}"),
        ("shown-hexdump", "hexdump", "hexdump -C {}"), ("shown-column", "column", "column -t {}"),
        ("shown-comm", "comm with nothing", "comm {} /dev/null"),
        ("shown-split", "split to the output", "split --filter=cat {}"), ("shown-iconv", "iconv", "iconv -f utf-8 -t utf-8 {}"),
        ("shown-rev", "rev twice", "rev {} | rev"), ("shown-expand", "expand", "expand {}"), ("shown-uniq", "uniq", "uniq {}"),
        ("shown-look", "look of everything", "look '' {}"),
    )),
)

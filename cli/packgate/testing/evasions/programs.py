"""A command run by code of other languages: by other calls, from other places, with the text put together."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_SHELL = "it hands the same text to sh"
_WORDS = "it starts the program with the same arguments"
_BUILT = "the pieces give the same text"


def _fits(subject: Subject) -> bool:
    """A JSON string of ASCII without ``$``, ``@`` and ``#`` is one of each of the languages."""
    return subject.posix and subject.text.isascii() and not set(subject.text) & set("$@#")


def _string(text: str) -> str:
    return json.dumps(text)


def _code(command: str, template: str, make: Callable[[str], str] = _string) -> Callable[[Subject], str | None]:
    """Code with the text as a string at ``{}``, in a command at ``{code}``."""

    def apply(subject: Subject) -> str | None:
        if not _fits(subject) or ("\\" in subject.text and make is not _string):
            return None
        return command.replace("{code}", single_quoted(template.replace("{}", make(subject.text), 1)), 1)

    return apply


def _literal(text: str) -> str:
    """A literal of PowerShell, where a backslash before a quote would not keep it from ending a string."""
    return "'" + text.replace("'", "''") + "'"


def _list(command: str, template: str) -> Callable[[Subject], str | None]:
    """Code with the words as strings at ``{}``; ``{program}`` is the first, ``{rest}`` the others."""

    def apply(subject: Subject) -> str | None:
        words = words_of(subject)
        if words is None or not subject.text.isascii() or len(words) < 2 or any(set(word) & set("$@#\\") for word in words):
            return None
        quoted = [json.dumps(word) for word in words]
        pieces = {"{program}": quoted[0], "{rest}": ", ".join(quoted[1:]), "{}": ", ".join(quoted)}
        # In one go: a word of the command can be `{}` itself.
        code = re.sub(r"\{(?:program|rest)?\}", lambda found: pieces[found.group()], template)
        return command.replace("{code}", single_quoted(code), 1)

    return apply


def _pieces(text: str) -> str:
    middle = len(text) // 2
    return f"{json.dumps(text[:middle])} + {json.dumps(text[middle:])}"


def _reversed(text: str) -> str:
    return json.dumps(text[::-1])


def _base64(text: str) -> str:
    return json.dumps(base64.b64encode(text.encode()).decode())


def _hex(text: str) -> str:
    return json.dumps(text.encode().hex())


def _numbers(text: str) -> str:
    return ", ".join(str(ord(char)) for char in text)


def _file(name: str, run: str, template: str) -> Callable[[Subject], str | None]:
    """Code written to a file, and run from there."""

    def apply(subject: Subject) -> str | None:
        if not _fits(subject):
            return None
        return f"printf '%s\\n' {single_quoted(template.replace('{}', json.dumps(subject.text)))} > /tmp/{name}; {run} /tmp/{name}"

    return apply


_PYTHON = "python3 -c {code}"

PROGRAMS = (
    *(Rewrite(f"python-{id}", f"Python's {title}", _SHELL, _code(_PYTHON, template)) for id, title, template in (
        ("popen", "os.popen", "import os; print(os.popen({}).read())"),
        ("check-output", "subprocess.check_output", "import subprocess; print(subprocess.check_output({}, shell=True))"),
        ("getoutput", "subprocess.getoutput", "import subprocess; print(subprocess.getoutput({}))"),
        ("call", "subprocess.call", "from subprocess import call; call({}, shell=True)"),
        ("popen-class", "subprocess.Popen", "import subprocess as s; s.Popen({}, shell=True).wait()"),
        ("renamed", "os.system by another name", "from os import system as run; run({})"),
        ("import-name", "__import__", "__import__(\"os\").system({})"),
        ("getattr", "getattr", "import os; getattr(os, \"sys\" + \"tem\")({})"),
        ("exec", "exec of code", "exec(\"import os; os.system(c)\", {\"c\": {}})"),
        ("variable", "variable", "import os\nc = {}\nos.system(c)"),
        ("function", "function", "import os\ndef main():\n    os.system({})\nmain()"),
        ("sh-list", "subprocess with sh", "import subprocess; subprocess.run([\"sh\", \"-c\", {}])"),
        ("bash-list", "subprocess with bash", "import subprocess; subprocess.check_call([\"/bin/bash\", \"-c\", {}])"),
        ("pty", "pty.spawn", "import pty; pty.spawn([\"sh\", \"-c\", {}])"),
        ("execl", "os.execl", "import os; os.execl(\"/bin/sh\", \"sh\", \"-c\", {})"),
        ("execlp", "os.execlp", "import os; os.execlp(\"sh\", \"sh\", \"-c\", {})"),
        ("spawn", "os.spawnlp", "import os; os.spawnlp(os.P_WAIT, \"sh\", \"sh\", \"-c\", {})"),
        ("importlib", "importlib", "import importlib; importlib.import_module(\"os\").system({})"),
        ("input", "subprocess with an input", "import subprocess; subprocess.run([\"sh\"], input={}, text=True)"),
        ("asyncio", "asyncio",
         "import asyncio\nasync def main():\n    p = await asyncio.create_subprocess_shell({})\n    await p.wait()\nasyncio.run(main())"),
        ("loop", "loop", "import os\nfor c in [{}]:\n    os.system(c)"), ("format", "f-string", "import os\nc = {}\nos.system(f\"{c}\")"),
        ("thread", "thread", "import os, threading; threading.Thread(target=os.system, args=({},)).start()"),
        ("lambda", "lambda", "import os; (lambda c: os.system(c))({})"),
    )),
    Rewrite("python-pieces", "Python with the text in pieces", _BUILT, _code(_PYTHON, "import os; os.system({})", _pieces)),
    Rewrite("python-joined", "Python with the words joined", _BUILT, _list(_PYTHON, "import subprocess; subprocess.run([{}], check=True)")),
    Rewrite("python-reversed", "Python with the text reversed", _BUILT, _code(_PYTHON, "import os; os.system({}[::-1])", _reversed)),
    Rewrite("python-base64", "Python with base64", _BUILT, _code(_PYTHON,
     "import base64, subprocess; subprocess.run(base64.b64decode({}).decode(), shell=True)", _base64)),
    Rewrite("python-hex", "Python with hexadecimal digits", _BUILT, _code(_PYTHON, "import os; os.system(bytes.fromhex({}).decode())",
     _hex)),
    Rewrite("python-numbers", "Python with character numbers", _BUILT, _code(_PYTHON, "import os; os.system(\"\".join(map(chr, [{}])))",
     _numbers)),
    *(Rewrite(f"python-{id}", f"Python's {title}", _WORDS, _list(_PYTHON, template)) for id, title, template in (
        ("call-list", "subprocess.call with a list", "import subprocess; subprocess.call([{}])"),
        ("popen-list", "subprocess.Popen with a list", "from subprocess import Popen; Popen([{}]).wait()"),
        ("execvp", "os.execvp", "import os; os.execvp({program}, [{}])"),
        ("execlp-words", "os.execlp with words", "import os; os.execlp({program}, {})"),
        ("spawnvp", "os.spawnvp", "import os; os.spawnvp(os.P_WAIT, {program}, [{}])"),
        ("pty-list", "pty.spawn with a list", "import pty; pty.spawn([{}])"),
        ("star", "a list put together", "import subprocess; a = [{rest}]; subprocess.run([{program}, *a])"),
        ("plus", "two lists", "import subprocess; subprocess.run([{program}] + [{rest}])"),
    )),
    *(Rewrite(id, f"Python {title}", _SHELL, _code(command, "import os; os.system({})")) for id, title, command in (
        ("python-stdin", "from a pipe", "printf '%s\\n' {code} | python3"),
        ("python-dash", "from a pipe, with -", "printf '%s\\n' {code} | python3 -"),
        ("python-stdin-file", "from /dev/stdin", "python3 /dev/stdin <<< {code}"),
        ("python-substitution", "from a process substitution", "python3 <(printf '%s\\n' {code})"),
        ("python-options", "with options", "python3 -u -B -W ignore -c {code}"),
        ("python-joined-c", "with joined options", "python3 -Bc {code}"),
        ("python-version", "by its version", "/usr/bin/python3.11 -c {code}"), ("python-env", "by env", "env python3 -c {code}"),
        ("python-timeit", "by timeit", "python3 -m timeit -n 1 -r 1 {code}"), ("python-uv", "by uv", "uv run python -c {code}"),
        ("python-poetry", "by poetry", "poetry run python3 -c {code}"), ("ipython", "by IPython", "ipython -c {code}"),
        ("pypy", "by PyPy", "pypy3 -c {code}"),
        ("python-exec-stdin", "that executes its input", "python3 -c 'import sys; exec(sys.stdin.read())' <<< {code}"),
        ("python-argument", "that executes its argument", "python3 -c 'import sys; exec(sys.argv[1])' {code}"),
    )),
    *(Rewrite(f"perl-{id}", f"Perl's {title}", _SHELL, _code("perl -e {code}", template)) for id, title, template in (
        ("exec-line", "exec", "exec {}"), ("sh", "system with sh", "system(\"sh\", \"-c\", {})"),
        ("variable", "variable", "my $c = {}; system($c);"), ("qx", "backticks by a variable", "my $c = {}; print `$c`;"),
        ("open", "open of a pipe", "open(my $f, \"-|\", {}); print <$f>;"), ("eval", "eval of a block", "eval { system({}) };"),
        ("parentheses-free", "system without parentheses", "system {} and die"),
    )),
    *(Rewrite(id, f"Perl {title}", _SHELL, _code(command, "system({});")) for id, title, command in (
        ("perl-stdin", "from a here-string", "perl <<< {code}"), ("perl-pipe", "from a pipe", "printf '%s\\n' {code} | perl"),
        ("perl-options", "with options", "perl -w -Mstrict -e {code}"), ("perl-joined", "with joined options", "perl -we {code}"),
        ("perl-long", "by its path", "/usr/bin/perl -E {code}"),
    )),
    Rewrite("perl-pieces", "Perl with the text in pieces", _BUILT, _code("perl -e {code}", "system({});",
     lambda text: _pieces(text).replace(" + ", " . "))),
    Rewrite("perl-pack", "Perl with hexadecimal digits", _BUILT, _code("perl -e {code}", "system(pack(\"H*\", {}));", _hex)),
    Rewrite("perl-reversed", "Perl with the text reversed", _BUILT, _code("perl -e {code}", "system(scalar reverse({}));", _reversed)),
    Rewrite("perl-list", "Perl's system with a list", _WORDS, _list("perl -e {code}", "system({});")),
    *(Rewrite(f"ruby-{id}", f"Ruby's {title}", _SHELL, _code("ruby -e {code}", template)) for id, title, template in (
        ("exec", "exec", "exec {}"), ("sh", "system with sh", "system \"sh\", \"-c\", {}"), ("spawn", "spawn", "Process.wait(spawn({}))"),
        ("popen", "IO.popen", "puts IO.popen({}).read"), ("kernel", "Kernel.system", "Kernel.system({})"),
        ("variable", "variable", "c = {}\nsystem(c)"), ("open3", "Open3", "require \"open3\"; puts Open3.capture2e({})[0]"),
        ("send", "call by name", "Kernel.send(:system, {})"),
    )),
    Rewrite("ruby-list", "Ruby's system with words", _WORDS, _list("ruby -e {code}", "system({})")),
    Rewrite("ruby-stdin", "Ruby from a pipe", _SHELL, _code("printf '%s\\n' {code} | ruby", "system({})")),
    *(Rewrite(f"node-{id}", f"Node's {title}", _SHELL, _code("node -e {code}", template)) for id, title, template in (
        ("exec-async", "exec", "require(\"child_process\").exec({}, (e, o) => console.log(o))"),
        ("destructured", "execSync by its name", "const { execSync } = require(\"child_process\"); console.log(String(execSync({})))"),
        ("spawn-shell", "spawnSync with a shell", "require(\"child_process\").spawnSync({}, { shell: true, stdio: \"inherit\" })"),
        ("spawn-sh", "spawnSync with sh", "require(\"node:child_process\").spawnSync(\"sh\", [\"-c\", {}], { stdio: \"inherit\" })"),
        ("exec-file", "execFileSync with sh", "require(\"child_process\").execFileSync(\"/bin/sh\", [\"-c\", {}], { stdio: \"inherit\" })"),
        ("variable", "variable", "const c = {}; require(\"child_process\").execSync(c, { stdio: \"inherit\" })"),
        ("import", "import", "import(\"child_process\").then((m) => m.execSync({}, { stdio: \"inherit\" }))"),
    )),
    Rewrite("node-print", "Node's -p", _SHELL, _code("node -p {code}", "require(\"child_process\").execSync({}).toString()")),
    Rewrite("node-stdin", "Node from a pipe", _SHELL, _code("printf '%s\\n' {code} | node",
     "require(\"child_process\").execSync({}, { stdio: \"inherit\" })")),
    Rewrite("node-base64", "Node with base64", _BUILT, _code("node -e {code}",
     "require(\"child_process\").execSync(Buffer.from({}, \"base64\").toString(), { stdio: \"inherit\" })", _base64)),
    Rewrite("node-list", "Node's spawnSync with a list", _WORDS, _list("node -e {code}",
     "require(\"child_process\").spawnSync({program}, [{rest}], { stdio: \"inherit\" })")),
    Rewrite("bun", "Bun", _SHELL, _code("bun -e {code}", "require(\"child_process\").execSync({}, { stdio: \"inherit\" })")),
    Rewrite("deno", "Deno", _SHELL, _code("deno eval {code}", "new Deno.Command(\"sh\", { args: [\"-c\", {}] }).outputSync()")),
    *(Rewrite(f"php-{id}", f"PHP's {title}", _SHELL, _code("php -r {code}", template)) for id, title, template in (
        ("exec", "exec", "exec({}, $o); print_r($o);"), ("shell-exec", "shell_exec", "echo shell_exec({});"),
        ("passthru", "passthru", "passthru({});"), ("popen", "popen", "fpassthru(popen({}, \"r\"));"),
        ("variable", "variable", "$c = {}; system($c);"),
    )),
    *(Rewrite(id, title, _SHELL, _code(command, template)) for id, title, command, template in (
        ("lua", "Lua's os.execute", "lua -e {code}", "os.execute({})"),
        ("lua-popen", "Lua's io.popen", "lua -e {code}", "print(io.popen({}):read(\"a\"))"),
        ("luajit", "LuaJIT", "luajit -e {code}", "os.execute({})"),
        ("tcl", "Tcl's exec", "tclsh <<< {code}", "exec sh -c {} >@ stdout"), ("r", "R's system", "Rscript -e {code}", "system({})"),
        ("julia", "Julia's run", "julia -e {code}", "run(Cmd([\"sh\", \"-c\", {}]))"),
        ("osascript", "AppleScript", "osascript -e {code}", "do shell script {}"),
        ("groovy", "Groovy", "groovy -e {code}", "println([\"sh\", \"-c\", {}].execute().text)"),
        ("elixir", "Elixir", "elixir -e {code}", "IO.puts(elem(System.cmd(\"sh\", [\"-c\", {}]), 0))"),
        ("erlang", "Erlang", "erl -noshell -eval {code}", "io:put_chars(os:cmd({})), halt()."),
        ("guile", "Guile", "guile -c {code}", "(system {})"),
        ("emacs", "Emacs", "emacs --batch --eval {code}", "(princ (shell-command-to-string {}))"),
        ("octave", "Octave", "octave --eval {code}", "system({})"), ("crystal", "Crystal", "crystal eval {code}", "system({})"),
        ("gnuplot", "gnuplot", "gnuplot -e {code}", "system {}"),
    )),
    Rewrite("powershell", "PowerShell", _SHELL, _code("pwsh -c {code}", "sh -c {}", _literal)),
    *(Rewrite(id, title, _SHELL, _code(command, template)) for id, title, command, template in (
        ("awk-getline", "awk's getline", "awk {code}", "BEGIN { while (({} | getline line) > 0) print line }"),
        ("awk-print", "awk's print into a command", "awk {code}", "BEGIN { print \"\" | {} }"),
        ("awk-file", "awk's program from a file", "awk -f <(printf '%s\\n' {code})", "BEGIN { system({}) }"),
        ("gawk", "GNU awk", "gawk --exec /dev/stdin <<< {code}", "BEGIN { system({}) }"),
        ("mawk", "mawk", "mawk {code}", "BEGIN { c = {}; system(c) }"),
        ("awk-variable", "awk's variable", "awk {code}", "BEGIN { c = {}; system(c) }"),
        ("vim-system", "Vim's system()", "vim -es -c {code} -c 'qa!'", "call system({})"),
        ("vim-python", "Vim's Python", "vim -es -c {code} -c 'qa!'", "py3 import os; os.system({})"),
        ("nvim-lua", "nvim's Lua", "nvim --headless -c {code} +qa", "lua os.execute({})"),
        ("gdb-python", "gdb's Python", "gdb -batch -ex {code}", "python import os; os.system({})"),
    )),
    *(Rewrite(id, title, _SHELL, _file(name, run, template)) for id, title, name, run, template in (
        ("python-file", "a file that Python runs", "packgate-step.py", "python3", "import os\nos.system({})"),
        ("perl-file", "a file that Perl runs", "packgate-step.pl", "perl", "system({});"),
        ("ruby-file", "a file that Ruby runs", "packgate-step.rb", "ruby", "system({})"),
        ("node-file", "a file that Node runs", "packgate-step.js", "node",
         "require(\"child_process\").execSync({}, { stdio: \"inherit\" })"),
        ("awk-file-written", "a file that awk runs", "packgate-step.awk", "awk -f", "BEGIN { system({}) }"),
    )),
)

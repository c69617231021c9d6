"""What a line runs: the commands that evaluation reports, in order. Arguments are joined by ``|``."""

from __future__ import annotations

import pytest
from shell_host import Recorder, state, walk

from packgate.model.value import Glob, Hole, Origin, Text, show, unknown
from packgate.shell.evaluate import evaluate, run_argv, trace_prompt

RUNS: dict[str, list[str]] = {
    # spelling
    "rm -rf /etc": ["rm|-rf|/etc"],
    "r''m -r\"f\" /et\\c": ["rm|-rf|/etc"],
    "r\\\nm a": ["rm|a"],
    "rm${IFS}-rf${IFS}/etc": ["rm|-rf|/etc"],
    "x=rm; $x -rf /etc": ["rm|-rf|/etc"],
    "a=r b=m; $a$b x": ["rm|x"],
    "r$@m -rf /": ["rm|-rf|/"],
    "$'\\x72m' $'\\x2fetc'": ["rm|/etc"],
    "{rm,-rf,/etc}": ["rm|-rf|/etc"],
    "${x:-rm} y": ["rm|y"],
    ": ${x:=rm}; $x y": [":|rm", "rm|y"],
    "a=rm; b=a; ${!b} -rf /": ["rm|-rf|/"],
    "printf -v c 'r%s' m; $c /": ["printf|-v|c|r%s|m", "rm|/"],
    "IFS=,; x=rm,-rf,/; $x": ["rm|-rf|/"],
    "set -- rm -rf /; \"$@\"": ["set|--|rm|-rf|/", "rm|-rf|/"],
    "x='rm -rf'; $x \"$x\"": ["rm|-rf|rm -rf"],
    "cmd=(rm -rf /); \"${cmd[@]}\"": ["rm|-rf|/"],
    "echo ${PATH:0:1}etc": ["echo|/etc"],
    "$0 -c 'rm x'": ["bash|-c|rm x", "rm|x"],
    # lists, groups, pipelines
    "a; b && c || d & e": ["a", "b", "c", "d", "e"],
    "{ a; b; }; (c; d)": ["a", "b", "c", "d"],
    "a | b |& c": ["a", "b", "c"],
    "! a; time b; time -p c": ["a", "b", "c"],
    "coproc rm x": ["rm|x"],
    # branches: every one is walked
    "if a; then b; elif c; then d; else e; fi": ["a", "b", "c", "d", "e"],
    "if true; then b; else e; fi": ["true", "b", "e"],
    "case $X in a) b;; *) c;; esac": ["b", "c"],
    "case a in a) b;; *) c;; esac": ["b", "c"],
    "false && rm x": ["false", "rm|x"],
    "exit; rm x": ["exit", "rm|x"],
    "f() { return; rm x; }; f": ["return", "rm|x"],
    # loops
    "for i in a b; do rm $i; done": ["rm|a", "rm|b"],
    "for i in {1..3}; do rm f$i; done": ["rm|f1", "rm|f2", "rm|f3"],
    "for f in /etc/*; do rm \"$f\"; done": ["rm|/etc/*"],
    "for f in; do rm x; done": ["rm|x"],
    "set -- p q; for f do rm $f; done": ["set|--|p|q", "rm|p", "rm|q"],
    "for ((i=0;i<2;i++)); do rm $i; done": ["rm|0", "rm|1"],
    "i=0; while [ $i -lt 2 ]; do rm f$i; i=$((i+1)); done": [
        "[|0|-lt|2|]", "rm|f0", "[|1|-lt|2|]", "rm|f1", "[|2|-lt|2|]",
    ],
    "until a; do b; done": ["a", "b"],
    "while false; do b; done": ["false", "b"],
    "while true; do a; done": ["true", "a"],
    "while true; do a $i; i=$((i+1)); done": ["true", "a|<$i>", "a|<$i>"],
    "while true; do printf 'a\\nb\\n' | grep b | tail -1; done": ["true", "printf|a\\nb\\n", "grep|b", "tail|-1"],
    "select x in a b; do rm $x; done": ["rm|<a|b>"],
    "while read x y; do rm \"$y\" $x; done <<< $'a b\\nc d'": [
        "read|x|y", "rm|b|a", "read|x|y", "rm|d|c", "read|x|y",
    ],
    "printf 'a\\nb\\n' | while read -r f; do rm $f; done": [
        "printf|a\\nb\\n", "read|-r|f", "rm|a", "read|-r|f", "rm|b", "read|-r|f",
    ],
    "find . | while read f; do rm \"$f\"; done": ["find|.", "read|f", "rm|<command find>"],
    # functions, aliases, traps
    "f() { rm x; }": [],
    "f() { rm \"$1\"; }; f /etc": ["rm|/etc"],
    "f() { local d=$1; cd \"$d\"; rm x; }; f /etc; rm y": ["local|d=/etc", "cd|/etc", "rm|x", "rm|y"],
    "function f { rm $#; }; f a b": ["rm|2"],
    "f() { rm x; } >/dev/null; f": ["rm|x"],
    "f() { g; }; g() { rm x; }; f": ["rm|x"],
    "eval 'x() { rm $1; }'; x /etc": ["eval|x() { rm $1; }", "rm|/etc"],
    "alias x='rm -rf'; x /etc": ["alias|x=rm -rf", "rm|-rf|/etc"],
    "alias s='sudo ' d='rm -rf'; s d /": ["alias|s=sudo |d=rm -rf", "sudo|rm|-rf|/"],
    "alias ls='ls -l'; ls a": ["alias|ls=ls -l", "ls|-l|a"],
    "alias x='rm a;'; x rm b": ["alias|x=rm a;", "rm|a", "rm|b"],
    "alias rm=no; \\rm a": ["alias|rm=no", "rm|a"],
    "alias x=rm; unalias x; x a": ["alias|x=rm", "unalias|x", "x|a"],
    "trap 'rm x' EXIT; a": ["trap|rm x|EXIT", "a", "rm|x"],
    "trap 'rm $x' EXIT; x=/etc": ["trap|rm $x|EXIT", "rm|/etc"],
    "(trap 'rm x' EXIT); a": ["trap|rm x|EXIT", "rm|x", "a"],
    "trap 'rm x' INT; a": ["trap|rm x|INT", "rm|x", "a"],
    "trap - EXIT": ["trap|-|EXIT"],
    "PS4='$(rm a)'; set -x; ls": ["set|-x", "rm|a", "ls"],
    "set -x; PS4='$(rm a)'": ["set|-x", "rm|a"],
    # wrappers of the shell itself
    "command rm x": ["command|rm|x", "rm|x"],
    "builtin cd /; rm x": ["builtin|cd|/", "cd|/", "rm|x"],
    "exec rm x": ["exec|rm|x", "rm|x"],
    "exec -a name rm x": ["exec|-a|name|rm|x", "rm|x"],
    "rm() { a; }; command rm x": ["command|rm|x", "rm|x"],
    "hash -p /bin/rm ls; ls x": ["hash|-p|/bin/rm|ls", "/bin/rm|x"],
    # nested code
    "eval 'rm x'": ["eval|rm x", "rm|x"],
    "eval rm '$y'": ["eval|rm|$y", "rm|<$y>"],
    "eval \"$(echo rm -rf /)\"": ["echo|rm|-rf|/", "eval|rm -rf /", "rm|-rf|/"],
    "bash -c 'rm $0 $1' a b": ["bash|-c|rm $0 $1|a|b", "rm|bash|b"],
    "bash -c 'bash -c \"rm x\"'": ["bash|-c|bash -c \"rm x\"", "bash|-c|rm x", "rm|x"],
    "source <(echo rm x)": ["echo|rm|x", "source|/dev/fd/63", "rm|x"],
    "bash <(echo rm x)": ["echo|rm|x", "bash|/dev/fd/63", "rm|x"],
    "echo rm x > >(sh)": ["echo|rm|x", "sh", "rm|x"],
    "tee >(bash) <<< 'rm x'": ["tee|/dev/fd/63", "bash", "rm|x"],
    "bash <<< 'rm x'": ["bash", "rm|x"],
    "sh <<'E'\nrm $x\nE": ["sh", "rm|<$x>"],
    "x=a; sh <<E\nrm $x \\$x\nE": ["sh", "rm|a|<$x>", "rm|a"],
    "echo 'rm x' > f; sh f": ["echo|rm x", "sh|f", "rm|x"],
    "echo 'rm x' > f; . f": ["echo|rm x", ".|f", "rm|x"],
    "export x=a; bash -c 'rm $x'": ["export|x=a", "bash|-c|rm $x", "rm|a"],
    "x=a; bash -c 'rm $x'": ["bash|-c|rm $x", "rm|<$x>"],
    "x=a bash -c 'rm $x'": ["bash|-c|rm $x", "rm|a"],
    "f() { rm x; }; export -f f; bash -c f": ["export|-f|f", "bash|-c|f", "rm|x"],
    # decoding pipelines
    "echo cm0gLXJmIC8= | base64 -d | sh": ["echo|cm0gLXJmIC8=", "base64|-d", "sh", "rm|-rf|/"],
    "printf '\\x72m x' | sh": ["printf|\\x72m x", "sh", "rm|x"],
    "echo 'x mr' | rev | bash": ["echo|x mr", "rev", "bash", "rm|x"],
    "echo 726d2078 | xxd -r -p | sh": ["echo|726d2078", "xxd|-r|-p", "sh", "rm|x"],
    "$(echo qn | tr a-z l-za-k) x": ["echo|qn", "tr|a-z|l-za-k", "by|x"],
    # substitutions everywhere
    "echo $(rm a) `rm b` \"$(rm c)\"": ["rm|a", "rm|b", "rm|c", "echo|"],
    "[[ $(rm a) == $(rm b) ]]": ["rm|a", "rm|b"],
    "(( $(rm a) ))": ["rm|a"],
    "echo $(( $(rm a) + 1 ))": ["rm|a", "echo|1"],
    "x[$(rm a)]=1": ["rm|a"],
    "x=$(rm a)": ["rm|a"],
    "x=($(rm a) b)": ["rm|a"],
    "echo ${y[$(rm a)]}": ["rm|a", "echo|<$y>"],
    "y=1; echo ${y#$(rm a)} ${y/$(rm b)/$(rm c)} ${y:$(rm d)0}": ["rm|a", "rm|b", "rm|c", "rm|d", "echo|1|1|1"],
    "cat < $(rm a)": ["rm|a", "cat"],
    "case $(rm a) in $(rm b)) c;; esac": ["rm|a", "rm|b", "c"],
    "for i in $(rm a); do :; done": ["rm|a", ":"],
    "cat <<E\n$(rm a)\nE": ["rm|a", "cat"],
    "cat <<'E'\n$(rm a)\nE": ["cat"],
    "echo '$(rm a)' \\$\\(rm b\\)": ["echo|$(rm a)|$(rm|b)"],
    "x='a[$(rm b)]'; echo $((x))": ["rm|b", "echo|0"],
    "declare x=$(rm a)": ["rm|a", "declare|x="],
    "A=$(rm a) b": ["rm|a", "b"],
    "{ a; } > $(rm b)": ["rm|b", "a"],
    "diff <(rm a) <(rm b)": ["rm|a", "rm|b", "diff|/dev/fd/63|/dev/fd/62"],
}


@pytest.mark.parametrize("line", RUNS)
def test_runs(line: str) -> None:
    host = walk(line)
    assert host.lines == RUNS[line]
    assert [note for note in host.notes if note.coverage != "full"] == []


FOLDERS = {
    "cd /etc; rm x": "/etc",
    "cd etc && rm x": "/home/dev/proj/etc",
    "cd ..; rm x": "/home/dev",
    "cd; rm x": "/home/dev",
    "cd ~/a/../b; rm x": "/home/dev/b",
    "cd /a; cd -; rm x": "/home/dev/proj",
    "cd -P -- /a; rm x": "/a",
    "pushd /a; pushd /b; popd; rm x": "/a",
    "(cd /a); rm x": "/home/dev/proj",
    "cd /a | b; rm x": "/home/dev/proj",
    "cd /a & rm x": "/home/dev/proj",
    "{ cd /a; }; rm x": "/a",
    "cd /a || exit; rm x": "/a",
    "[ -d b ] && cd b; rm x": "</home/dev/proj/b|/home/dev/proj>",
    "if q; then cd /a; else cd /b; fi; rm x": "</a|/b>",
    "if q; then cd /a; else exit; fi; rm x": "/a",
    "if [ 1 = 1 ]; then cd /a; else cd /b; fi; rm x": "/a",
    "cd $X; rm x": "<$X>",
    "cd $X/a; rm x": "<$X>/a",
    "cd /a/$X/..; rm x": "/a/<$X>/..",
    "env; rm x": "/home/dev/proj",
}


@pytest.mark.parametrize("line", FOLDERS)
def test_working_folder(line: str) -> None:
    host = walk(line)
    assert host.lines[-1] == "rm|x"
    found = show(host.folders[-1])
    assert sorted(found.strip("<>").split("|")) == sorted(FOLDERS[line].strip("<>").split("|"))


VALUES = {
    "x=1; if q; then x=2; fi; a $x": "<1|2>",
    "x=1; if q; then x=2; else x=3; fi; a $x": "<2|3>",
    "x=1; q && x=2; a $x": "<1|2>",
    "x=1; q || x=2; a $x": "<1|2>",
    "x=1; while q; do x=2; done; a $x": "<1|2>",
    "x=1; case $Y in p) x=2;; q) x=3;; esac; a $x": "<1|2|3>",
    "x=1; case p in p) x=2;; q) x=3;; esac; a $x": "2",
    "x=1; if [ -n \"\" ]; then x=2; fi; a $x": "1",
    "x=1; (x=2); a $x": "1",
    "x=1; f() { x=2; }; f; a $x": "2",
    "x=1; f() { local x=2; }; f; a $x": "1",
    "if q; then x=p; else x=q; fi; a /$x/${x}x": "/<p|q>/<p|q>x",
    "if q; then x=ab; else x=ac; fi; a ${x#a}": "<b|c>",
    "if q; then x=ab; else x=ac; fi; a ${x^^}": "<AB|AC>",
    "x=$(if [ -f q ]; then echo a; else echo b; fi); a $x": "<a|b>",
    "x=$(true && echo a || echo b); a $x": "a",
    "x=$(test -f q && echo a || echo b); a $x": "<a|b>",
    "x=$(test -f q && echo a); a $x": "<|a>",
    "unset x; a \"$x\"": "",
    "a $(date +%F)": "<command date>-<command date>-<command date>",
    "a $(mktemp -d)": "/tmp/tmp.<command mktemp>",
    "a $(cat f)": "<file f>",
    "a $(whatever)": "<command whatever>",
    "a \"$(cat f | base64 -d)\"": "<encoded base64>",
    "a $1": "",
    "f() { a $1; }; f b": "b",
    "a $RANDOM": "<$RANDOM>",
    "x=$Y; a ${x##*/}": "<$Y>",
    "x=/b/$Y.txt; a ${x%.txt} ": "/b/<$Y>",
    "a ${Y+set}": "<|set>",
    "a ${HOME+set}": "set",
    "a ${#Y}": "<$Y>",
    "read x; a $x": "<input>",
    "a ~bob/x": "/home/bob/x",
    "export x=~/a:~/b; a $x": "/home/dev/a:/home/dev/b",
    "a $PWD/x": "/home/dev/proj/x",
    "a $(pwd)": "/home/dev/proj",
    "a $(basename \"$PWD\")": "proj",
    "a $(command -v rm)": "/usr/bin/rm",
    "a $(realpath ../q)": "/home/dev/q",
    "x=b; x+=c; a $x": "bc",
    "a $(echo \"$Y\" | tr a-z A-Z)": "<$Y>",
    "a x$(echo \"k$Y\" | tr k l)": "xl<$Y>",
    "a $(echo a/$Y | rev)": "<$Y>/a",
    "a $(printf '%s/%s' \"$Y\" b)": "<$Y>/b",
    "a $(printf '%s/%s' b $Y c)": "<$Y>",
    "a @(b)": "b",
    "x=*; a \"$x\"": "*",
    "a \"$(export -p)\"": "<command export>",
    "a \"$(set)\"": "<command set>",
    "a \"$(type -p rm)\"": "/usr/bin/rm",
    "x[3]=p; x+=(q); a ${x[-1]}${x[3]}": "qp",
    "set -- p ''; x=$*; a \"$x-\"": "p -",
    "IFS=,; set -- p q; x=\"$*\"; IFS=; a $x": "p,q",
}


@pytest.mark.parametrize("line", VALUES)
def test_values(line: str) -> None:
    argv = walk(line).commands[-1][0]
    assert argv[0] == "a"
    assert [show(value) for value in argv[1:]] in ([VALUES[line]], [] if VALUES[line] == "" else None)


def test_globs_stay_globs_after_quoting_only_from_file_names() -> None:
    argv = walk("for f in /etc/*.c; do a \"$f\" ${f##*/} ${f%.c}; done").commands[-1][0]
    assert argv[1:] == [Text(("/etc/", Glob("*"), ".c")), Text((Glob("*"), ".c")), Text(("/etc/", Glob("*")))]
    assert walk("x='*'; a \"$x\" $x '*' \\*").commands[-1][0][1:] == ["*", Text((Glob("*"),)), "*", "*"]


def test_undeclared_variable_in_the_command_word_is_also_walked_as_empty() -> None:
    assert walk("$SUDO apt-get install x").lines == ["<$SUDO>|apt-get|install|x", "apt-get|install|x"]
    assert walk("r${x}m -rf /").lines == ["r<$x>m|-rf|/", "rm|-rf|/"]
    assert walk("$EDITOR notes.md").lines == ["<$EDITOR>|notes.md"]
    assert walk("eval \"$cmd rm x\"").lines[1:] == ["<$cmd>|rm|x", "rm|x"]
    assert walk("$X mkfs.ext4 /dev/sdb1").lines[1:] == ["mkfs.ext4|/dev/sdb1"]
    assert walk("$X ./x.sh a").lines[1:] == ["./x.sh|a"]
    assert walk("$X --flag a").lines == ["<$X>|--flag|a"]
    # No program before it could change the folder: the line means the variable to be empty.
    assert walk("$X cd /etc && a $PWD").lines[-1] == "a|/etc"


def test_undeclared_variable_at_the_end_is_also_walked_as_no_word() -> None:
    assert walk("cp a b $X").lines == ["cp|a|b|<$X>", "cp|a|b"]
    assert walk("rm x | sh $X").lines[-1] == "sh"
    assert walk("cp a b \"$X\"").lines == ["cp|a|b|<$X>"]
    assert walk("printenv $X").lines == ["printenv|<$X>"]
    assert walk("X=b; cp a $X").lines == ["cp|a|b"]


def test_characters_that_are_written_byte_by_byte_are_characters() -> None:
    assert walk("for n in 162 155 40 303 244; do printf \"\\\\$n\"; done | sh").lines[-1] == "rm|\u00e4"


def test_loop_that_waits_starts_jobs_at_a_pace() -> None:
    assert walk("while sleep 10; do date & done").notes == []
    assert [note.code for note in walk("while true; do date & done").notes] == ["endless-jobs"]


def test_folder_that_is_there_is_entered_for_sure() -> None:
    assert walk("cd /tmp && cd - > /dev/null; a $PWD").lines[-1] == "a|/home/dev/proj"
    assert walk("cd .. && x=b; a $x").lines[-1] == "a|b"
    assert walk("pushd . && x=b; a $x").lines[-1] == "a|b"
    assert walk("cd sub && x=b; a $x").lines[-1] == "a|<$x>"


def test_each_choice_of_a_command_word_is_run() -> None:
    assert walk("c=ls; q && c='rm -rf'; $c /etc").lines[1:] == ["ls|/etc", "rm|-rf|/etc"]
    host = walk("c='rm a'; q && c='rm b'; eval \"$c\"")
    assert host.lines[2:] == ["rm|a", "rm|b"]


OPENS = {
    "echo a > f": [("write", "f", "a\n")],
    "echo a >> f": [("append", "f", "a\n")],
    "echo a >| f": [("write", "f", "a\n")],
    "> f": [("write", "f", "")],
    "ls > f": [("write", "f", "<command ls>")],
    "ls 2> f": [("write", "f", None)],
    "ls &> f": [("write", "f", "<command ls>")],
    "echo a >& f": [("write", "f", "a\n")],
    "cat < f": [("read", "f", None)],
    "cat <> f": [("both", "f", None)],
    "{ echo a; echo b; } > f": [("write", "f", "a\nb\n")],
    "if test -f q; then echo a; fi > f": [("write", "f", "<|a\n>")],
    "for i in 1 2; do echo $i; done > f": [("write", "f", "1\n2\n")],
    "echo a > f 2>&1": [("write", "f", "a\n")],
    "echo a 2>&1 > f": [("write", "f", "a\n")],
    "{ echo a >&2; } 2> f": [("write", "f", "a\n")],
    "exec 3> f; echo a >&3; echo b >&3": [("write", "f", ""), ("append", "f", "a\n"), ("append", "f", "b\n")],
    "exec > f; echo a": [("write", "f", ""), ("append", "f", "a\n")],
    "exec {fd}> f; echo a >&$fd": [("write", "f", ""), ("append", "f", "a\n")],
    "cat <<E > f\na $HOME\nE": [("write", "f", "a /home/dev\n")],
    "echo a > ~/f": [("write", "/home/dev/f", "a\n")],
    "echo a > $X": [("write", "<$X>", "a\n")],
    "echo a > /dev/stderr": [],
    "echo a > /dev/tcp/h/1": [("write", "/dev/tcp/h/1", "a\n")],
    "f() { echo a; }; f > g": [("write", "g", "a\n")],
    "f() { echo a; } > g; f": [("write", "g", "a\n")],
    "echo a | cat > f": [("write", "f", "a\n")],
    "eval 'echo a > f'": [("write", "f", "a\n")],
    "bash -c 'echo a' > f": [("write", "f", "a\n")],
    "x=$(cat < f)": [("read", "f", None)],
    "x=$(< f)": [("read", "f", None)],
    "echo a > a b": [("write", "a", "a b\n")],
    "cd /x; echo a > f; cd /y; cat < f": [("write", "/x/f", "a\n"), ("read", "/y/f", None)],
    "{ cd /x; echo a; } > f": [("write", "f", "a\n")],
}


@pytest.mark.parametrize("line", OPENS)
def test_redirections(line: str) -> None:
    assert walk(line).opens == OPENS[line]


STDIN = {
    "cat <<< a": "a\n",
    "echo a | q": "a\n",
    "echo a | { q; }": "a\n",
    "q <<E\na\nE": "a\n",
    "q < f": "<file f>",
    "curl x | q": "<command curl>",
    "curl x | grep y | q": "<command curl>",
    "{ q; } <<< a": "a\n",
    "echo a | tee f | q": "a\n",
    "q": None,
}


@pytest.mark.parametrize("line", STDIN)
def test_standard_input(line: str) -> None:
    stdin = walk(line).commands[-1][2]
    assert (None if stdin is None else show(stdin)) == STDIN[line]


def test_origins_pass_through_filters() -> None:
    stdin = walk("fetch x | grep y | base64 -d | q", fetch=unknown(Origin("network", "x"))).commands[-1][2]
    assert isinstance(stdin, Text)
    kinds = {origin.kind for part in stdin.parts if isinstance(part, Hole) for origin in part.origins}
    assert kinds == {"command", "encoded", "network"}


VARIABLES = {
    "curl -H \"$TOKEN\"": ("TOKEN",),
    "echo $TOKEN | q": ("TOKEN",),
    "x=$TOKEN; q $x": ("TOKEN",),
    "x=$TOKEN; y=a$x; q $y": ("TOKEN",),
    "x=abc; q $x": (),
    "q <<< $TOKEN": ("TOKEN",),
    "for t in $TOKEN; do q $t; done": ("TOKEN",),
    "read x <<< $TOKEN; q $x": ("TOKEN",),
    "q $(echo $TOKEN)": ("TOKEN",),
    "export T=$TOKEN; q $T": ("TOKEN",),
    "q ${TOKEN:0:4}": ("TOKEN",),
    "q $HOME $PWD $1 $?": (),
    "echo $TOKEN > f; q": (),
    "f() { q $1; }; f $TOKEN": ("TOKEN",),
    "q $(printenv TOKEN)": ("TOKEN",),
}


@pytest.mark.parametrize("line", [line for line in VARIABLES if not line.startswith("f()")])
def test_variables_that_flow_into_a_command(line: str) -> None:
    known = walk(line, environment={"TOKEN": "s3cret"}).commands[-1][4]
    assert tuple(sorted(set(known))) == VARIABLES[line]
    unset = walk(line).commands[-1][4]
    assert tuple(sorted(set(unset))) == VARIABLES[line]


def test_exports_and_prefix_assignments_reach_children() -> None:
    host = walk("export A=1; B=2 q; B=3; q")
    assert host.environments[-2] == {"A": "1", "B": "2", "AWS_PROFILE": None}
    assert host.environments[-1] == {"A": "1", "B": None, "AWS_PROFILE": None}
    assert walk("AWS_PROFILE=p; q", environment={"AWS_PROFILE": "old"}).environments[-1]["AWS_PROFILE"] == "p"
    assert walk("unset A; q", environment={"A": "1"}).environments[-1]["A"] is None
    assert walk("set -a; A=1; q").environments[-1]["A"] == "1"
    assert walk("A=1; export -n A; q", environment={"B": "2"}).environments[-1]["B"] == "2"


def test_assignments_are_told() -> None:
    assert walk("x=1; export y=2; read z <<< 3; declare -x w; local v=4; A=5 q").sets == [
        ("x", "1", False), ("y", "2", True), ("z", "3", False), ("v", "4", False),
    ]  # fmt: skip


def test_spans_are_those_of_the_source_or_of_the_code_word() -> None:
    host = walk("ls; bash -c 'rm a; rm b'; (rm c)")
    assert [(argv[0], span) for argv, span, *_ in host.commands] == [
        ("ls", (0, 2)), ("bash", (4, 24)), ("rm", (4, 24)), ("rm", (4, 24)), ("rm", (27, 31)),
    ]  # fmt: skip


def test_via_names_the_wrappers() -> None:
    host = walk("command exec bash -c 'eval \"rm x\"'")
    assert host.commands[-1][3] == ("command", "exec", "bash", "eval")


def test_unknown_code_is_run_as_an_unknown_program() -> None:
    argv = walk("eval \"$(fetch x)\"", fetch=unknown(Origin("network", "x"))).commands[-1][0]
    assert argv == [unknown(Origin("network", "x"))]
    assert walk("bash -c \"cd $X && rm -rf y\"").lines[1:] == ["cd|<$X>", "rm|-rf|y"]


def test_run_argv_reports_and_folds() -> None:
    host = Recorder()
    assert run_argv(["echo", "a"], state(), host, (3, 7), via=("sudo",)) == "a\n"
    assert host.commands == [(["echo", "a"], (3, 7), None, ("sudo",), ())]
    assert run_argv(["rev"], state(), host, (0, 1), stdin="ab\n") == "ba\n"
    assert show(run_argv(["who"], state(), host, (0, 1))) == "<command who>"
    assert run_argv([], state(), host, (0, 1)) == ""
    host = Recorder()
    run_argv([Text((Hole((Origin("variable", "SUDO"),)),)), "rm", "x"], state(), host, (0, 1))
    run_argv([Text((Hole(choices=("ls -l", "rm")),)), "x"], state(), host, (0, 1))
    assert host.lines == ["<$SUDO>|rm|x", "rm|x", "ls|-l|x", "rm|x"]


def test_trace_prompt_walks_substitutions() -> None:
    host, shell = Recorder(), state()
    shell.set("PS4", "+$(rm a) `rm b` ")
    trace_prompt(shell, host, (2, 5))
    assert [(argv, span) for argv, span, *_ in host.commands] == [(["rm", "a"], (2, 5)), (["rm", "b"], (2, 5))]


def test_output_of_evaluation() -> None:
    assert evaluate("echo a; printf b; echo c >&2", state(), Recorder()) == "a\nb"
    assert evaluate("ls", state(), Recorder({"ls": "x\ny\n"})) == "x\ny\n"


def test_state_persists_over_evaluations() -> None:
    shell, host = state(), Recorder()
    evaluate("x=1; cd /a", shell, host)
    evaluate("rm $x", shell, host)
    assert host.lines[-1] == "rm|1"
    assert host.folders[-1] == "/a"


ZSH = {
    "=rm x": ["rm|x"],
    "x='a b'; rm $x": ["rm|a b"],
    "noglob rm *": ["noglob|rm|*", "rm|*"],
    "nocorrect rm x": ["nocorrect|rm|x", "rm|x"],
    "for f (a b) rm $f": ["rm|a", "rm|b"],
    "rm (a|b)": ["rm|a|b"],
    "x=abc; rm ${(U)x}": ["rm|ABC"],
    "echo '\\x72m' | sh": ["echo|\\x72m", "sh", "rm"],
    "x=(a b); rm $x[1]": ["rm|a"],
    "repeat 3 rm x": ["rm|x"],
    "alias -g X=/a; rm X": ["alias|-g|X=/a", "rm|/a"],
    "alias X=/a; rm X": ["alias|X=/a", "rm|X"],
    "hash -d n=/a/b; rm ~n/c": ["hash|-d|n=/a/b", "rm|/a/b/c"],
    "n=/a; rm ~n": ["rm|/a"],
}


@pytest.mark.parametrize("line", ZSH)
def test_zsh(line: str) -> None:
    assert walk(line, "zsh").lines == ZSH[line]


def test_folders_are_searched_for() -> None:
    host = Recorder()
    evaluate("CDPATH=/a:/c; cd b; rm x; cd ./d; rm x; cd /e; rm x; CDPATH=.; cd f; rm x", state(), host)
    assert [folder for argv, folder in zip(host.lines, host.folders, strict=True) if argv == "rm|x"] == ["/a/b", "/a/b/d", "/e", "/e/f"]


def test_noglob_keeps_stars_as_text() -> None:
    assert walk("noglob rm *", "zsh").commands[-1][0] == ["rm", "*"]
    assert walk("set -f; rm *").commands[-1][0] == ["rm", "*"]

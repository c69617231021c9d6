"""Folding: what harmless programs print, computed."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma

import pytest
from shell_host import Recorder, output, state

from packgate.model.value import DIGITS, NAME, Hole, Origin, Text, show, unknown
from packgate.shell.evaluate import evaluate
from packgate.shell.fold_codecs import decode
from packgate.shell.fold_facts import base, folder
from packgate.shell.fold_filters import members
from packgate.shell.fold_scripts import is_cheap, python_pattern, sed
from packgate.shell.limits import TEXT_SIZE


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


PRINTS = {
    "echo a  'b  c'": "a b  c\n",
    "echo -n a": "a",
    "echo -e 'a\\tb\\x41\\0101\\u00e9'": "a\tbAA\u00e9\n",
    "echo -e 'a\\cb'": "a",
    "echo -E 'a\\n'": "a\\n\n",
    "echo -x a": "-x a\n",
    "printf '%s-%s\\n' a b c": "a-b\nc-\n",
    "printf '%d %5d|%-5d|%05d' 1 2 3 4": "1     2|3    |00004",
    "printf '%x %X %o %c %%' 255 255 8 abc": "ff FF 10 a %",
    "printf '%b' 'a\\nb'": "a\nb",
    "printf '\\162\\x6d'": "rm",
    "printf '%.2s' abc": "ab",
    "printf '%*s' 4 a": "   a",
    "printf '%d' \"'A\"": "65",
    "printf '%q' 'a b'": "a\\ b",
    "printf '%s' $'\\xc3\\xa9'": "\u00e9",
    "printf -- '-%s' a": "-a",
    "printf 'a\\cb'": "a",
    "printf %s": "",
    "cat <<< a": "a\n",
    "echo a > f; cat f f": "a\na\n",
    "echo a | cat -": "a\n",
    "echo a | tee f": "a\n",
    "seq 3": "1\n2\n3\n",
    "seq 2 2 6": "2\n4\n6\n",
    "seq 3 -1 1": "3\n2\n1\n",
    "seq -s, 3": "1,2,3\n",
    "seq -w 8 10": "08\n09\n10\n",
    "printf 'ab\\ncd\\n' | rev": "ba\ndc\n",
    "printf 'a\\nb\\n' | tac": "b\na\n",
    "echo abc | tr a-c A-C": "ABC\n",
    "echo abc | tr -d b": "ac\n",
    "echo aabb | tr -s ab": "ab\n",
    "echo a1b2 | tr -dc '[:alpha:]'": "ab",
    "echo a1 | tr -c '[:alpha:]\\n' _": "a_\n",
    "echo 'a b' | tr ' ' '\\n'": "a\nb\n",
    "echo abc | tr abc x": "xxx\n",
    "printf '1\\n2\\n3\\n' | head -n 2": "1\n2\n",
    "printf '1\\n2\\n3\\n' | head -1": "1\n",
    "printf '1\\n2\\n3\\n' | head -n -1": "1\n2\n",
    "printf abc | head -c 2": "ab",
    "printf '1\\n2\\n3\\n' | tail -n 1": "3\n",
    "printf '1\\n2\\n3\\n' | tail -n +2": "2\n3\n",
    "printf abc | tail -c 2": "bc",
    "echo a:b:c | cut -d: -f1,3": "a:c\n",
    "echo a:b:c | cut -d: -f2-": "b:c\n",
    "echo abcd | cut -c2-3": "bc\n",
    "echo 'a b' | cut -d' ' -f2": "b\n",
    "printf 'b\\na\\nb\\n' | sort": "a\nb\nb\n",
    "printf 'b\\na\\nb\\n' | sort -u": "a\nb\n",
    "printf 'b\\na\\n' | sort -r": "b\na\n",
    "printf '10\\n9\\n' | sort -n": "9\n10\n",
    "printf 'a\\na\\nb\\n' | uniq": "a\nb\n",
    "printf 'a b\\n' | wc -w": "2\n",
    "printf 'a b\\n' | wc -l": "1\n",
    "printf 'a\\nb\\n' | paste -sd,": "a,b\n",
    "printf abcd | fold -w2": "ab\ncd\n",
    "echo a.b.c | sed 's/\\./-/g'": "a-b-c\n",
    "echo abc | sed 's/b/[&]/'": "a[b]c\n",
    "echo abc | sed -e 's|b|/|'": "a/c\n",
    "echo 'a b' | sed -E 's/(a) (b)/\\2 \\1/'": "b a\n",
    "echo ABC | sed 's/b/x/I'": "AxC\n",
    "echo abc | sed 's/a/x/;s/b/y/'": "xyc\n",
    "printf '1\\n2\\n3\\n' | sed -n 2p": "2\n",
    "printf '1\\n2\\n3\\n' | sed -n '2,$p'": "2\n3\n",
    "printf 'ab\\ncd\\n' | grep c": "cd\n",
    "printf 'ab\\ncd\\n' | grep -v c": "ab\n",
    "printf 'ab\\n' | grep -o b": "b\n",
    "printf 'a.b\\nacb\\n' | grep -F a.b": "a.b\n",
    "echo 'a b c' | awk '{print $2}'": "b\n",
    "echo 'a:b' | awk -F: '{print $2}'": "b\n",
    "echo rm | base64": "cm0K\n",
    "echo cm0= | base64 -d": "rm",
    "echo cm0= | base64 --decode": "rm",
    "echo cm0= | base64 -D": "rm",
    "echo cm0 | base64 -di": "rm",
    "echo OJWQ==== | base32 -d": "rm",
    "echo 726d | xxd -r -p": "rm",
    "printf rm | xxd -p": "726d\n",
    "printf '00000000: 726d  rm\\n' | xxd -r": "rm",
    "echo cm0= | openssl base64 -d": "rm",
    "echo cm0= | openssl enc -base64 -d -A": "rm",
    "echo cm0= > f; base64 -d f": "rm",
    "echo cm0= > f; base64 -d < f": "rm",
    f"echo {b64(gzip.compress(b'rm x', mtime=0))} | base64 -d | gunzip": "rm x",
    f"echo {b64(gzip.compress(b'rm x', mtime=0))} | base64 -d | gzip -dc": "rm x",
    f"echo {b64(gzip.compress(b'rm x', mtime=0))} | base64 -d | zcat": "rm x",
    f"echo {b64(bz2.compress(b'rm x'))} | base64 -d | bzip2 -d": "rm x",
    f"echo {b64(lzma.compress(b'rm x'))} | base64 -d | xz -d": "rm x",
    "echo abc | gzip | gunzip": "abc\n",
    "echo abc | bzip2 | bzcat": "abc\n",
    "basename /a/b.c": "b.c\n",
    "basename /a/b.c .c": "b\n",
    "basename -s .c a.c b.c": "a\nb\n",
    "dirname /a/b a /a": "/a\n.\n/\n",
    "realpath ../x /a/./b": "/home/dev/x\n/a/b\n",
    "readlink -f x": "/home/dev/proj/x\n",
    "pwd": "/home/dev/proj\n",
    "which rm mkfs": "/usr/bin/rm\n/usr/sbin/mkfs\n",
    "command -v git": "/usr/bin/git\n",
    "expr 2 + 3": "5\n",
    "expr 7 / 2": "3\n",
    "expr substr abcde 2 3": "bcd\n",
    "expr length abc": "3\n",
    "true; false; :; mkdir -p x; cp a b; sleep 1": "",
    "/bin/echo a | /usr/bin/rev": "a\n",
}


@pytest.mark.parametrize("line", PRINTS)
def test_prints(line: str) -> None:
    assert output(line) == PRINTS[line]


PARTLY = {
    "date +%Y%m%d": (Hole((Origin("command", "date"),), DIGITS),) * 3 + ("\n",),
    "mktemp -d": ("/tmp/tmp.", Hole((Origin("command", "mktemp"),), NAME), "\n"),
    "mktemp /x/a.XXXX": ("/x/a.", Hole((Origin("command", "mktemp"),), NAME), "\n"),
    "uname": (Hole((Origin("command", "uname"),), NAME), "\n"),
    "whoami": (Hole((Origin("command", "whoami"),), NAME), "\n"),
    "nproc": (Hole((Origin("command", "nproc"),), DIGITS), "\n"),
    "rm -v x": (Hole((Origin("command", "rm"),)),),
    "sort file": (Hole((Origin("command", "sort"), Origin("file", "file"))),),
    "base64 -d file": (Hole((Origin("encoded", "base64"), Origin("file", "file"))),),
    "dirname $X/b": (Hole((Origin("variable", "X"),)), "\n"),
    "dirname /a/$X/b": ("/a/", Hole((Origin("variable", "X"),)), "\n"),
    "basename /a/x$X": (Hole((Origin("variable", "X"),), NAME), "\n"),
    "grep x $F": (Hole((Origin("command", "grep"), Origin("file", "<$F>"))),),
    "printenv X": (Hole((Origin("variable", "X"),)), "\n"),
    "echo $X | head -1": (Hole((Origin("variable", "X"),)), "\n"),
    "echo 'not base64 !' | gunzip": (Hole((Origin("encoded", "gzip"),)),),
}


@pytest.mark.parametrize("line", PARTLY)
def test_prints_partly(line: str) -> None:
    assert output(line) == Text(PARTLY[line])


def test_zsh_and_posix_echo_read_escapes() -> None:
    assert output("echo 'a\\x41'", "zsh") == "aA\n"
    assert output("echo 'a\\0101'", "dash") == "aA\n"
    assert output("echo 'a\\x41'", "dash") == "a\\x41\n"
    assert output("echo 'a\\x41'", "bash") == "a\\x41\n"


def test_whoami_knows_a_declared_user() -> None:
    shell = state()
    shell.user = "dev"
    assert evaluate("whoami; id -un; echo $USER", shell, Recorder()) == "dev\ndev\ndev\n"


def test_the_answer_of_the_host_comes_before_folding() -> None:
    assert evaluate("cat f | rev", state(), Recorder({"cat": "ab\n"})) == "ba\n"


def test_choices_go_through_filters() -> None:
    found = output("x=ab; test -f q && x=cd; echo $x | rev | base64")
    assert show(found) == "<YmEK\n|ZGMK\n>"


def test_unknown_input_keeps_its_origins() -> None:
    host = Recorder({"curl": unknown(Origin("network", "h"))})
    found = evaluate("curl h | base64 -d | gunzip | sort", state(), host)
    assert isinstance(found, Text)
    assert isinstance(found.parts[0], Hole)
    assert {origin.kind for origin in found.parts[0].origins} == {"command", "encoded", "network"}


@pytest.mark.parametrize("kind", ["base64", "base32", "hex", "xxd", "gzip", "bzip2", "xz"])
@pytest.mark.parametrize("text", ["", "x", "!!", "\x00", "\udc80", "é", "a" * 100])
def test_decoders_never_raise(kind: str, text: str) -> None:
    found = decode(kind, text)
    assert found is None or isinstance(found, str)


def test_a_decompression_bomb_is_not_unpacked() -> None:
    data = gzip.compress(b"a" * 10_000_000, mtime=0)
    assert decode("gzip", data.decode("utf-8", "surrogateescape")) is None
    assert len(show(output("seq 1 100000 | tr '\\n' ' '"))) <= TEXT_SIZE + 100


def test_expensive_patterns_are_refused() -> None:
    assert python_pattern("(a*)*b", True) is None
    assert not is_cheap("a*a*a*a*b", "a" * 4_000)
    assert sed("s/a*a*a*b/x/", "a" * 4_000, False, False) is None
    assert is_cheap("a*", "a" * 1_000)


def test_sets_of_tr() -> None:
    assert members("a-d") == "abcd"
    assert members("[:digit:]") == "0123456789"
    assert members("\\n\\101x-") == "\nAx-"


def test_paths() -> None:
    assert [base(path) for path in ("/a/b", "b/", "/", "a")] == ["b", "b", "/", "a"]
    assert [folder(path) for path in ("/a/b", "/a", "a", "a/b/", "/")] == ["/a", "/", ".", "a", "/"]

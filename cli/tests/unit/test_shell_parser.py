"""The tree that the parser makes of words, quotes, expansions, redirections, lists and compound commands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from packgate.shell import tree
from packgate.shell.parser import parse, parse_arithmetic, parse_double_quoted, parse_heredoc
from packgate.shell.relocate import push_children

sys.path.insert(0, str(Path(__file__).parent))
from shell_shape import messages, of, shape

WORDS = [
    ("rm -rf 'a b' c\\ d e''f", "[rm -rf 'a b' c' 'd e''f];"),
    ('a"b $c"d', "[a\"'b '{c}\"d];"),
    ("echo a#b # c", "[echo a#b];"),
    ("echo {a,b} ~/x *.py [a-z]", "[echo {a,b} ~/x *.py [a-z]];"),
    ("echo ''", "[echo ''];"),
    ('echo ""', '[echo ""];'),
    ("a\xa0b c", "[a\xa0b c];"),
    ("echo a\tb", "[echo a b];"),
    ('echo $ a$ "$" $%', "[echo '$' a'$' \"'$'\" '$'%];"),
    ("echo \\", "[echo '\\'];"),
    ('"a\\b\\$\\"\\`\\\\"', '["\'a\\b$"`\\\'"];'),
    ("echo \ud800x", "[echo \ud800x];"),
]
CONTINUATION = [
    ("r\\\nm x", "[rm x];"),
    ("rm \\\n x", "[rm x];"),
    ('"$\\\n(rm x)"', '["$([rm x];)"];'),
    ("if\\\n true; then a; fi", "if [true]; then [a]; fi;"),
    ("a &\\\n& b |\\\n| c", "(([a] && [b]) || [c]);"),
    ("a >\\\n> b <\\\n<\\\n< c", "[a >>b <<<c];"),
    ("$\\\n{x\\\n:\\\n-y\\\n}", "[{x :- y}];"),
    ("echo $fo\\\no \\\n#c", "[echo {foo}];"),
    ("'a\\\nb'", "['a\\\nb'];"),
    ('"a\\\nb"', "[\"'ab'\"];"),
    ("\\\n\\\nrm x", "[rm x];"),
    ("a=\\\n(b)", "[a=(b)];"),
    ("2\\\n>x", "[2>x];"),
    ("t\\\nime a", "time [a];"),
    ("echo a \\\n# b", "[echo a];"),
    ("# a \\\nrm x", "[rm x];"),
]
ANSI = [
    ("$'a\\x41\\u00e9\\U0001F600\\101\\n\\e\\cA\\'\\\\\\z'", "['aA\xe9\U0001f600A\n\x1b\x01'\\\\z'];"),
    ("$'\\xc3\\xa9\\xff'", "['\xe9\udcff'];"),
    ("$'a\\0b' \"$'x'\"", "['a' \"'$'''x''\"];"),
    ('$"a $b"', "[\"'a '{b}\"];"),
    ("\"${x:-$'\\t'}\"", "[\"{x :- '\t'}\"];"),
]
PARAMETERS = [
    ("$x $1 $10 $@ $# $? $$ $! $-", "[{x} {1} {1}0 {@} {#} {?} {$} {!} {-}];"),
    (
        "${x} ${10} ${#x} ${#} ${#@} ${##} ${#x[@]} ${!x} ${!x@} ${!x*} ${!x[@]} ${!}",
        "[{x} {10} {#x} {#} {#@} {##} {#x[@]} {!x} {x !@} {x !*} {x[@] !keys} {!}];",
    ),
    ("${x:-a b} ${x-} ${x:=c} ${x+d} ${x:?e}", "[{x :- a b} {x - ''} {x := c} {x + d} {x :? e}];"),
    (
        "${x#a} ${x##*/} ${x%b} ${x%%.*} ${x^} ${x^^[a]} ${x,} ${x,,}",
        "[{x # a} {x ## */} {x % b} {x %% .*} {x ^ ''} {x ^^ [a]} {x , ''} {x ,, ''}];",
    ),
    ("${x/a/b} ${x//a} ${x/#a/b} ${x/%a/b/c}", "[{x / a b} {x // a} {x /# a b} {x /% a b/c}];"),
    ("${x:1} ${x:1:2} ${x: -1} ${x:$y:(2)}", "[{x : 1} {x : 1 2} {x :  -1} {x : {y} (2)}];"),
    ("${x@Q} ${x[1]} ${x[$(a)]:-b} ${x[*]}", "[{x @Q} {x[1]} {x[$([a];)] :- b} {x[*]}];"),
    ("${x:-\"a}\"} ${x:-'}'} ${x:-\\}} ${x:-${y:-z}}", "[{x :- \"'a}'\"} {x :- '}'} {x :- '}'} {x :- {y :- z}}];"),
    ('"${x:-\'}\'}" "${x:-"a b"}" "${x%\'}\'}"', "[\"{x :- ''''}''''}\" \"{x :- \"'a b'\"}\" \"{x % '}'}\"];"),
    ("\"${x:-'$(a)'}\"", "[\"{x :- '''$([a];)'''}\"];"),
    ("${x:-$(a `b`)} ${x//$(c)/$((1))}", "[{x :- $([a $([b];)];)} {x // $([c];) $((1))}];"),
    ("${ a; } ${| b;}", "[$([a];) $([b];)];"),
]
SUBSTITUTIONS = [
    ('$(a; b) `c` "$(d "e")" "`f`"', '[$([a]; [b];) $([c];) "$([d "\'e\'"];)" "$([f];)"];'),
    ("`a \\`b\\` \\$c \\\\d`", "[$([a $([b];) {c} 'd'];)];"),
    ('"`a \\"b\\"`"', '["$([a "\'b\'"];)"];'),
    ("$((1+2)) $(( $x * (2) )) $[3+$y]", "[$((1+2)) $(( {x} * (2) )) $((3+{y}))];"),
    ("$((a); b)", "[$(( [a]; ); [b];)];"),
    ("$( (a); b)", "[$(( [a]; ); [b];)];"),
    ("$(( $(a) ))", "[$(( $([a];) ))];"),
    ("<(a) >(b) c<(d)", "[<([a];) >([b];) c<([d];)];"),
    ("$()", "[$()];"),
    ("$(# x\na)", "[$([a];)];"),
]
REDIRECTIONS = [
    ("a >&-b 2<& -c", "[a b c >&- 2<&-];"),
    ("echo $(( $${x ))", "[echo $(( {$}{x ))];"),
    ("$((a $')' + 1))", "[$((a ')' + 1))];"),
    ("a >b 2>&1 <c >>d >|e <>f &>g &>>h 3<&4 5>&- <<<i", "[a >b 2>&1 <c >>d >|e <>f &>g &>>h 3<&4 5>&- <<<i];"),
    ("{fd}>a 10>b a2>c", "[a2 {fd}>a 10>b >c];"),
    ('a > "$b" >$(c)', '[a >"{b}" >$([c];)];'),
    ("> a", "[>a];"),
    ("a &>b&", "[a &>b] &"),
    ("1>a", "[1>a];"),
    ("a 1 >b", "[a 1 >b];"),
    ("a >&b", "[a >&b];"),
]
HEREDOCS = [
    ('a <<X\n$b `c` $(d)\n"\\$e\\\nf\nX\ng', "[a <<X<\"{b}' '$([c];)' '$([d];)'\n\"$ef\n'\">]; [g];"),
    ("a <<'X'\n$b\\\nX\n", "[a <<'X'<'$b\\\n'>];"),
    ("a <<\\X\n$b\nX", "[a <<'X'<'$b\n'>];"),
    ("a <<-X\n\t\tb\n\t$c\n\tX\nd", "[a <<-X<\"'b\n'{c}'\n'\">]; [d];"),
    ("a <<-'X'\n\tb\n\tX", "[a <<-'X'<'b\n'>];"),
    ("a <<X <<-Y; b\n1\nX\n\t2\n\tY\nc", "[a <<X<\"'1\n'\"> <<-Y<\"'2\n'\">]; [b]; [c];"),
    ("$(a <<X\nb\nX\n)", "[$([a <<X<\"'b\n'\">];)];"),
    ("$(a <<X\nb\nX)", "[$([a <<X<\"'b\n'\">];)];"),
    ("$(a <<X)\nb\nX\nc", "[$([a <<X<\"'b\n'\">];)]; [c];"),
    ("a <<X | b\n1\nX\n", "[a <<X<\"'1\n'\">] | [b];"),
    ("a <<X && b <<Y\n1\nX\n2\nY\n", "([a <<X<\"'1\n'\">] && [b <<Y<\"'2\n'\">]);"),
    ("a <<X", "[a <<X<''>];"),
    ("a <<X\nb", "[a <<X<\"'b'\">];"),
    ("a <<X\nb\\\nX\nX\nc", "[a <<X<\"'bX\n'\">]; [c];"),
    ("a <<X\nY\\\nX\nX", "[a <<X<\"'YX\n'\">];"),
    ("a <<$x\nb\n$x\n", "[a <<{x}<\"'b\n'\">];"),
    ('a <<"E F"\nb\nE F\nc', "[a <<\"'E F'\"<'b\n'>]; [c];"),
    ("f() { a; } <<X\nb\nX", "function f { [a]; } <<X<\"'b\n'\">;"),
]
LISTS = [
    ("a; b & c\nd", "[a]; [b] & [c]; [d];"),
    ("a && b || c", "(([a] && [b]) || [c]);"),
    ("a | b |& c", "[a] | [b] |& [c];"),
    ("! a | b", "! [a] | [b];"),
    ("time -p a | b", "time [a] | [b];"),
    ("time ! a", "time ! [a];"),
    ("! ! a", "[a];"),
    ("time", "time [];"),
    ("time -- a", "time [a];"),
    ("time --<(k) a", "time [--<([k];) a];"),
    ("a &&\n\n# x\nb", "([a] && [b]);"),
    ("a |\nb", "[a] | [b];"),
    ("!(a)", "! ( [a]; );"),
    ("a & b", "[a] & [b];"),
]
COMPOUND = [
    ("if a; then b; elif c; then d; else e; fi >f", "if [a]; then [b]; elif [c]; then [d]; else [e]; fi >f;"),
    ("while a; do b; done", "while [a]; do [b]; done;"),
    ("until a\ndo b\ndone <c", "until [a]; do [b]; done <c;"),
    ('for x in a "b c"; do d; done', "for x in (a \"'b c'\") do [d]; done;"),
    ("for x; do a; done", "for x do [a]; done;"),
    ("for x\nin a\ndo b\ndone", "for x in (a) do [b]; done;"),
    ("for x in a; { b; }", "for x in (a) do [b]; done;"),
    ("for ((i=0; i<$n; i++)); do a; done", "for ((i=0;  i<{n};  i++)) do [a]; done;"),
    ("for ((;;)) { a; }", "for ((-; -; -)) do [a]; done;"),
    ("select x in a b; do c; done", "select x in (a b) do [c]; done;"),
    ('case $x in (a|b) c;; *.d) e;& "f") ;;& g) h\nesac', "case {x} in (a|b) [c]; ;; (*.d) [e]; ;& (\"'f'\")  ;;& (g) [h]; ;; esac;"),
    ("case x in a) b;; esac | c", "case x in (a) [b]; ;; esac | [c];"),
    ("{ a; b; } >c", "{ [a]; [b]; } >c;"),
    ("( a; b ) 2>c", "( [a]; [b]; ) 2>c;"),
    ("((rm x); rm y)", "( ( [rm x]; ); [rm y]; );"),
    ("((a + (b)))", "((a + (b)));"),
    ("(( a++ )) && b", "((( a++ )) && [b]);"),
    ("f() { a; }; f", "function f { [a]; }; [f];"),
    ("f () ( a )", "function f ( [a]; );"),
    ("function f { a; }", "function f { [a]; };"),
    ("function f() if a; then b; fi", "function f if [a]; then [b]; fi;"),
    ("coproc a b", "coproc - [a b];"),
    ("coproc N { a; }", "coproc N { [a]; };"),
    ("[[ -f a && $b == c* || ! ( d < e ) ]]", "[[ -f a && {b} == c* || ! ( d < e ) ]];"),
    ("[[ a =~ (b c|d)\\ e$ && f ]]", "[[ a =~ (b c|d)' 'e'$' && f ]];"),
    ('[[ a = "b" ]] >c', "[[ a = \"'b'\" ]] >c;"),
    ("{(a); }", "{ ( [a]; ); };"),
    ("if(a)then(b)fi", "if ( [a]; ); then ( [b]; ); fi;"),
    ("echo if then }", "[echo if then }];"),
]
ASSIGNMENTS = [
    ("a=b c=d e f=g", "[a=b c=d e f=g];"),
    ("a= b", "[a= b];"),
    ("a+=b a[1]=c a[$i]+=d", "[a+=b a[1]=c a[{i}]+=d];"),
    ("a=(x [1]=y $(z) 'q r')", "[a=(x [1]=y $([z];) 'q r')];"),
    ("a=(\nb # c\nd\n)", "[a=(b d)];"),
    ("a+=(b)", "[a+=(b)];"),
    ("declare -a x=(1 2) y=3", "[declare -a x=(1 2) y=3];"),
    ("export a=b", "[export a=b];"),
    ("local x=$(y)", "[local x=$([y];)];"),
    ("a=~/b:c", "[a=~/b:c];"),
    ("a[1 + 2]=b", "[a[1 + 2]=b];"),
    ("a[b]c", "[a[b]c];"),
    ("[a]=b", "[[a]=b];"),
    ("1a=b", "[1a=b];"),
    ("a-b=c", "[a-b=c];"),
    ("builtin local x=(1)", "[builtin local x=(1)];"),
    ("a=b$'c' d", "[a=b'c' d];"),
]
ZSH = [
    ("for x (a b) c $x", "for x in (a b) do [c {x}]; done;"),
    ("for x in a b; { c }", "for x in (a b) do [c]; done;"),
    ("foreach x (a b); c; end", "for x in (a b) do [c]; done;"),
    ("repeat 3 a", "for  in (3) do [a]; done;"),
    ("{ a } always { b }", "{ { [a]; }; { [b]; }; };"),
    ("() { a $1 } b", "{ function (anon) { [a {1}]; }; ['(anon)' b]; };"),
    ("function { a }", "{ function (anon) { [a]; }; ['(anon)']; };"),
    ("if [[ -f x ]] { a } elif [[ y ]] { b } else { c }", "if [[ -f x ]]; then [a]; elif [[ y ]]; then [b]; else [c]; fi;"),
    ("if (( x )) a", "if (( x )); then [a]; fi;"),
    ("while (( x )) { a }", "while (( x )); do [a]; done;"),
    ("ls a*(N) b(c|d)e **/*(.om[1])", "[ls a*qualifier(N) b@(c|d)e **/*qualifier(.om[1])];"),
    ("a =(b) c=(d)", "[a =([b];) c=qualifier(d)];"),
    ("a >! b >>| c", "[a >b >>c];"),
    ("a &! b &| c", "[a] & [b] & [c];"),
    ("f() a", "function f [a];"),
    (
        '$=x $~y $+z ${(f)x} ${(s:,:)x:-y} $x[1] $x[$(a)] "$x[1]"',
        '[{x (=)} {y (~)} {z (+)} {x (f)} {x (s:,:):- y} {x[1]} {x[$([a];)]} "{x[1]}"];',
    ),
    ("[[ a = (b|c)* ]]", "[[ a = @(b|c)* ]];"),
    ("a ^b !(c)", "[a ^b !(c)];"),
    ("{ a }", "{ [a]; };"),
]

GROUPS = [WORDS, CONTINUATION, ANSI, PARAMETERS, SUBSTITUTIONS, REDIRECTIONS, HEREDOCS, LISTS, COMPOUND, ASSIGNMENTS]


@pytest.mark.parametrize(("source", "expected"), [case for group in GROUPS for case in group])
def test_bash(source: str, expected: str) -> None:
    assert shape(source) == expected


@pytest.mark.parametrize(("source", "expected"), ZSH)
def test_zsh(source: str, expected: str) -> None:
    assert shape(source, "zsh") == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("((rm -rf x))", "( ( [rm -rf x]; ); );"),
        ("[[ a && b ]]", "([[[ a] && [b ]]]);"),
        ("time a", "[time a];"),
        ("function a", "[function a];"),
        ("a[; b", "[a[]; [b];"),
        ("f() a", "function f [a];"),
        ("echo $'a'", "[echo '$''a'];"),
        ("echo \"${x:-'}'}\"", "[echo \"{x :- '''}''}'\"];"),
    ],
)
def test_dash_reads_less_than_bash(source: str, expected: str) -> None:
    assert shape(source, "dash") == expected


def test_sh_may_be_bash_or_dash() -> None:
    assert shape("((i + 1))", "sh") == "((i + 1));"
    assert shape("((rm -rf x))", "sh") == "( ( [rm -rf x]; ); );"
    assert shape("[[ -f a ]]", "sh") == "[[ -f a ]];"
    assert len(messages("[[ a > b ]]", "sh")) == 1


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("rm x; fi; rm y", ["rm"]),
        ("rm x\nif rm y; then (", ["rm", "rm"]),
        ("rm 'x", ["rm"]),
        ("rm $(mv y", ["rm", "mv"]),
        ("rm x | mv `cp", ["rm", "mv", "cp"]),
        ("rm x && mv y >", ["rm", "mv"]),
    ],
)
def test_what_stands_before_a_problem_is_in_the_tree(source: str, words: list[str]) -> None:
    parsed = parse(source)
    assert parsed.problems
    text = of(parsed.script)
    assert all(f"[{word}" in text for word in words)


def test_a_problem_in_backticks_or_a_heredoc_ends_with_them() -> None:
    parsed = parse("a `fi`; b <<X\n$(c\nX\nd")
    assert of(parsed.script) == '[a $()]; [b <<X<"$([c];)">]; [d];'
    assert [problem.message for problem in parsed.problems] == [
        "unexpected `fi`",
        "a command substitution isn't closed",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a\r\nb", "a carriage return outside quotes: shells differ in what it means"),
        ("r\0m x", "a NUL character: shells differ in what it means"),
        ("${a b}", "a parameter expansion that can't be read"),
        ("${a[}", "a subscript isn't closed"),
        ("a <<X\n`b\nX", "a backtick isn't closed"),
    ],
)
def test_doubtful_text_is_said_to_be(source: str, message: str) -> None:
    assert messages(source) == [message]


def test_a_nul_is_dropped_and_positions_stay() -> None:
    command = parse("r\0m x").script.statements[0].node
    assert isinstance(command, tree.SimpleCommand)
    assert of(command) == "[rm x]"
    assert (command.start, command.end) == (0, 5)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("echo `a \\`rm x\\``", "rm x"),
        ("cat <<-X\n\t\t$(rm x)\n\tX", "rm x"),
        ("cat <<X\n$(rm x)\nX", "rm x"),
        ('echo "$(a \\\n $(rm x))"', "rm x"),
    ],
)
def test_positions_are_those_of_the_source(source: str, place: str) -> None:
    for offset in (0, 7):
        todo = [parse(source, offset=offset).script]
        spans = []
        while todo:
            node = todo.pop()
            if isinstance(node, tree.SimpleCommand):
                spans.append((node.start, node.end))
            push_children(node, todo)
        start = source.index(place) + offset
        assert (start, start + len(place)) in spans


def test_text_that_is_read_apart() -> None:
    problems: list[tree.Problem] = []
    assert of(parse_double_quoted('+$(a) "b" \\$c', problems)) == "\"'+'$([a];)' \"b\" $c'\""
    assert of(parse_heredoc("a `b` \\\nc", problems)) == "\"'a '$([b];)' c'\""
    assert of(parse_arithmetic("x + $(a) * ${b:-1}", problems)) == "x + $([a];) * {b :- 1}"
    assert problems == []
    parse_heredoc("$(a", problems)
    assert [problem.message for problem in problems] == ["a command substitution isn't closed"]


def test_a_long_chain_leans_left() -> None:
    node = parse("a && " * 2000 + "b").script.statements[0].node
    length = 0
    while isinstance(node, tree.AndOr):
        node = node.left
        length += 1
    assert length == 2000

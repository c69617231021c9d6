"""Our expansion against a real bash: the arguments that `printf` gets, for harmless lines in an empty folder."""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from shell_host import Recorder

from packgate.shell.evaluate import evaluate
from packgate.shell.state import State

if TYPE_CHECKING:
    from pathlib import Path

BASH = shutil.which("bash")

# Each is a list of words, or set-up commands and a list of words after the last semicolon-newline.
CASES = [
    # quoting
    r"""a 'b c' "d e" f\ g""",
    r"""'' "" a''b ""c""",
    r"""$'a\tb\x41\101\u00e9' $'\'' $"loc" """,
    r""" "a\"b\\c\$d\`e\f" '\n' \\ \n """,
    "a\\\nb 'a\\\nb' \"a\\\nb\"",
    r"""# a comment""",
    r"""a#b a '#c'""",
    # braces
    "{a,b,c} x{1,2}y {a,b}{c,d}",
    "{1..5} {5..1} {01..03} {-2..2} {1..10..3} {10..1..4} {a..e} {e..a..2} {A..C}",
    "{a} {} {,} {a,} {,a}x {a,b x {a..} {1..a} {1..2..x}",
    "a{b{c,d},e}f {{a,b},c} {a,{b} {a,b}} {{a},b}",
    "'{a,b}' \"{a,b}\" {'a,b',c} {a\\,b,c} \\{a,b\\} {a,b\"c d\"}",
    "x=1 xb=q x1=r\n;{$x,2} {a,$x}b ${x}{1,2}",
    "{1..3}{a,b} -{a,b}- {a,b}={c,d}",
    "{a,b}$(echo {c,d})",
    "${x:-{a,b}} \"${x:-{a,b}}\"",
    "{001..3} {1..003} {-01..2} {+1..3}",
    "{z..x} {a..a} {3..3}",
    "{,} a{,}b {,,}x",
    # tilde
    "~:~ ~:x ~/a:~ a=~", "${f-a=~} ${f-~}", "${f-a:~}", "v=$(cat <<< a=~)\n;$v", "v=$(cat <<< a:~)\n;$v", "v=$(cat <<< ~:~)\n;$v",
    "~ ~/x ~/ a~ \"~\" '~' \\~ ~\"x\" x=~ x=~/y --x=~ x:~ x=a:~/b",
    "v=~/a\n;$v",
    "v=a:~/b:~\n;$v",
    "v=\"~/a\"\n;$v",
    "~+ ~+/x",
    "~root/x ~root",
    # parameters
    "x=abc\n;$x ${x} \"$x\" '$x' ${x}d ${#x} x${x}",
    "x='a b  c'\n;$x \"$x\" a$x'b' $x$x",
    "x=' a '\n;$x- -$x- \"$x\" $x$x",
    "x=\n;$x \"$x\" a${x}b \"\"$x ''$x",
    "unset x\n;${x-d} ${x:-d} ${x+s} ${x:+s} \"${x-}\" ${x-a b} \"${x-a b}\" ${x-\"a b\"} ${x-'a b'}",
    "x=\n;${x-d} ${x:-d} ${x+s} ${x:+s}",
    "x=v\n;${x-d} ${x:-d} ${x+s} ${x:+s} ${x:+\"$x $x\"}",
    "unset x\n;${x=new} $x ${x:=other}",
    "unset x\n;\"${x:-\"a b\"}\" \"${x:-'a b'}\" ${x:-a\\ b}",
    "x=/a/b/c.tar.gz\n;${x#*/} ${x##*/} ${x%/*} ${x%%/*} ${x%.*} ${x%%.*} ${x#/a} ${x%gz} ${x#zzz} ${x##*zz}",
    "x=aXbXc\n;${x/X/-} ${x//X/-} ${x/#a/-} ${x/%c/-} ${x/X} ${x//X} ${x/[a-c]/_} ${x//[!X]/_} ${x/#X/-}",
    "x=foobar\n;${x/o*/Z} ${x//o/oo} ${x/%bar/} ${x/foo/\"a b\"} \"${x/foo/a b}\"",
    "x=hello\n;${x^} ${x^^} ${x^^[l]} ${x,} ${x,,} ${x^h} ${x^z}",
    "x=HELLO\n;${x,} ${x,,} ${x,,[L]} ${x~} ${x~~}",
    "x=abcdef\n;${x:2} ${x:1:3} ${x: -2} ${x: -3:2} ${x:0:-2} ${x:9} ${x:2:0} ${x:(-1)} ${x:1+1}",
    "x=y y=z\n;${!x} ${!x:-d}",
    "ab1=1 ab2=2\n;${!ab*} \"${!ab@}\"",
    "x='a b'\n;${x@Q} ${x@U} ${x@u} \"${x@L}\"",
    "x='a*b?[c]'\n;\"$x\" \"${x%\\*b*}\" \"${x#a}\"",
    "x=a.b.c p='*.'\n;${x#$p} ${x#\"$p\"} ${x##$p}",
    "x='a\\b'\n;\"$x\" \"${x//\\\\/-}\"",
    "x=abc\n;${x/b/\\&} ${x//?/<&>}" if False else "x=abc\n;${x//?/-}",
    "x=aaa\n;${x#a} ${x##a} ${x##+(a)} ${x/a/b} ${x/%a/b}",
    # positional parameters
    "set -- a 'b c' d\n;$1 $2 \"$2\" $# $@ \"$@\" \"$*\" $* ${@:2} \"${@:2:1}\" ${#@} ${10}",
    "set -- a 'b c'\n;\"x$@y\" \"x$*y\" x$@y",
    "set --\n;\"$@\" \"x$@\" \"$*\" $@ a",
    "set -- a b c; shift\n;$1 $#",
    "set -- x y; IFS=-\n;\"$*\" $*",
    "set -- a b c\n;${@: -1} ${*:1:2} \"${@: -2:1}\" ${!#}",
    # arrays
    "a=(x 'y z' w)\n;$a ${a[1]} \"${a[1]}\" ${#a[@]} ${#a[1]} \"${a[@]}\" \"${a[*]}\" ${a[-1]} ${!a[@]} ${a[@]:1:1}",
    "a=(1 2 3); a+=(4); a[1]=z; i=2\n;\"${a[@]}\" ${a[i]} ${a[$i]} ${a[i+1]} ${a[i-1]}",
    "a=([3]=x [1]=y)\n;\"${a[@]}\"" if False else "a=(x y); unset 'a[0]'\n;\"${a[@]}\" ${#a[@]} ${!a[@]}",
    "declare -A m=([k]=v ['a b']=c)\n;${m[k]} \"${m[a b]}\" ${#m[@]}",
    "a=(foo.c bar.c)\n;\"${a[@]%.c}\" ${a[@]/o/0} \"${a[@]^}\"",
    "a=()\n;\"${a[@]}\" x ${#a[@]}",
    "a=({1..3} $(echo p q) \"$(echo r s)\")\n;\"${a[@]}\"",
    # word splitting
    "IFS=: x=a:b::c\n;$x \"$x\"",
    "IFS=: x=:a:\n;$x",
    "IFS=', ' x='a, b , ,c'\n;$x",
    "IFS= x='a b'\n;$x",
    "IFS=x y=axbxxc\n;$y ${y}z",
    "x=$'a\\tb\\nc d'\n;$x",
    "unset IFS; x='a b'\n;$x",
    # substitutions
    "$(echo a b) \"$(echo a b)\" `echo c` $(printf 'x\\n\\n') x$(echo)y",
    "$(echo \"$(echo 'a  b')\") \"$(echo \"a  b\")\"",
    "$(printf '%s-' a b c) $(printf '%03d %x %o %5s|%-4s| %c' 7 255 8 ab cd xyz)",
    "\"$(printf '\\101\\x42\\t%b' 'c\\nd')\" $(printf %s) $(printf '%s %s\\n' a b c)",
    "$(echo -n a)$(echo -e 'b\\x63') $(echo -E 'a\\tb') \"$(echo a\\\\nb)\"",
    "x=$(echo a; echo b)\n;\"$x\" $x",
    "`echo \\`echo a\\`` `echo \"\\$HOME\"`",
    "$(cat <<< 'here string') $(cat <<X\nbody $HOME\nX\n)",
    "$(echo hello | tr a-z A-Z) $(echo abc | rev) $(echo 'a:b:c' | cut -d: -f2) $(printf '3\\n1\\n2\\n' | sort | head -n 1)",
    "$(echo cm0= | base64 -d) $(echo abc | base64) $(printf 'a\\nb\\nc\\n' | tail -n 1) $(printf 'a\\na\\nb\\n' | uniq)",
    "$(echo foo.bar | sed s/foo/baz/) $(echo a1b2 | sed 's/[0-9]//g') $(printf 'a\\nb\\n' | sed -n 2p)",
    "$(seq 3) $(seq 2 4) $(seq 5 -2 1) $(basename /a/b.c .c) $(dirname /a/b/c) $(basename a/) $(dirname a)",
    "$(echo aabbcc | tr -d b) $(echo aabbcc | tr -s abc) $(echo hello | tr 'a-y' 'b-z') $(echo ab12 | tr -dc '[:digit:]')",
    "$(printf 'b a\\n' | awk '{print $2}') $(printf 'x\\ny\\n' | grep y) $(printf '1\\n2\\n' | wc -l) $(expr 2 + 3)",
    "$(echo a | tee /dev/null) $(printf 'a b\\n' | cut -c1) $(printf abc | head -c 2) $(printf 'a\\nb' | tac | head -1)",
    # arithmetic
    "$((1+2*3)) $((2**10)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((1<<4)) $((0x1f)) $((010)) $((2#101)) $((36#z))",
    "$((1<2)) $((1==1&&0)) $((1||0)) $((!1)) $((~5)) $((5&3)) $((5|3)) $((5^3)) $((1?2:3)) $((0?2:3)) $((1,2))",
    "x=5\n;$((x)) $((x+1)) $(($x*2)) $((x++)) $x $((++x)) $((x+=3)) $((x-=1)) $((x==8)) $x",
    "x=y y=3\n;$((x)) $((x*2))",
    "a=(1 2 3)\n;$((a[1]+a[2])) $((a[0]=9)) ${a[0]}",
    "x='1+2'\n;$((x*2)) $(($x*2)) $[1+1]",
    "((x=3)); let y=4 z=x+1\n;$x $y $z",
    "$((9223372036854775807+1)) $((-(3))) $((2**3**2)) $(( 3 > 2 ? 10 : 20 ))",
    # control flow
    "for i in a b; do x+=$i; done\n;$x $i",
    "for ((i=0;i<3;i++)); do x+=$i; done\n;$x $i",
    "i=0; while [ $i -lt 3 ]; do x+=$i; i=$((i+1)); done\n;$x",
    "i=3; until ((i==0)); do x+=$i; ((i--)); done\n;$x",
    "while read a b; do x+=\"$b$a \"; done <<< $'1 2\\n3 4'\n;$x",
    "if [ 1 = 2 ]; then x=a; elif [[ abc == a* ]]; then x=b; else x=c; fi\n;$x",
    "case abc in b*) x=1;; a?c|d) x=2;; *) x=3;; esac\n;$x",
    "case a in a) x=1;& b) x+=2;; c) x+=3;; esac\n;$x",
    "r=; case ab in x) q=9;; a) q=no;; *b) q=8; esac; case ab in x) r=7; esac\n;$q \"$r\" $?",
    "case a in a) q=1;& b) q+=2;;& c) q+=no;;& a*) q+=3;& z) q+=4;; *) q+=no; esac\n;$q",
    "q=; case v in x) q=1;& ?) IFS=b;;& *) y=else;; esac\n;\"$IFS\" $y \"$q\"",
    "unset u; v=; [[ -v u ]] && x=set || x=unset; [[ -v v ]] && x+=set\n;$x",
    "f() { local v=$1; echo \"$v-$#\"; }; v=o\n;$(f p q) $v",
    "f() { x=$((x+$1)); }; x=1; f 2; f 3\n;$x",
    "true && x=1; false && x=2; false || y=1; true || y=2\n;$x $y",
    "[[ -n a && ( 1 -lt 2 || -z x ) ]] && x=yes\n;$x",
    "[ -z '' -a 1 -eq 1 ] && x=yes\n;$x",
    "x=1; (x=2); { x=$((x+10)); }\n;$x",
    "x=1; echo a | read x; x=$x\n;$x",
    "fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }\n;$(fact 5)",
    "f() { return 3; }; f; s=$?\n;$s",
    "! true; x=$?; ! false\n;$x $?",
    # builtins
    "printf -v x '%s-%s' a b; read -r p q <<< 'one two three'\n;$x $p \"$q\"",
    "IFS=, read -r a b c <<< 'x,y,z,w'\n;$a $b \"$c\"",
    "read -ra arr <<< 'a b c'; mapfile -t lines <<< $'l1\\nl2'\n;${arr[1]} ${lines[1]} ${#lines[@]}",
    "eval 'x=1; y=$((x+1))'; eval \"z=\\$y\"\n;$x $y $z",
    "declare -i n=2+3; declare -u up=abc; declare -l lo=ABC; declare -n ref=n\n;$n $up $lo $ref",
    "x=a; x+=b; export x; readonly r=1; unset x\n;\"[$x]\" $r",
    "cd /; x=$PWD; cd /usr/../tmp\n;$x $PWD $OLDPWD",
    "pushd / >/dev/null; x=$PWD; popd >/dev/null\n;$x",
    "set -f; x='*'\n;$x *",
    "x='a b'; set -- $x\n;$2 $1",
    "x=$(exit 3); s=$?\n;$s",
    "{ echo one; echo two; } > f; x=$(cat f); y=$(< f)\n;$x \"$y\"",
    "echo a > f; echo b >> f; read x < f\n;$x",
    "exec 3<<< 'abc'; read -u 3 x\n;$x",
    "x=$(cat <<'X'\n$HOME `a` \\n\nX\n)\n;\"$x\"",
    "x=$( { echo out; echo err >&2; } 2>/dev/null )\n;$x",
    "x=$( { echo out; echo err >&2; } 2>&1 )\n;$x",
    "x=$(echo err 2>&1 >/dev/null)\n;\"$x\"",
    "x=$(cat <(echo sub))\n;$x",
    "x=1 y=$x$x\n;$y",
    "x=old; x=new eval 'y=$x'\n;$x $y",
    # what leaves a loop, a function, a list
    "for i in a b c; do [ $i = b ] && continue; x+=$i; done\n;$x",
    "for i in a b c; do [[ $i == b ]] && break; x+=$i; done\n;$x $i",
    "for i in 1 2; do for j in 1 2; do [ $j = 2 ] && continue 2; x+=$i$j; done; done\n;$x",
    "x=; for i in 1 2; do while true; do break 2; done; x=no; done\n;\"$x\" $i",
    "while true; do x+=w; [ ${#x} -gt 3 ] && break; done\n;$x",
    "for ((;;)); do x+=w; [ ${#x} -gt 3 ] && break; done\n;$x",
    "x=; f() { for i in 1 2; do return 4; done; x=no; }; f; s=$?\n;$s \"$x\"",
    "f() { [ $1 = a ] && return 1; x+=$1; }; f a || x+=r; f b\n;$x",
    "if false; then x=1; fi; s=$?; case a in b) false;; esac; s+=$?; if true; then (exit 3); fi; s+=$?\n;$s",
    "while read -r l; do [ $l = b ] && break; x+=$l; done <<< $'a\\nb\\nc'\n;$x",
    "break; x=1; x+=$(exit 2; echo no)\n;$x",
    # replacements
    "x=abcb r='[&]' q='\\&'\n;${x/b/<&>} \"${x/b/<&>}\" \"${x/b/\\&}\" ${x/b/\\&} \"${x/b/\"&\"}\" \"${x/b/$r}\" ${x/b/$q} ${x//b/&&-} ${x/%b/(&)} ${x/b/'&'}",
    "unset u; s=a1b e=\n;\"${s//*([0-9])/-}\" \"${s/*([0-9])/-}\" \"${e/*([0-9])/-}\" \"${s/%*([0-9])/-}\" \"${e/%/a}${u/%/b}\"",
    # declarations, arrays
    "declare x={a,b}; export y={1..3}\n;$x $y",
    "a=([2]=x z)\n;${!a[@]} ${a[@]:1} \"${a[@]: -1}\"",
    "a=(one two three); unset a[1]; a+=(q); a[n=7]=r\n;${!a[@]} ${a[@]:2} ${a[@]:2:1} ${a[i=2]-d}",
    "declare -A m=([a]=1 [b]=2 [zz]=3 [k]=v [j]=4 [k2]=w)\n;${!m[@]} ${m[@]} ${m[@]:2:2}",
    "let x=2*3; unset 'l[0]'\n;$x",
    "l=([2]=x{a,b} z); declare -A m=([k]={1,2})\n;\"${l[@]}\" ${!l[@]} ${m[k]}",
    "x=$(printf '%d %d %d %d' 2a1 0x1fz -08 +7-)\n;$x \"$(printf '%5s|%-4s|%2s' é é éé)\"",
    # read
    "read x y <<'E'\nb\\ s t\\ \nE\n;\"$x\" \"$y\"",
    "IFS=: read x y <<< 'a:b:'; IFS=: read z <<< 'a:'; IFS=: read w v <<< 'a:b::'\n;\"$x\" \"$y\" \"$z\" \"$v\"",
    "read -n 3 x <<< 'abcd'; read -N 3 y <<< 'a bcd'; read <<< '  a '\n;\"$x\" \"$y\" \"$REPLY\"",
    "IFS=b read x s <<< 'abcbd'; x=1; x=2 read y <<< $x\n;$x $s $y",
    # quoting for reuse
    "v=$'a\\nb' q=\"it's\"; unset u\n;\"${v@Q}\" \"${q@Q}\" \"${u@Q}\" \"$(printf '%q ' '' 'a b' '$' '~' 'a~' '#' a# a=b a,b '{' '^' $'\\t' a=~ \"$q\")\"",
    # words
    "set -- A 'B C'; y='h w' l=(p 'q r')\n;$y$@$ $y${l[@]}$ $*$ \"$@\"$y$ ${l[*]}$",
    "y='a b' t=T\n;$y$ a$y$/ $y\"$\" {$,}t {x,y}=~ x=~ {~,x}/y",
    "set +B\n;{a,b} {1..3}",
    "l=(a)\n;$(echo abcab | sed -e s/a/b/ -e s/b/c/) $(echo aa | sed -es/a/b/ -e s/a/c/) \"${l[@]: -2:1}\" ${l[@]: -1}",
    "x=0; if [ $x = 1 ]; then trap 'x=2' EXIT; fi; trap - EXIT\n;$x",
    # braces are matched on the text, and close behind a comma or two points
    "{a}a,b} {a..}b,c} {a}{b},c} {{a}a,b} {x{a}b}y,c} {a,{b}c,d} {},a} x{},a} {x..{a,b}} {x..{1..2}}y{1,2} {'a,b'..c} {...} {..,}",
    "x=v\n;${x:+{a,b}{1,2}} ${x:-{}{1,2} $x${x:-{}y}{1,2} ${x:+{a}y}{1,2} {a,${x:-{}b}",
    # lists with other separators
    "IFS=:; l=(one 'two 2' a:b '' x)\n;${l[*]} ${l[@]} p${l[@]%x}s \"${l[*]}\" ${l[@]:1}",
    "IFS=:; l=(a '' b); x=${l[@]} y=${l[@]%x} z=\"${l[@]:0}\" w=${l[@]:0}; IFS=\n;$x $y $z $w",
    "IFS=', '; set -- A '' 'B C'\n;$* $@ ${*%%A} p$@s",
    # lists in quotes
    "set -- A B\n;\"${@+}\" \"${@:+}\" \"${@-}\" z\"${@+}\"", "set --\n;\"${@+}\" \"${@:+}\" \"${@-}\" \"${@:-d}\" \"${@+x}\"", "l=(a b)\n;\"${l[@]+\"${l[@]}\"}\" \"${l[@]:+}\"",
    # slices beyond the ends
    "set -- A 'B C' D\n;x${@: -5}y \"${@: -5:2}\" ${@: -2:9}", "set --\n;x${@: -2:9}y", "l=(a b c); unset 'l[2]'\n;x${l[@]: -3:9}y ${l[@]: -2}",
    "declare -A m=([k]=v)\n;x${m[@]: -3:0}y ${m[@]: -2:1} ${m[@]:1:0}",
    # printf counts bytes and reads octal numbers
    "x=$(printf '%.2s|%.3s' éa aé) y=$(printf '%b%b%b' '\\50' '\\050' '\\0501') z=$(printf '%c|%c' ab '')\n;$x $y $z", "x=$(printf '\\0501\\50')\n;$x",
    # whatever the letter case
    "shopt -s nocasematch; x=AbcABC; [[ $x == abc* ]] && y=1; case $x in ABCabc) z=2;; esac\n;${x/b/Z} ${x//[a-b]/Z} ${x#a} ${x/%c/Z} $y $z",
    # what matches nothing in nothing
    "e=\n;\"${e/!(x)/R}\" \"${e/#?(h)/R}\" \"${e/%!(x)/R}\" \"${e//*(h)/R}\" \"${e/#*/R}\"",
    # tabs and the delimiter of a here-document are those of a line whose continuations are joined
    "x=$(cat <<-E\n\\\n\tb\n\\\n\tE\n)\n;$x",
    # a word that ends in a dollar sign
    "set -- A 'B C' D; l=(q r)\n;$*$ ${*}$ ${*%x}$ ${@:1:2}$ ${l[*]}$ ${*:1:2}$ ${l[*]:0}$ ${!l[*]}$ ${!l[@]}$",
    # the value of an element is expanded before its subscript, and an anchor of a pattern may be the value of a variable
    "n=5; l=(a b c); l[n]=$((n=1,n+1))\n;${!l[*]}", "x=% z=%b% w='#' y=a%b%\n;${y/$x/Z} ${y/\"$x\"/Z} ${y//$x/Z} ${y/$z/Z} ${y/$w/Z} ${y/${w}a/Z}",
    # attributes that a branch would give which is not taken
    "if true; then :; else declare -u s; declare -i i; fi; s=abc; i=1+1\n;$s $i", "cd /; PWD=/\n;~0 ~1 ~-0 ~+0/x ~00",
    # head and tail count bytes, and the words of an array may set its elements
    "x=$(printf aébc | head -c 3) y=$(printf aébc | tail -c 4) z=$(printf aébc | tail -c +2) w=$(printf abc | head -c -1)\n;$x $y $z $w",
    "l=(a b); l+=(\"$((l[0]=7))\")\n;${l[@]}",
    # local variables without a value
    "y=hello; f() { local y; x=[$y]; read z q <<< \"$y\"; y=in; }; f\n;$x \"$z\" $y", "y=1; f() { local y=2; local y; x=$y; }; f\n;$x $y", "y=1; f() { declare -i y; x=${y-none}; }; f\n;$x $y",
    "y=1 p=y; f() { local y; x=[${!p}]; }; f\n;$x", "f() { local y; x=$y; }; y=t f\n;$x",
    # globs without a match stay as they are
    "*.none a?b 'q*' \"z*\" \\*x [ab]c a[b",
    "x='*.none'\n;$x \"$x\"",
]


def split_case(case: str) -> str:
    setup, separator, words = case.rpartition("\n;")
    return f"{setup}\nprintf '%s\\0' {words}" if separator else f"printf '%s\\0' {words}"


# What random words and settings are put together from. Each piece is complete in itself, and none runs anything but
# echo and printf.
PIECES = r"""
a ${x} ${y} ${z} ${e} "$x" "$y" '$x' "" '' \a \\ $1 $2 "$@" $# ${#y} ${l[0]} "${l[@]}" "${l[*]}" ${#l[@]} ${l[-1]} {a,b}
{1..3} { } , ~ ~/ = : $((1+2)) $((n*2)) $((n++)) ${e-d} ${u-d} ${u+s} ${y#h} ${y%?} ${y/l/L}
${y//l/L} ${y/#h/H} ${y/%d/D} ${y^} ${y^^} ${y,,} ${y:1} ${y:1:3} ${y:2:2} ${!p} ${y@Q} ${y//[aeiou]} ${@:2} ${y//o/$x}
${y/o*/Z} ${z//\*/S} $'\x41' "a'b" 'a"b' "\$x" - -- ${e:=f} ${x}_ "${y%%o*}"'z' ! a# % ^ @ + \$x ${l[1]^} ${u:-$y}
"${u:-"$y"}" ${y##*[lo]} ${y%%[!a-h]*} "x${l[@]}y" x"$@"y ${w} a${w} ${w}- "${w}"
""".split()
SETTINGS = [
    "x=1", "x=ab", "x=", "x=' p q '", "y=hello", "e=", "n=5", "l=(one 'two 2' three)", "z='a*b'", "w='a:b::c'", "w=' lead'",
    "set -- A 'B C' ''", "set --", "x+=z", "l+=(four)", "x=~/q", "y=$x-$x", "x=$y", 'x="$@"', "x=$*", "x={a,b}",
    "IFS=:", "IFS=b",
]  # fmt: skip


def compose(seed: int) -> str:
    """A random line: settings, then the words of a printf."""
    chooser = random.Random(seed)
    pieces = [*PIECES, "`echo s`", "$(printf t)", '"$(echo q  r)"']
    words = ["".join(chooser.choice(pieces) for _ in range(chooser.randint(1, 4))) for _ in range(3)]
    settings = chooser.sample(SETTINGS, chooser.randint(0, 5))
    first = "x=0 y='hello world' e= n=5 p=y z='a*b' l=(one two) w='v w'; unset u"
    return "\n".join([first, *settings]) + "\n;" + " ".join(words)


@pytest.mark.skipif(BASH is None, reason="no bash")
@pytest.mark.parametrize("seed", range(120))
def test_composed_words_equal_those_of_bash(seed: int, tmp_path: Path) -> None:
    check(compose(seed), tmp_path)


@pytest.mark.skipif(BASH is None, reason="no bash")
@pytest.mark.parametrize("case", CASES)
def test_arguments_equal_those_of_bash(case: str, tmp_path: Path) -> None:
    check(case, tmp_path)


def check(case: str, tmp_path: Path) -> None:
    """Run a case with bash and with us."""
    line = split_case(case)
    assert BASH is not None
    environment = {"HOME": "/home/dev", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [BASH, "-O", "extglob", "-c", line], cwd=tmp_path, env=environment, capture_output=True, timeout=10, check=False
    )
    expected = done.stdout.decode("utf-8").split("\0")[:-1]
    host = Recorder()
    evaluate(line, State(str(tmp_path), "/home/dev", environment), host)
    argv, *_ = host.commands[-1]
    assert argv[0] == "printf", host.lines
    found = [value if isinstance(value, str) else str(value) for value in argv[2:]]
    # printf without arguments still prints its format once.
    assert (found or [""]) == expected, done.stderr.decode()

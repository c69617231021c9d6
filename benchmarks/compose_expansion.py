"""Composed scripts whose meaning is compared with bash: they set variables in every way and print words.

Every script is harmless: it prints, assigns, and writes files of fixed relative names in a folder of its own. It starts no
program beside the filters in `FILTERS`, and what it prints comes from its text and from the files of `FILES` alone.
"""

from __future__ import annotations

import re
from random import Random

# The files of the folder that a script runs in.
FILES = {"a.txt": "alpha\n", "b.txt": "beta\ngamma\n", "c.log": "", "sp ace": "s\n", ".hid": "", "d/e.txt": "in d\n", "d/sub/g": "deep\n"}

FIRST = "x=0 y='hello world' e= n=5 p=y z='a*b' w='v w' l=(one 'two 2' three) s= v=; unset u; declare -A m=([k]=v); set -- A 'B C' D"
SCALARS = ("x", "y", "z", "e", "w", "v", "s")
TEXTS = (
    "a", "ab", "hello", "a b", "  lead", "trail  ", "a:b::c", "x=y", "", "/usr/lib/a.tar.gz", "foo.bar.c", "a*b", "[q]", "it's", 'd"q',
    "b\\\\s", "$HOME", "-n", "~", "é", "Tab\tb", "l1\nl2", "007", "12", "-3", "{a,b}", "a,b,c", "AbC", "!", "#h", "?", "aXbXc", "%s", "\\\\n", "~/q",
)  # fmt: skip
PATTERNS = (
    "a", "*", "?", "*o", "o*", "[a-z]", "[!a]", "[[:alpha:]]", "*/", "/*", ".*", "*.", "h*l", "'*'", '"o"', "\\*", "$p", '"$x"', "$x", "l", "b", " *", "* ",
    "[ab]*", "?b", "[[:space:]]", "@(a|he)", "+([a-z])", "*([0-9])", "?(h)e", "!(x)", "[^o]", "a?", "''", "[]x]", "[a-]",
)  # fmt: skip
CASE_PATTERNS = tuple(pattern for pattern in PATTERNS if " " not in pattern)
CONDITIONS = (
    "[[ $y == h* ]]", "[[ $x == a ]]", "[[ -z $e ]]", "[[ -n $y && ! -z $w ]]", "[[ $y < $w ]]", "[[ $n -gt 3 ]]", "[[ $y =~ ^h(.)l ]]", "[ \"$x\" = a ]",
    "[ -n \"$e\" ]", "[ $n -lt 9 -a -n \"$y\" ]", "test \"$y\" != \"$w\"", "((n > 4))", "((n == 4 || x))", "true", "false", "[ $# -gt 1 ]", "[[ -v u ]]",
    "[[ -v y ]]", "[[ $z == \"a*b\" ]]", "[[ $y == \"h*\" ]]", "[[ abc == a?c || -n $u ]]", "[[ ! $x ]]", "[[ ( -z $e || -z $y ) && 1 -eq 1 ]]", "! false", "[ ! \"$e\" ]",
    "[ a ]", "[ ]", "[[ $n =~ [0-9]+ ]]", "[[ ${l[1]} == *2 ]]", "[ ${#l[@]} -eq 3 ]", "[[ $1 == A ]]",
)  # fmt: skip
FILTERS = (
    "tr a-z A-Z", "tr -d l", "tr -s l", "tr ' ' '\\n'", "rev", "cut -c1-3", "cut -d' ' -f1", "cut -d: -f2-", "head -n 1", "tail -n 1", "head -c 3", "sort", "sort -r",
    "base64", "base64 | base64 -d", "sed s/l/L/g", "sed 's/[aeiou]//'", "sed -n 1p", "cat", "cat -", "sed 's/\\(.\\)\\(.\\)/\\2\\1/'", "xxd -p",
    "tr -cd '[:alnum:]'", "sort -u", "tail -c 4", "sed '1d'", "sed -e s/a/b/ -e s/b/c/", "tr abc xyz", "cut -f1", "sed 's,o,/,2'", "sed -E 's/(l+)/<\\1>/'", "sed '$!d'", "tac",
)  # fmt: skip
ARITHMETIC = (
    "1+2", "n", "n*2", "$n+1", "n++", "++n", "n--", "n+=2", "n-=1", "n*=3", "n<<1", "n>3", "n>3?10:20", "n==5&&x", "!n", "~n", "-n", "2**n", "n%3", "n/2", "(n+1)*2", "0x1f", "010",
    "2#101", "1,n", "n&3", "n|8", "n^1", "${#y}", "l[0]=7", "x=n", "-7/2", "-7%3", "n<=5", "n!=5", "x||n", "n>>1", "n%=4", "16#ff", "n=3,n+1", "- -n", "(1)", "${#l[@]}", " n + 1 ",
)  # fmt: skip



# Forms of commands. A letter behind § stands for something composed: w a word, W up to three words, t a quoted constant, v a
# name, p a pattern, c a condition, a an arithmetic expression, s a statement, o a command that prints, f a filter, P a print.
STATEMENTS: dict[str, tuple[str, ...]] = {
    "assignment": (
        "§v=§w", "§v=§w", "§v=§w", "§v=§w", "§v+=§w", "§v=§w §v=§w", "printf -v §v %s-%s §w §w", "printf -v §v %s §t", "printf -v §v %05d 7", "printf -v §v %x $n", "printf -v §v %q §w",
    ),
    "array": (
        "l=(§W)", "l+=(§W)", "l[1]=§w", "l[n]=§w", "unset 'l[0]'", "l=([2]=§w z)", "set -- §W", "set --", "shift", 'set -- "$@" §w', "m[k]=§w", "m[j]=§w", "l=()", "unset l[1]; l+=(q)",
        "declare -A m=([a]=§w [b]=2)", 'l=("${l[@]}" §w)', "l[0]+=§w", 'l=("${l[@]:1}")', "shift 2", "set -- $y", "l=($y)", 'k=("${!l[@]}"); x=${k[*]}', "m=([x]=1)", "m+=([k2]=w)", "unset 'm[k]'", "l=({1..4})", "declare -a l=(p q)",
    ),
    "settings": (
        "IFS=:", "IFS=", "IFS=b", "IFS=', '", "unset IFS", "set -f", "set +f", "IFS=$'\\n'", "shopt -s nullglob", "set +B", "unset x", "unset y", "x=", "IFS=x", "cd d", "cd d; cd sub", "cd d; cd ..", "cd d; cd -  >/dev/null",
        "pushd d >/dev/null", "HOME=/h", "HOME=", "shopt -s extglob", "shopt -s nocasematch", "IFS=': '", "set -u; set +u", "shopt -s dotglob",
    ),
    "reading": (
        "read x <<< §w", "read -r x y <<< §w", "IFS=: read -r x y w <<< §w", "read -a l <<< §w", "mapfile -t l <<< §w", 'while read -r i j; do s+="$j.$i"; done <<< §w', "read -r s < <(§o\n)",
        "while IFS=, read -r i; do s+=[$i]; done <<E\na,b\n$y\nE", "read -d : x <<< a:b", "{ read x; read y; } <<< §w", "read -n 2 x <<< hello", "mapfile l < <(echo a; echo b)", "exec 3<<< 'ab cd'; read -u 3 x s",
        "read -r <<< ' r p '; x=$REPLY", "IFS= read -r x <<< §w", "IFS=b read x s <<< §w", "read x y e <<E\n1 2 3 4\nE", "read x y <<E\n$y\nE", "read x y <<E\n q  r \nE", "read -r x y <<'E'\nb\\ s t\nE", "read x y <<'E'\nb\\ s t\nE", "read x y <<< '1 2'",
    ),
    "declaration": (
        "declare x=§w", "export y=§w", "declare -i n=2+3", "declare -u s=§w", "declare -l s=§w", "declare -n r=x; r=ref", "readonly q1=§w", "declare -i n; n=n+2", "typeset v=t", "export x y; v=§w", "declare v=1", "declare -n r=l; x=${r[1]}",
        "declare -i n; n+=3", "declare -ux v=§w", "declare -a l; l[2]=q", "declare x=$y", "declare x=~/b", "declare x={a,b}", "declare x=a*b", "declare s=$(echo a b)",
    ),
    "arithmetic": ("((x=§a))", "let x=n+1", "let x=2*3", "let x=-4", "s=$((§a))", "((n++)); ((l[1]=4))", "let n++ x=n", "((§a)) && s=t || s=f", "x=$[n+1]"),
    "loop": (
        "for i in §W; do s+=$i,; done", "for i in §W; do §s\ndone", 'for i; do s+="[$i]"; done', "for ((i=0;i<3;i++)); do s+=$i; done", "i=0; while [ $i -lt 2 ]; do i=$((i+1)); §s\ndone", "i=3; until ((i==0)); do s+=$i; ((i--)); done",
        "for i in a b c; do [ $i = b ] && continue; s+=$i; done", "for i in a b c; do [[ $i == b ]] && break; s+=$i; done", "for i in {1..3}; do for j in x y; do s+=$i$j; done; done", "while [[ $# -gt 0 ]]; do s+=$1; shift; done",
        'for i in "${l[@]}"; do s+="<$i>"; done', "while true; do s+=w; [ ${#s} -gt 3 ] && break; done", "for ((;;)); do s+=w; [ ${#s} -gt 3 ] && break; done", "for i in a b; do f() { return; s+=no; }; f; if [ $i = a ]; then s+=1; continue; fi; s+=2; done", "while getopts ab: o -a -b v; do s+=$o$OPTARG; done", "for i in $y; do s=$i$s; done", 'for i in "${!l[@]}"; do s+=$i=${l[i]}; done',
        "for i in 1 2; do for j in 1 2; do [ $j = 2 ] && continue 2; s+=$i$j; done; done", "for ((i=5;i>n-3;i-=2)); do §s\ndone",
    ),
    "condition": (
        "if §c; then §s\nelse §s\nfi", "if §c; then §s\nelif §c; then §s\nfi", "case §w in §p) §s\n;; §p|§p) §s\n;; *) v=else;; esac", "case §w in §p) §s\n;& §p) §s\n;;& *) v=else;; esac", "§c && s=and", "§c || s=or", "§c && s=and || s=or", "§c; s=$?",
        "§c && §c; x=$?", "! §c; s=$?", "[[ $y =~ ^(.)(.*)$ ]] && s=${BASH_REMATCH[2]}", "if ! §c; then §s\nfi", "if §c && §c; then §s\nfi", "if §c || §c; then §s\nelse x=no; fi", "while §c; do s=loop; break; done",
    ),
    "function": (
        "f() { local v=$1; s+=$v$#; }; f §W", 'f() { echo "$1-$#"; }; x=$(f §W)', "f() { x=in; return 3; }; f; s=$?", "f() { local x=loc; g; }; g() { s=$x; }; f", "function f { y=$FUNCNAME; }; f", 'f() { set -- z "$@"; s=$*; }; f §w',
        "f() { if (($1)); then s+=$1; f $(($1-1)); fi; }; f 3", "f() (x=subsh; echo $x); s=$(f)", "f() { shift; printf '%s\\0' \"$@\"; }; f §W", "f() { local -a q=(1 2); s=${q[*]}; }; f", 'f() { local IFS=,; s="$*"; }; f a b', 'f() { eval "$1=\\$2"; }; f s §w',
        "f() { declare -g v=glob; local x; x=1; }; f", 'f() { printf -v "$1" %s "$2"; }; f x val', "f() { s=$1; } <<< in; f q", "f() { cat; }; s=$(f <<< hs)", 'f() { s+="($*)"; }; x=T f §W', "f() { unset v; v=2; }; v=1; f", "f() { local n=1; ((n++)); s=$n; }; f; s+=$n",
        "f() { §s\n}; f §W", "f() { local y; §s\n}; f §w", "f() { [ $1 = a ] && return 1; s=after; }; f a || s+=ret; f b",
    ),
    "code": (
        "eval x=§w", 'eval "s=\\$$p"', "eval 'x=1; y=$((x+1))'; eval s=§t", "shopt -s expand_aliases\nalias aa='s=al'\naa", "shopt -s expand_aliases\nalias pp='printf %s\\\\0 '\npp q r", "trap 'printf \"%s\\0\" bye$x' EXIT", "(x=sub; y=sub)", "{ x=group; }",
        "(§s\n)", "x=new eval 's=$x'", "eval 'l=(e v)'", "eval eval x=nest", "command printf '%s\\0' cmd", "builtin printf '%s\\0' bi", "eval \"printf '%s\\0' $n\"", "eval 'for i in 1 2; do s+=$i; done'", "shopt -s expand_aliases\nalias e1='e2 x' e2='printf %s\\\\0'\ne1 $n",
        "x=$(x=inner; echo $x)$x", "echo piped | read v", ": ${s:=dflt} ${v=two}", "y=a | true", "! x=neg", ": x", "trap 'printf \"%s\\0\" one' EXIT; trap - EXIT", "unset -f f; unset -v v", "source /dev/stdin <<< 's=src'", ". /dev/stdin <<< 'x=dot'", "{ §s\n}",
    ),
    "file": (
        "echo §w > f1; x=$(cat f1)", "{ echo one; echo two; } > f1; s=$(< f1)", "echo a > f1; echo b >> f1; read x < f1", "echo data | cat > f1; mapfile -t l < f1", "cat > f1 <<E\nx=1 $y\nE\ns=$(cat f1)", "echo 's=sourced' > f1; . ./f1",
        "printf '%s\\n' q w > f1; while read -r i; do s+=$i; done < f1", "x=$(cat a.txt)", "s=$(cat b.txt | head -n 1)", "read x < b.txt", "x=$(echo err 2>&1 >/dev/null)", "x=$( { echo o; echo e >&2; } 2>&1 )", "cat <<< a > f1; x=$(rev < f1)",
        "exec 4> f1; echo via >&4; exec 4>&-; x=$(cat f1)", "x=$(cat <(echo p) <(echo q))", "echo 1 > f1; { echo 2; cat f1; } > f2; s=$(cat f2)", "§s\n§s", "{ printf '%s\\n' $y; } | while read -r i; do printf '%s\\0' \"r$i\"; done",
    ),
    "show": ("§P", "{ §P\n}", "(§P\n)", "{ §P\n} | cat", "for i in 1 2; do §P\ndone", "§P > f1; cat f1", "if §c; then §P\nfi", "§c && §P"),
}  # fmt: skip
# Those that hold no other statement.
LEAVES = ("assignment", "array", "settings", "reading", "declaration", "arithmetic")
OUTPUTS = (
    "echo §w", "echo §w", "printf %s §w", "echo -n §w", "printf '%s\\n' §w", "echo §W", "printf '[%s]' §W", "printf '%d-%s.' 3 §w", "printf '%5s|' §W", "printf '%-4s|' §w", "printf '%.2s' §w", "printf '%c' §w", "printf '%b' §w", "printf '%q' §w",
    "echo §W | §f", "echo §W | §f | §f", "printf '%s\\n' §W | §f", "printf '%s\\n' §W | §f | §f", "echo §w | §f", "§f <<< §w", "{ echo a; echo b; }", "(echo sub; printf p)", "echo a; echo b", "true && echo yes || echo no", "for i in 1 2; do echo $i; done",
    "x=9; echo $x", "if false; then echo t; else echo f; fi", "cat <(echo ps)", "f2() { echo fn$1; }; f2 z", "(x=2; echo $x); echo $x", "eval 'echo ev'", "case $n in 5) echo five;; *) echo other;; esac", "set -- q r; echo $#", "echo out; echo err >&2", "exit 3", ":", "seq 3",
    "cat <<E\nplain\nE\n", "cat <<E\n$x-${y#h}\nE\n", "cat <<E\n\\$x \\\\ \"q\" 'r'\nE\n", "cat <<E\n$(echo in) `echo bt`\nE\n", "cat <<'E'\n$x `a` \\\nE\n", "cat <<-E\n\t two\n\t\tlines $n\n\tE\n", "cat <<E\nE\n", "printf '%s:%s ' §W",
)  # fmt: skip
BRACES = (
    "{a,b}", "{1..3}", "{c..a}", "{,x}", "{01..3}", "{a,{b,c}}", "{a}", "{}", "{1..6..2}", "{$x,$n}", '{"a b",c}', "{x,y", "a,b}", "{a..}", "{,}", "{-1..1}", "{3..1}", "{a,b}{1,2}", "{$n..7}", "{'a',b\\,c}", "x{a,b}y", "{a..e..2}", "{1..a}", "{{1..2},z}",
)
LITERALS = ("~", "~/x", "~+", ":~", "=~", "a=~", "\\~", "~nosuchuser", "#", "\\#", "\\\\", "\\ ", "!", "^", "%", "[", "]", "{", "}", "$", "\\\n")
QUOTED = ("a", " ", "b c", "'", '\\"', "\\$", "\\\\", "\\a", "*", "~", "{1,2}", "#", "é", "\\`", ":", "\n", "!", "$", "\\\n")
GLOBS = ("*", "*.txt", "?.txt", "[ab].txt", "d/*", "*/", "*.none", "[!a]*", "s*", ".h*", "d*/e*", "'*'.txt", "\\*", "$z", '"$z"', "*.t{xt,mp}", "~/*", "./*.log", "[[:lower:]].log", "$PWD/*.txt")
NAMES = (*SCALARS, "x", "y", "z", "u", "n", "1", "2", "@", "*", "l", "l[0]", "l[1]", "l[@]", "l[*]", "m[k]", "m[@]", "l[-1]", "l[n-4]", "9", "p")
LISTS = ("@", "*", "l[@]", "l[*]", "m[@]")
INDIRECT = ("${!p}", "${!p%o*}", "${!p:1:2}", "${!l[@]}", "${!p^^}", "${!#}", "${!p:-d}", "${!p/l/L}", "${!m[@]}")
OTHERS = ("$#", "$?", "$HOME", "$PWD", "${PWD##*/}", "$IFS", "${IFS:0:1}", "${#}", "${#@}", "${#*}", "${y@Q}", "${z@Q}", "${e@Q}", "${w@U}", "${y@u}", "${y@L}", "${l[@]@Q}", "${@@Q}", "${x@E}", "${l[1]@U}")
PLACE = re.compile("§(.)")
EXTENDED = re.compile(r"[@+*?!]\(")


class Composer:
    """One script under construction."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.level = 0

    def fill(self, form: str) -> str:
        """A form with everything composed that it asks for."""
        return PLACE.sub(lambda match: self.place(match[1]), form)

    def place(self, letter: str) -> str:
        """What a letter of a form stands for, of less and less depth."""
        pick = self.random.choice
        if letter in "vpcaft":
            if letter == "t":
                return self.text()
            return pick({"v": SCALARS, "p": CASE_PATTERNS, "c": CONDITIONS, "a": ARITHMETIC, "f": FILTERS}[letter])
        self.level += 1
        if letter == "w":
            out = self.word()
        elif letter == "W":
            out = " ".join(self.word() for _ in range(self.random.randint(1, 3)))
        elif letter == "o":
            out = self.fill(pick(OUTPUTS if self.level < 4 else OUTPUTS[:5]))
        elif letter == "s":
            out = self.statement()
        else:
            out = self.show()
        self.level -= 1
        return out

    # --- words ---------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """A constant, quoted in one of the ways."""
        value = self.random.choice(TEXTS)
        kind = self.random.randrange(5)
        if kind == 0:
            return "'" + value.replace("'", "'\\''") + "'"
        if kind == 1:
            return '"' + value.replace('"', '\\"').replace("$", "\\$") + '"'
        if kind == 2:
            return "$'" + value.replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t") + "'"
        if kind == 3:
            return "".join(char if char.isalnum() else "'\n'" if char == "\n" else "\\" + char for char in value) or "''"
        return self.random.choice(("a", "b", "foo", "x1", "-", "=", ":", "%", "@", "+", "a.b", "/", "/e", "A", "0", "3"))

    def parameter(self, quoted: bool) -> str:
        """A parameter expansion with any operator."""
        pick = self.random.choice
        name = pick(NAMES)
        braced = "${" + name
        kind = self.random.randrange(16)
        if kind <= 2 and (name in "@*" or name.isalnum()):
            return "$" + name
        if kind <= 3:
            return braced + "}"
        if kind == 4:
            return "${#" + name + "}"
        if kind <= 6:
            op = pick((":-", "-", ":+", "+", ":-", ":=", "=")) if name in SCALARS else pick((":-", "-", ":+", "+"))
            plain = ("d", "a b", "$x", "'q r'", '"q r"', "", "\\$", "$(echo s)", "\\}", "~", "a\\b")
            return braced + op + (self.fill("§w") if not quoted and self.level < 3 else pick(plain)) + "}"
        if kind <= 8:
            return braced + pick(("#", "##", "%", "%%")) + pick(PATTERNS) + "}"
        if kind <= 10:
            new = pick(("", "/", "/_", "/$x", "/'a b'", '/"$y"', "/X Y", "/\\/", "/~", "/&", "/\\&", "/'&'", '/"<&>"', "/$p"))
            return braced + pick(("/", "//", "/#", "/%")) + pick(PATTERNS).replace("/", "\\/") + new + "}"
        if kind == 11:
            return braced + pick(("^", "^^", ",", ",,", "^^[a-l]", ",,[A-Z]", "^h", "~", "~~")) + "}"
        if kind <= 13:
            length = pick(("", "", ":1", ":2", ":0", ":n", ":1" if name in LISTS else ": -1", ":9"))
            return braced + ":" + pick(("0", "1", "2", " -1", " -2", "n-4", "(1)", "1+1", "9", "${#x}")) + length + "}"
        return pick(INDIRECT) if kind == 14 else pick(OTHERS)

    def part(self, quoted: bool = False) -> str:
        """A piece of a word, outside or inside double quotes."""
        kind = self.random.randrange(12)
        if kind <= 4:
            return self.parameter(quoted)
        if kind == 5 and self.level < 4:
            body = self.fill("§o")
            if self.random.randrange(4) == 0 and not set(body) & set("`\\\"'") and "$(" not in body:
                return "`" + body + "`"
            return "$(" + (" " if body.startswith("(") else "") + body + ")"
        if kind == 6:
            return "$((" + self.random.choice(ARITHMETIC) + "))"
        if quoted:
            return self.random.choice(QUOTED)
        if kind <= 8:
            return '"' + "".join(self.part(True) for _ in range(self.random.randrange(3))) + '"'
        return self.random.choice(BRACES) if kind == 9 else self.random.choice(LITERALS) if kind == 10 else self.text()

    def word(self) -> str:
        """A word of one to three parts."""
        if self.level > 4:
            return self.text()
        out = "".join(self.part() for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))))
        return "a" + out if not out or out.startswith("#") else out

    # --- statements ----------------------------------------------------------------------------------------------------

    def statement(self) -> str:
        """One statement, complete, without a final newline."""
        return self.fill(self.random.choice(STATEMENTS[self.random.choice(LEAVES if self.level > 1 else tuple(STATEMENTS))]))

    def show(self) -> str:
        """A command that prints its arguments."""
        words = [self.random.choice(GLOBS) if self.random.randrange(12) == 0 else self.word() for _ in range(self.random.randint(1, 3))]
        return "printf '%s\\0' " + " ".join(words)


def compose(seed: int) -> str:
    """The script of a seed."""
    random = Random(seed)
    composer = Composer(random)
    lines = [FIRST, *(composer.statement() for _ in range(random.randrange(5))), composer.show()]
    script = "\n".join(lines)
    return "shopt -s extglob\n" + script if EXTENDED.search(script) else script

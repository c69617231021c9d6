"""Hostile programs in other languages, inside a command."""

from __future__ import annotations

import base64
import gzip
import zlib

from hostile_text import SIZE, counted, fill

# Python that is longer is not read at all.
_READ = 64_000


def payloads() -> dict[str, str]:
    """All of them, by name."""
    return {**python(), **scripts(), **sql(), **filters(), **data()}


def python() -> dict[str, str]:
    """`python3 -c`."""
    chained = b"import os; os.system('rm -rf /etc')"
    for _ in range(60):
        chained = b"exec(__import__('zlib').decompress(__import__('base64').b64decode('" + base64.b64encode(zlib.compress(chained)) + b"')))"
    units = {
        "a Python program": fill('os.system("rm /x");', "import os;"),
        "a deep Python program": fill("("),
        "a deep Python list": "[" * 40_000 + "]" * 40_000,
        "a Python call in a call": "f(" * 30_000 + ")" * 30_000,
        "Python operators": fill("-", "", "1"),
        "a Python sum": fill("1+", "", "1"),
        "a Python sum of texts": fill('"rm "+', "import os; os.system(", '"/x")'),
        "Python attributes": fill(".a", "a"),
        "Python subscripts": fill("[0]", "a"),
        "Python powers": fill("9**", "import os; os.system(str(", "9))"),
        "a Python text times a number": fill("#", "import os; os.system('rm /x;'*999999999)\n"),
        "a Python number of many digits": fill("9", "import os; os.kill(", ", 9)"),
        "Python assignments that double": fill("a=a+a;", "import os; a='rm /x;';", "os.system(a)"),
        "Python names that name each other": counted("a%=a@;", "import os; a0='rm -rf /etc';", "os.system(a0)"),
        "Python functions": counted("def f@(): f%()\n", "", "f0()"),
        "Python blocks": "\n".join("  " * depth + "if a:" for depth in range(300)) + "\n" + "  " * 300 + "pass",
        "Python lambdas": fill("lambda: ", "", "1"),
        "formatted Python texts": fill("{a}", 'import os; os.system(f"', '")'),
        "joined Python lists": fill('"rm",', "import os; os.system(' '.join([", "]))"),
        "Python characters": fill("chr(114)+", "import os; os.system(", "'m')"),
        "Python loops": fill("[os.remove('/x') for a in range(10**9)];", "import os;"),
        "Python in Python": chained.decode(),
        "Python that is no text": fill("\0\ud800\r"),
        "Python comments": fill("#\n"),
        "a Python regular expression": "import os, re; os.system(re.sub('(a+)+b', 'x', '" + "a" * 90_000 + "'))",
        "Python texts that double": fill("a=a.replace('a','aa');b=f'{a}{a}';a=''.join([b,b]);", "import os; a='a';", "os.system(a)"),
        "Python lists that double": fill("a=[*a,*a];a.extend(a);", "import os; a=['rm'];", "os.system(' '.join(a))"),
        "Python commands": counted('os.system("rm /x@");', "import os;", size=_READ),
        "Python processes": counted('s.run(["rm","/x@"]);', "import subprocess as s;", size=_READ),
        "Python deletions": counted('os.remove("/x@");', "import os;", size=_READ),
        "Python branches over many names": counted("x@=1\nif a: y@=2\n", size=_READ),
        "Python attempts over many names": counted("try: x@=1\nexcept E: y@=2\n", size=_READ),
        "Python matches over many names": counted("match a:\n case 1: x@=1\n case 2: y@=1\n", size=_READ),
        "formatted Python texts in a row": fill('a=f"{a}{a}";', "a='x';", size=_READ),
        "Python calls with stars": fill("f(*a,**b);", size=_READ),
        "Python comparisons": fill("a<", "x=", "c", size=_READ),
        "Python names that are exchanged": fill("a,b=b,a;", "a=1;b=2;", size=_READ),
        "Python functions that are called": counted("def f@(): os.remove('/x')\nf@()\n", "import os\n", size=_READ),
        "Python classes": counted("class A@:\n def f(s): pass\nA@().f()\n", size=_READ),
        "Python code that runs code": fill("exec('import os;os.remove(1)');", size=_READ),
        "Python shells": fill("os.system('sh -c \"rm /x\"');", "import os;"),
    }
    found = {name: "python3 -c '" + text.replace("'", "'\\''") + "'" for name, text in units.items()}
    for name in ("Python commands", "Python branches over many names", "formatted Python texts in a row"):
        found[f"{name}, on standard input"] = f"python3 - a <<'EOF'\n{units[name]}\nEOF\n"
    return found


def scripts() -> dict[str, str]:
    """Perl, Ruby, Node, PHP, awk and what else takes a program as text."""
    found = {
        "a Perl program": fill('system("a");', "perl -e '", "'"),
        "a Perl text times a number": fill("#", "perl -e 'system(\"rm /x;\" x 999999999);'\n"),
        "Perl blocks": fill("{", "perl -e '", "'"),
        "Perl quotes": fill("q{", "perl -e 'system(", "'"),
        "Perl expressions": fill("s/a/b/e;", "perl -pe '", "' f"),
        "Perl lists": fill('"a",', "perl -e 'system(", "\"b\");'"),
        "backticks of Perl": fill("`rm /x`;", "perl -e '", "'"),
        "a node program": fill('require("child_process").exec("a");', "node -e '", "'"),
        "node templates": fill("`${", "node -e '", "'"),
        "node lists": fill('["a",', "node -e 'require(\"child_process\").spawn(\"rm\", ", "'"),
        "a Ruby program": fill('system("a");', "ruby -e '", "'"),
        "Ruby interpolations": fill('"#{', "ruby -e '", "'"),
        "Ruby literals": fill("%x(rm /x)", "ruby -e '", "'"),
        "a PHP program": fill('system("a");', "php -r '", "'"),
        "PHP concatenations": fill('"a".', "php -r 'system(", "\"b\");'"),
        "an AppleScript program": fill('do shell script "rm /x"\n', "osascript -e '", "'"),
        "AppleScript texts": fill('"a" & ', "osascript -e 'do shell script ", "\"b\"'"),
        "encoded PowerShell": "powershell -EncodedCommand " + base64.b64encode(("Remove-Item C:\\x; " * 1_900).encode("utf-16-le")).decode(),
    }
    for language, option in (("python3", "-c"), ("perl", "-e"), ("ruby", "-e"), ("node", "-e"), ("php", "-r")):
        found[f"open texts of {language}"] = fill('"a', f"{language} {option} '", "'")
        found[f"escapes of {language}"] = fill("\\", f"{language} {option} 'system(\"", "\")'")
        found[f"blanks of {language}"] = fill(" ", f"{language} {option} 'system(\"rm /x\"", ")'")
    return found


def sql() -> dict[str, str]:
    """Statements in clients."""
    units = {
        "SQL": fill("DROP TABLE a; "),
        "SQL in parentheses": fill("(SELECT "),
        "SQL comments": fill("/*"),
        "SQL line comments": fill("--\n"),
        "SQL of different tables": counted("DELETE FROM t@; "),
        "SQL that unites": fill("SELECT a FROM b UNION "),
        "SQL lists": fill("1,", "DELETE FROM a WHERE b IN (", "1)"),
        "SQL names": fill("a.", "DROP TABLE ", "b"),
        "tables of one statement": fill("a,", "DROP TABLE ", "b"),
        "quoted SQL names": fill('"', "DROP TABLE "),
        "dollar quotes": fill("$a$"),
        "different dollar quotes": counted("$a@$"),
        "SQL blocks": fill("DO $$ BEGIN "),
        "SQL common tables": counted("a@ AS (SELECT 1),", "WITH ", "b AS (SELECT 1) DELETE FROM c"),
        "SQL cases": fill("CASE WHEN a THEN ", "UPDATE a SET b = "),
        "backslash commands": fill("\\! rm /x\n"),
        "SQL of conditions": fill("a=1 OR ", "DELETE FROM b WHERE ", "1=1"),
    }
    found = {name: "psql -h prod-db -c '" + text + "'" for name, text in units.items()}
    return {
        **found,
        "SQL of mysql": "mysql -e '" + fill("DELIMITER ;; DROP TABLE a;; ") + "'",
        "SQL of sqlite": "sqlite3 a.db '" + fill(".shell rm /x\n") + "'",
        "keys of redis": "redis-cli " + fill("FLUSHALL "),
        "mongo": "mongosh --eval '" + fill("db.a.drop();") + "'",
    }


def filters() -> dict[str, str]:
    """Programs of sed, awk, jq and others, with input that can be told beforehand."""
    return {
        "sed scripts": fill("s/a/b/;", "sed '", "' f"),
        "sed writes": fill("w /etc/a\n", "sed '", "' f"),
        "sed runs": fill("s/a/b/e;", "sed '", "' f"),
        "sed blocks": fill("/a/{", "sed '", "' f"),
        "sed that doubles": "echo a | sed '" + "s/a/aa/g;" * 10_000 + "' | sh",
        "sed that backtracks": "echo " + "a" * 50_000 + " | sed -E 's/(a*)*(a*)*(a*)*b/x/' | sh",
        "sed that backtracks without groups": "echo " + "a" * 90_000 + " | sed 's/a*a*a*a*a*a*b/x/' | sh",
        "sed classes": fill("[", "echo a | sed 's/", "/x/'"),
        "grep that backtracks": "echo " + "a" * 90_000 + " | grep -E 'a*a*a*a*a*a*a*b' | sh",
        "grep alternatives": fill("a|", "echo a | grep -E '", "b' | sh"),
        "awk": fill('system("rm /x");', "awk 'BEGIN{", "}'"),
        "awk blocks": fill("{", "awk '", "'"),
        "awk concatenations": fill('"rm " ', "awk 'BEGIN{system(", "\"/x\")}'"),
        "awk redirections": fill('print "a" > "/etc/a";', "awk 'BEGIN{", "}'"),
        "awk over lines": "printf '" + "a\\n" * 30_000 + "' | awk '{print \"rm /etc/\" $1}' | sh",
        "awk fields": fill("$1,", "echo a b | awk '{print ", "$2}' | sh"),
        "jq": fill(".a|", "jq '", ".'"),
        "translations": "echo rm -rf /etc " + "| tr a-y b-z" * 8_000 + " | sh",
        "reversals": "echo cte/ fr- mr " + "| rev" * 18_000 + " | sh",
        "encoded again and again": "echo rm -rf /etc " + "| base64" * 11_000 + " | sh",
        "encoded and decoded": "echo rm -rf /etc " + "| base64 | base64 -d" * 4_900 + " | sh",
        "text that doubles in sed": "echo a " + "| sed s/a/aa/g" * 6_600 + " | sh",
        "compressed again and again": "echo rm -rf /etc " + "| gzip" * 14_000 + " | sh",
        "a compressed bomb in a bomb": _bomb(),
        "xargs that repeats": "echo " + "a" * 50_000 + " | xargs -I{} echo " + "{}" * 24_000,
        "xargs over words": "echo " + "/x " * 33_000 + "| xargs -n1 rm",
        "a width of fold": "echo " + "a" * 90_000 + " | fold -w1 | xargs rm",
        "heads and tails": "yes rm /x " + "| head -n 99999 | tail -n +2" * 3_400 + " | sh",
        "sorted lines": "printf '" + "rm /x\\n" * 13_000 + "' | sort | uniq | sh",
        "lines that are read": "while read a; do rm $a; done <<E\n" + counted("/x/@\n") + "E\n",
        "numbers of seq": fill("#", "rm $(seq -f '/etc/%g' -s ' ' 1 99999999)\n"),
        "tee": fill("/etc/a ", "echo a | tee "),
        "formats of date": fill("%Y", "rm $(date +", ")"),
        "bytes of xxd": "echo " + "726d202f783b" * 8_000 + " | xxd -r -p | sh",
        "escapes of printf": fill("\\x72\\155", "printf '", "' | sh"),
        "conversions of printf": "printf '%s " + "%b%q%d%x" * 12_000 + "' a | sh",
        "arguments of printf": fill("a ", "printf 'rm /x/%s;' ", "| sh"),
    }


def _bomb() -> str:
    """Fifty megabytes of a command, compressed twice and encoded."""
    twice = gzip.compress(gzip.compress(b"rm -rf /etc\n" * 4_000_000))
    return "echo " + base64.b64encode(twice).decode() + " | base64 -d | gunzip | gunzip | sh" + "\n#" + "x" * (SIZE // 2)


def data() -> dict[str, str]:
    """JSON, addresses and names that commands take."""
    return {
        "JSON": fill("[", "curl -d '", "' http://example.com"),
        "JSON objects": fill('{"a":', "curl -d '", "' http://example.com"),
        "JSON keys": "curl -d '{" + counted('"a@":1,') + "\"b\":1}' http://example.com",
        "JSON of Kubernetes": "kubectl patch deployment a -p '" + fill('{"spec":') + "'",
        "headers": counted("-H 'a@: b' ", "curl ", "http://example.com"),
        "addresses": counted("http://h@.example.com/a ", "curl "),
        "users of an address": fill("a:b@", "curl http://", "h"),
        "percents of an address": fill("%2e", "curl http://example.com/"),
        "a host of numbers": fill("0x7f.", "curl http://", "1"),
        "a host in brackets": fill("[::", "curl http://", "]"),
        "ports": fill("9", "curl http://a:", "/"),
        "connection settings": fill("host=a ", "psql '", "'"),
        "an image": fill("a/", "docker run ", "b:c"),
        "published ports": fill("-p 1:1 ", "docker run ", "a"),
        "mounts": fill("-v /:/a ", "docker run ", "b"),
        "Kubernetes resources": counted("pod/a@ ", "kubectl delete "),
        "an ARN": fill(":a", "aws s3api delete-bucket --bucket arn"),
        "copies over the network": counted("h@:/a ", "scp ", "b"),
        "settings of git": counted("-c a.b@=c ", "git ", "push origin main"),
        "aliases of git": counted("-c alias.a@=a% ", "git ", "a0"),
        "branches": counted("b@ ", "git push origin --delete "),
        "packages": counted("p@ ", "pip install "),
        "find with many tests": fill("-o -name a ", "find . -name b ", "-delete"),
        "variables of env": counted("A@=b ", "env ", "rm -rf /etc"),
        "words of env -S": fill("A=b ", "env -S '", "rm /etc'"),
    }

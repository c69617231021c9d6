"""Programs that start a command line now, later, again and again, or in a terminal of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import one_line, plain, posix, rows, within, words_of
from packgate.testing.evasions.wrappers import lone_prefix

if TYPE_CHECKING:
    from packgate.testing.evasions.subject import Subject

_SHELL = "it hands the same text to a shell"
_RUNS = "it runs the program with the same arguments"

# What busybox can be.
APPLETS = frozenset(
    "rm cat cp mv chmod chown ln touch truncate tee head tail grep sed find kill pkill killall dd mkdir rmdir unlink nc wget tar gzip"
    " sort strings umount insmod"
    " sysctl crontab reboot".split()
)

def _unbraced(subject: Subject) -> bool:
    """No braces, which expect and parallel read."""
    return not set(subject.text) & set("{}")


def _parallel(subject: Subject) -> str | None:
    """The last argument behind ``:::``; parallel joins the words and hands them to a shell."""
    words = words_of(subject)
    if words is None or len(words) < 2 or not all(words) or any(set(word) & set("'\"\\ \t\n{}*?$`;&|<>()#~!") for word in words):
        return None
    return f"parallel {' '.join(words[:-1])} ::: {words[-1]}"


LAUNCHERS = (
    *rows((
        ("tmux-new", "tmux new-session -d {}", "a new session of tmux"),
        ("tmux-new-short", "tmux new -ds job {}", "a new session of tmux, in short"),
        ("tmux-window", "tmux new-window -d -n job {}", "a new window of tmux"),
        ("tmux-split", "tmux split-window -h {}", "a new pane of tmux"),
        ("tmux-run", "tmux run-shell {}", "run-shell of tmux"), ("tmux-keys", "tmux send-keys -t 0 {} Enter", "keys that tmux sends"),
        ("tmux-keys-enter", "tmux send-keys -t job:0.1 {} C-m", "keys that tmux sends, with C-m"),
        ("screen-sh", "screen -dm sh -c {}", "a detached screen"),
        ("screen-named", "screen -dmS job bash -c {}", "a named detached screen"),
        ("watch", "watch -n 60 {}", "watch"), ("watch-exec", "watch -x sh -c {}", "watch -x"),
        ("script-c", "script -c {}", "script -c with a record"),
        ("script-equals", "script --command={} --quiet /dev/null", "script with long options"),
        ("systemd-run-sh", "systemd-run --user --wait sh -c {}", "systemd-run and sh"),
        ("flock-sh", "flock -n /tmp/packgate.lock sh -c {}", "flock and sh"),
        ("parallel-line", "parallel ::: {}", "parallel with a command line"), ("unbuffer-sh", "unbuffer sh -c {}", "unbuffer and sh"),
        ("dtach", "dtach -n /tmp/packgate.sock sh -c {}", "dtach"), ("abduco", "abduco -n job sh -c {}", "abduco"),
        ("nohup-sh", "nohup sh -c {} 2>&1 &", "nohup in the background"), ("xterm", "xterm -e sh -c {}", "a terminal window"),
        ("gnome-terminal", "gnome-terminal -- bash -c {}", "a terminal window of Gnome"),
        ("hyperfine", "hyperfine --runs 1 {}", "hyperfine"),
        ("start-stop-daemon", "start-stop-daemon -S -b -x /bin/sh -- -c {}", "start-stop-daemon"),
        ("daemonize", "daemonize /bin/sh -c {}", "daemonize"),
        ("perf-sh", "perf stat sh -c {}", "perf"), ("strace-sh", "strace -f -e trace=none sh -c {}", "strace and sh"),
        ("gdb-shell", "gdb -batch -ex 'shell '{}", "the shell of gdb"),
        ("busybox-timeout", "busybox timeout 60 sh -c {}", "busybox timeout"),
        ("loader", "/lib64/ld-linux-x86-64.so.2 /bin/sh -c {}", "the loader and sh"),
        ("expect-spawn", "expect -c 'spawn sh -c {'{}'}; expect eof'", "expect"),
    ), _SHELL, posix, one_line, _unbraced),
    *rows((
        ("at", "at now <<< {}", "at"), ("at-pipe", "printf '%s\\n' {} | at now + 1 minute", "a pipe into at"),
        ("batch", "batch <<< {}", "batch"),
        ("parallel-lines", "printf '%s\\n' {} | parallel", "lines for parallel"),
    ), _SHELL, posix, one_line),
    Rewrite("crontab", "a line of crontab", "cron hands the text behind the times to sh", lambda s: (
        f"echo {single_quoted('* * * * * cd ' + s.cwd + ' && ' + s.text)} | crontab -"
        if s.posix and s.portable and s.one_line and "%" not in s.text and "\\" not in s.text else None)),
    *(Rewrite(id, title, _RUNS, lone_prefix(text)) for id, text, title in (
        ("systemd-run", "systemd-run --user --wait ", "systemd-run"),
        ("systemd-run-scope", "systemd-run --scope -p Nice=5 ", "systemd-run as a scope"),
        ("systemd-inhibit", "systemd-inhibit --what=sleep ", "systemd-inhibit"),
        ("dbus-run-session", "dbus-run-session -- ", "dbus-run-session"),
        ("xvfb-run", "xvfb-run -a ", "xvfb-run"), ("fakeroot", "fakeroot ", "fakeroot"), ("unbuffer", "unbuffer ", "unbuffer"),
        ("rlwrap", "rlwrap ", "rlwrap"), ("prlimit", "prlimit --nofile=1024 ", "prlimit"), ("setarch", "setarch -R ", "setarch"),
        ("setarch-name", "setarch x86_64 --addr-no-randomize ", "setarch with a name"), ("linux64", "linux64 ", "linux64"),
        ("numactl", "numactl --localalloc ", "numactl"),
        ("cgexec", "cgexec -g cpu:/ ", "cgexec"), ("eatmydata", "eatmydata ", "eatmydata"),
        ("faketime", "faketime '1 day ago' ", "faketime"),
        ("perf", "perf stat -o /dev/null ", "perf stat"), ("ltrace", "ltrace -o /dev/null ", "ltrace"),
        ("valgrind", "valgrind -q ", "valgrind"),
        ("gdb", "gdb -batch -ex run --args ", "gdb"), ("chronic", "chronic ", "chronic"), ("ssh-agent", "ssh-agent ", "ssh-agent"),
        ("torsocks", "torsocks ", "torsocks"), ("proxychains", "proxychains4 -q ", "proxychains"),
        ("caffeinate", "caffeinate -i ", "caffeinate"),
        ("gtimeout", "gtimeout -s KILL 60 ", "GNU timeout by its name on other systems"),
        ("genv", "genv LC_ALL=C ", "GNU env by its name on other systems"),
        ("env-chdir", "env -C . ", "env -C"), ("env-unset", "env -u packgate_none ", "env -u"), ("env-argv0", "env -a worker ", "env -a"),
        ("nice-short", "nice -5 ", "nice by a number"), ("timeout-fraction", "timeout 0.5h ", "timeout by a fraction"),
        ("ionice-joined", "ionice -c2 -n7 ", "ionice, joined"),
        ("stdbuf-long", "stdbuf --output=L ", "stdbuf with a long option"),
        ("time-format", "/usr/bin/time -f %e -o /dev/null ", "time with a format"),
        ("strace-short", "strace -qqfe trace=none ", "strace, joined"), ("command-p", "command -p ", "command -p"),
        ("command-end", "command -- ", "command --"),
        ("builtin-command", "builtin command ", "builtin command"), ("quoted-command", "\\command ", "\\command"),
        ("command-command", "command command ", "command twice"),
        ("exec-clean", "exec -l ", "exec -l"), ("direnv", "direnv exec . ", "direnv"), ("dotenv", "dotenv run -- ", "dotenv"),
        ("conda-run", "conda run -n base ", "conda run"), ("poetry-run", "poetry run ", "poetry run"),
        ("pipenv-run", "pipenv run ", "pipenv run"),
        ("uv-run", "uv run -- ", "uv run"), ("pdm-run", "pdm run ", "pdm run"), ("hatch-run", "hatch run ", "hatch run"),
        ("bundle-exec", "bundle exec ", "bundle exec"), ("mise-exec", "mise exec -- ", "mise exec"),
        ("mise-x", "mise x node@20 -- ", "mise x"),
        ("nvm-exec", "nvm exec 20 ", "nvm exec"),
        ("fnm-exec", "fnm exec --using=20 ", "fnm exec"), ("volta-run", "volta run --node 20 ", "volta run"),
        ("pnpm-exec", "pnpm exec ", "pnpm exec"), ("yarn-exec", "yarn exec ", "yarn exec"), ("op-run", "op run -- ", "op run"),
        ("doppler-run", "doppler run -- ", "doppler run"), ("aws-vault", "aws-vault exec dev -- ", "aws-vault"),
        ("chamber", "chamber exec app -- ", "chamber"),
        ("infisical", "infisical run -- ", "infisical"), ("envdir", "envdir ./env ", "envdir"),
        ("dumb-init", "dumb-init ", "dumb-init"), ("tini", "tini -- ", "tini"), ("s6-setuidgid", "s6-setuidgid root ", "s6"),
        ("chpst", "chpst -n 5 ", "chpst"),
        ("softlimit", "softlimit -m 100000000 ", "softlimit"), ("nocache", "nocache ", "nocache"),
    )),
    *(Rewrite(id, title, "busybox is the program of that name", lone_prefix(text, wanted=APPLETS)) for id, text, title in (
        ("busybox", "busybox ", "busybox"), ("toybox", "toybox ", "toybox"), ("busybox-env", "busybox env ", "busybox env"),
        ("busybox-path", "/bin/busybox ", "busybox by its path"),
    )),
    Rewrite("parallel-argument", "last argument through parallel", "parallel appends the item to the same words", _parallel),
    Rewrite("xargs-words", "all words through xargs", "xargs runs env with them", within("printf '%s\\n' {} | xargs env", plain,
     lambda s: words_of(s) is not None)),
)

"""Options and variables of other programs that hold a command line: they run it on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import one_line, plain, posix, rows, within, words_of

if TYPE_CHECKING:
    from packgate.testing.evasions.subject import Subject

_SHELL = "it hands the same text to a shell"

# What some of the programs read for themselves: quotes, percent signs, separators of their own commands.
_READ = frozenset("\\%'\";#!`")
# What only a shell reads.
_SHELL_SIGNS = frozenset("$&|<>()*?[]~;!#`,:=")


def _bare(subject: Subject) -> bool:
    """Nothing in the text means something to the program itself."""
    return not set(subject.text) & _READ


def _separate(subject: Subject) -> bool:
    """The text is nothing but words."""
    return words_of(subject) is not None and not set(subject.text) & _SHELL_SIGNS


HOOKS = (
    *rows((
        ("pager-git", "PAGER={} git -p log", "the pager, for git"),
        ("pager-psql", "PSQL_PAGER={} psql -h localhost -c 'SELECT 1'", "the pager of psql"),
        ("editor-crontab", "EDITOR={}' #' crontab -e", "the editor of crontab"),
        ("visual-crontab", "VISUAL={}' #' crontab -e", "the visual editor of crontab"),
        ("editor-git", "EDITOR={}' #' git commit --amend", "the editor, for git"),
        ("editor-kubectl", "KUBE_EDITOR={}' #' kubectl edit configmap notes", "the editor of kubectl"),
        ("lessopen", "LESSOPEN='|'{}' #%s' less README.md", "what less opens files with"),
        ("tar-checkpoint", "tar -cf /dev/null --checkpoint=1 --checkpoint-action=exec={} README.md", "a checkpoint of tar"),
        ("tar-checkpoint-apart", "tar cf /dev/null README.md --checkpoint=1 --checkpoint-action exec={}", "a checkpoint of tar, apart"),

        ("ssh-proxy", "ssh -o ProxyCommand={} localhost", "the proxy command of ssh"),
        ("ssh-proxy-joined", "ssh -oProxyCommand={} localhost", "the proxy command of ssh, joined"),
        ("ssh-local", "ssh -o PermitLocalCommand=yes -o LocalCommand={} localhost true", "the local command of ssh"),
        ("scp-proxy", "scp -o ProxyCommand={} README.md localhost:/tmp/", "the proxy command of scp"),
        ("sftp-proxy", "sftp -o ProxyCommand={} localhost", "the proxy command of sftp"),
        ("sed-e", "sed '1e '{} README.md", "the e command of sed"),
        ("sed-e-only", "sed -n '1e '{} README.md", "the e command of sed with -n"),
        ("split-filter", "split --filter={} README.md", "the filter of split"),
        ("less-first", "LESS='+!'{} less README.md", "the first command of less"), ("vim-bang", "vim -c ':!'{} -c ':qa!'", "the ! of vim"),
        ("vim-bang-es", "vim -es -c '!'{} -c 'qa!'", "the ! of vim without a screen"),
        ("nvim-bang", "nvim --headless '+!'{} +qa", "the ! of nvim"),
        ("vi-bang", "vi +'!'{} +q README.md", "the ! of vi"), ("ex-bang", "printf '%s\\n' '!'{} q | ex", "the ! of ex"),
        ("ed-bang", "ed <<< '!'{}", "the ! of ed"),
        ("ed-pipe", "printf '%s\\n' '!'{} q | ed -s README.md", "the ! of ed by a pipe"),
        ("sqlite-shell", "sqlite3 :memory: '.shell '{}", "the .shell of sqlite"),
        ("sqlite-system", "sqlite3 :memory: <<< '.system '{}", "the .system of sqlite"),
        ("psql-bang", "psql -h localhost -c '\\! '{}", "the \\! of psql"),
        ("psql-bang-stdin", "psql -h localhost <<< '\\! '{}", "the \\! of psql by its input"),
        ("mysql-system", "mysql -h localhost -e 'system '{}", "the system of mysql"),
        ("mysql-bang", "mysql -h localhost -e '\\! '{}", "the \\! of mysql"), ("gdb-bang", "gdb -batch -ex '!'{}", "the ! of gdb"),
        ("lftp", "lftp -c '!'{}", "the ! of lftp"),
        ("ftp-bang", "ftp -n <<< '!'{}", "the ! of ftp"), ("sftp-bang", "sftp localhost <<< '!'{}", "the ! of sftp"),
        ("m4", "m4 <<< 'syscmd(`'{}\"')\"", "the syscmd of m4"),
        ("fzf-preview", "ls | fzf --preview {}", "the preview of fzf"),
        ("fd-exec", "fd -1 README -x sh -c {}", "fd -x"), ("git-grep-open", "git grep -O{}' #' x", "what git grep opens files with"),

        ("salt", "salt-call --local cmd.run {}", "the cmd.run of salt"),
    ), _SHELL, posix, one_line, _bare),
    *rows((
        ("pager-man", "PAGER={} man ls", "the pager of man"),
        ("manpager", "MANPAGER={} man ls", "the pager of man by its own variable"),
        ("man-pager-option", "man -P {} ls", "the pager of man by an option"),
        ("pager-aws", "AWS_PAGER={} aws sts get-caller-identity", "the pager of aws"),
        ("tar-compress", "tar -I {} -cf /dev/null README.md", "the compressor of tar"),
        ("tar-compress-long", "tar --use-compress-program={} -cf /dev/null README.md", "the compressor of tar by its long name"),
        ("rsync-shell", "rsync -e {}' #' localhost:x .", "the shell of rsync"),
        ("rsync-rsh", "rsync --rsh={}' #' localhost:x .", "the shell of rsync by its long name"),
        ("rsync-variable", "RSYNC_RSH={}' #' rsync localhost:x .", "the shell of rsync by a variable"),
        ("socat", "socat - SYSTEM:{}", "the SYSTEM of socat"),
        ("editor-visudo", "EDITOR={}' #' visudo", "the editor of visudo"),
    ), "it splits the text at its blanks into the same words", plain, _separate),
    Rewrite("find-fprintf", "a file that find writes, run", _SHELL, within(
        "find . -maxdepth 0 -fprintf /tmp/packgate-step.sh {}; sh /tmp/packgate-step.sh", plain, lambda s: words_of(s) is not None)),
    Rewrite("awk-pipe", "what awk prints into sh", _SHELL, lambda s: (
        within("awk -v c={} 'BEGIN { print c | \"sh\" }'", plain)(s))),
    Rewrite("sed-flag", "the e flag of sed", "sed runs the line that it made", lambda s: (
        f"sed {single_quoted('s|^.*$|' + s.text + '|e')} <<< x" if s.posix and s.one_line and not set(s.text) & set("|&\\") else None)),
    Rewrite("sed-flag-line", "the e command of sed on its input", "sed runs the line", within("sed e <<< {}", posix, one_line)),
)

"""Tools of a project that run a command line of their arguments, their input, or a file that the line writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted
from packgate.testing.evasions.templates import DELIMITER, child, one_line, portable, posix, rows, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_SHELL = "it hands the same text to a shell"
_SCRIPT = "/tmp/packgate-step.sh"


def _file(write: str, run: str, *needs: Callable[[Subject], bool]) -> Callable[[Subject], str | None]:
    """Written by one command, run by another one."""
    return within(write.replace("{file}", _SCRIPT) + "; " + run.replace("{file}", _SCRIPT), *(needs or (child,)))


def _heredoc_file(before: str, after: str, run: str) -> Callable[[Subject], str | None]:
    """A heredoc into a file, which the next line runs."""

    def apply(subject: Subject) -> str | None:
        if not subject.child or DELIMITER in subject.text:
            return None
        return f"{before}{_SCRIPT}{after} <<'{DELIMITER}'\n{subject.text}\n{DELIMITER}\n{run.replace('{file}', _SCRIPT)}"

    return apply


def _recipe(subject: Subject) -> str | None:
    """The text as a recipe: `make` expands ``$``, so that it is doubled."""
    if not subject.posix or not subject.one_line or "\\" in subject.text or "#" in subject.text:
        return None
    return subject.text.replace("$", "$$")


def _make(template: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        recipe = _recipe(subject)
        return None if recipe is None else template.replace("{}", single_quoted(recipe), 1)

    return apply


def _makefile(before: str, run: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        recipe = _recipe(subject)
        if recipe is None:
            return None
        return f"{before} <<'{DELIMITER}'\ntidy:\n\t@{recipe}\n{DELIMITER}\n{run}"

    return apply


def _evaluated(subject: Subject) -> str | None:
    """A variable that the text gives, which make works out at once."""
    recipe = _recipe(subject)
    if recipe is None or set(recipe) & set("(),") or recipe.endswith("&"):
        return None
    return f"make --eval={single_quoted('x := $(shell { ' + recipe + '; } >&2)')} -f /dev/null x"


def _justfile(subject: Subject) -> str | None:
    if _recipe(subject) is None or "{{" in subject.text:
        return None
    return f"printf 'tidy:\\n    %s\\n' {single_quoted(subject.text)} > /tmp/packgate.just; just -f /tmp/packgate.just -d . tidy"


def _package(subject: Subject) -> str | None:
    """A script of package.json that npm runs."""
    if not subject.posix or not subject.one_line or not subject.text.isascii():
        return None
    import json

    text = json.dumps({"scripts": {"tidy": subject.text}})
    return f"printf '%s\\n' {single_quoted(text)} > package.json && npm run tidy"


def _top(template: str) -> Callable[[Subject], str | None]:
    """Git runs it from the top of the repository, so that it is the working folder, or no path is relative."""
    return within(template, posix, one_line)


TOOLS = (
    Rewrite("file-heredoc", "a heredoc into a file, run by bash", _SHELL, _heredoc_file("cat > ", "", "bash {file}")),
    Rewrite("file-heredoc-tee", "a heredoc that tee writes, run", _SHELL, _heredoc_file("tee ", "", "chmod 755 {file}; {file}")),
    Rewrite("file-heredoc-source", "a heredoc into a file, sourced", _SHELL, _heredoc_file("cat > ", "", ". {file}")),
    *(Rewrite(id, title, _SHELL, apply) for id, title, apply in (
        ("file-echo", "appended to a file, run by sh", _file(": > {file}; printf '%s\\n' {} >> {file}", "sh {file}", posix)),
        ("file-input", "written to a file, fed to bash", _file("printf '%s\\n' {} > {file}", "bash < {file}")),
        ("file-cat", "written to a file, through cat into bash", _file("printf '%s\\n' {} > {file}", "cat {file} | bash")),
        ("file-eval", "written to a file, evaluated", _file("printf '%s\\n' {} > {file}", "eval \"$(cat {file})\"")),
        ("file-eval-short", "written to a file, evaluated by $(<…)", _file("printf '%s\\n' {} > {file}", "eval \"$(<{file})\"")),
        ("file-moved", "written to a file that is moved, run", _file("printf '%s\\n' {} > {file}.txt; mv {file}.txt {file}",
         "bash {file}")),
        ("file-copied", "written to a file that is copied, run", _file("printf '%s\\n' {} > {file}.txt; cp {file}.txt {file}",
         "bash {file}")),
        ("file-linked", "written to a file that is linked, run", _file("printf '%s\\n' {} > {file}.txt; ln -s {file}.txt {file}",
         "bash {file}")),
        ("file-installed", "written to a file that is installed, run",
         _file("printf '%s\\n' {} > {file}.txt; install -m 755 {file}.txt {file}", "{file}")),
        ("file-dd", "written by dd, run", _file("printf '%s\\n' {} | dd of={file} 2> /dev/null", "bash {file}")),
        ("file-tee", "written by tee, run", _file("printf '%s\\n' {} | tee {file} > /dev/null", "bash {file}")),
        ("file-here-string", "written from a here-string, run", _file("cat > {file} <<< {}", "bash {file}")),
        ("file-exec", "written to a file, the shell becomes it", _file("printf '%s\\n' {} > {file}", "exec bash {file}")),
        ("file-env", "written to a file, run by env", _file("printf '%s\\n' {} > {file}", "env -i bash {file}", portable)),
        ("file-nohup", "written to a file, run in the background", _file("printf '%s\\n' {} > {file}", "nohup bash {file} &")),
        ("file-shebang", "written with its interpreter, run", _file("printf '#!/bin/bash\\n%s\\n' {} > {file}; chmod u+x {file}",
         "{file}")),
        ("file-folder", "written to a new folder, run there", within(
            "mkdir -p /tmp/packgate-x; cd /tmp/packgate-x; printf '%s\\n' {} > run.sh; cd {cwd}; bash /tmp/packgate-x/run.sh", child)),
        ("file-variable", "written to a file by a variable's name, run", within(
            "f=/tmp/packgate-step.sh; printf '%s\\n' {} > \"$f\"; bash \"$f\"", child)),
        ("file-temporary", "written to a temporary file, run", within("f=$(mktemp); printf '%s\\n' {} > \"$f\"; bash \"$f\"", child)),
        ("file-base64", "decoded to a file, run", _file("base64 -d > {file} <<< \"$(printf '%s\\n' {} | base64)\"", "bash {file}")),
        ("file-find", "written to a file that find runs", _file("printf '%s\\n' {} > {file}", "find {file} -exec bash '{}' \\;")),
        ("file-xargs", "written to a file that xargs runs", _file("printf '%s\\n' {} > {file}", "echo {file} | xargs bash")),
        ("file-bash-env", "written to a start file of bash", _file("printf '%s\\n' {} > {file}", "BASH_ENV={file} bash -c :")),
        ("file-python", "written to a file that Python reads", _file(
            "printf '%s\\n' {} > {file}", "python3 -c 'import os; os.system(open(\"{file}\").read())'", posix)),
    )),
    Rewrite("make-stdin", "a recipe that make reads", "make hands the recipe to sh",
     _make("printf 'tidy:\\n\\t@%s\\n' {} | make -f - tidy")),
    Rewrite("make-file", "a recipe in a Makefile that is written, and made", "make hands the recipe to sh",
     _makefile("cat > /tmp/packgate.mk", "make -f /tmp/packgate.mk")),
    Rewrite("make-here", "a recipe in a Makefile here", "make hands the recipe to sh", _makefile("cat > Makefile", "make tidy")),
    Rewrite("make-heredoc", "a heredoc for make", "make hands the recipe to sh", _makefile("make -f -", ":")),
    Rewrite("make-eval", "make --eval with $(shell …)", "make hands the text to sh", _evaluated),
    Rewrite("just-file", "a recipe in a justfile that is written", "just hands the recipe to sh", _justfile),
    Rewrite("npm-script", "a script of package.json that npm runs", "npm hands the text to sh", _package),
    *rows((
        ("npx-c", "npx -c {}", "npx -c"), ("npm-exec-c", "npm exec -c {}", "npm exec -c"), ("npx-call", "npx --call={}", "npx --call"),
        ("pnpm-shell", "pnpm exec --shell-mode {}", "pnpm exec with a shell"),
        ("yarn-exec-line", "yarn exec -- sh -c {}", "yarn exec and sh"), ("nix-shell", "nix-shell --run {}", "nix-shell --run"),
        ("nix-shell-command", "nix-shell -p hello --command {}", "nix-shell --command"),
        ("nix-develop", "nix develop -c sh -c {}", "nix develop -c"),
        ("nix-run", "nix shell nixpkgs#hello --command sh -c {}", "nix shell --command"), ("devbox-run", "devbox run -- {}", "devbox run"),
        ("guix-shell", "guix shell coreutils -- sh -c {}", "guix shell"), ("hatch-shell", "hatch run sh -c {}", "hatch run and sh"),
        ("concurrently", "concurrently {}", "concurrently"), ("nodemon-exec", "nodemon --exec {}", "nodemon --exec"),
        ("watchexec", "watchexec --shell=bash {}", "watchexec"),
        ("entr-shell", "ls | entr -ns {}", "entr -s"), ("inotify", "find . | entr sh -c {}", "entr and sh"),
        ("dotenv-shell", "dotenv -e .env.example -- sh -c {}", "dotenv and sh"),
        ("conda-sh", "conda run --no-capture-output bash -c {}", "conda run and bash"),
        ("uv-run-sh", "uv run bash -c {}", "uv run and bash"),
        ("direnv-sh", "direnv exec . bash -c {}", "direnv and bash"), ("sops-exec", "sops exec-env secrets.enc.yaml {}", "sops exec-env"),
    ), _SHELL, posix, one_line),
    *(Rewrite(id, title, "git hands the text to sh, from the top of the repository", _top(template)) for id, template, title in (
        ("git-alias-function", "git -c alias.tidy='!f() { sh -c \"$packgate_line\"; }; f' tidy; packgate_line={}", "an alias of git"),
        ("git-alias-config", "git config alias.tidy \\!{}; git tidy", "an alias that git config makes"),
        ("git-alias-global", "git config --global alias.tidy \"!\"{} && git tidy", "a global alias that git config makes"),
        ("git-alias-variable", "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.tidy GIT_CONFIG_VALUE_0=!{} git tidy", "an alias from variables"),
        ("git-rebase-exec", "git rebase --exec {} HEAD~1", "git rebase --exec"), ("git-rebase-x", "git rebase -x {} main", "git rebase -x"),
        ("git-bisect", "git bisect run sh -c {}", "git bisect run"), ("git-foreach", "git submodule foreach {}", "git submodule foreach"),
        ("git-filter-tree", "git filter-branch --tree-filter {} HEAD", "git filter-branch --tree-filter"),
        ("git-filter-message", "git filter-branch -f --msg-filter {} HEAD~1..HEAD", "git filter-branch --msg-filter"),
        ("git-difftool", "git difftool -y -x {} HEAD~1", "git difftool -x"),
        ("git-pager", "git -c core.pager={} -p log", "the pager of git"),
        ("git-pager-variable", "GIT_PAGER={} git -p log", "the pager of git by a variable"),
        ("git-editor", "git -c core.editor={}' #' commit --amend", "the editor of git"),
        ("git-editor-variable", "GIT_EDITOR={}' #' git commit --amend", "the editor of git by a variable"),
        ("git-sequence-editor", "GIT_SEQUENCE_EDITOR={}' #' git rebase -i HEAD~2", "the editor of git's lists"),
        ("git-ssh-command", "GIT_SSH_COMMAND={}' #' git ls-remote git@localhost:x.git", "the ssh of git by a variable"),
        ("git-ssh-config", "git -c core.sshCommand={}' #' ls-remote ssh://localhost/x.git", "the ssh of git"),
        ("git-external-diff", "GIT_EXTERNAL_DIFF={}' #' git diff", "the diff of git by a variable"),
        ("git-external-config", "git -c diff.external={}' #' diff", "the diff of git"),
        ("git-fsmonitor", "git -c core.fsmonitor={}' #' status", "the file watcher of git"),
        ("git-credential", "git -c credential.helper=\\!{}' #' fetch", "the credential helper of git"),
        ("git-askpass", "git -c core.askPass=true -c alias.a=\\!{} a", "an alias behind another setting"),
        ("git-ext", "git -c protocol.ext.allow=always ls-remote \"ext::sh -c {}\"", "a transport of git"),
        ("git-hook", "printf '#!/bin/sh\\n%s\\n' {} > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; git commit --allow-empty -m x",
         "a hook of git"),
        ("git-upload-pack", "git ls-remote --upload-pack={}' #' .", "the upload-pack of git"),
        ("git-worktree-exec", "git -c rebase.instructionFormat=x rebase -x {} HEAD~1", "git rebase -x behind a setting"),
    ) if id not in ("git-alias-function", "git-ext")),
)

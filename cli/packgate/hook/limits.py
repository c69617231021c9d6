"""What a hook does not hear of, or can't help, by agent: told in the documentation, and by whoever renders or checks an installation.

`[run]`: seen on the version that `lowering.SEEN` names; all else is the vendor's documentation.
"""

from __future__ import annotations

# Who answers in the hook's place, as `on_failure` says, when it can't: seen on the real programs unless it says otherwise.
_LINE = "the line of `/bin/sh` that starts the hook: it answers by exit code, and has `/usr/bin/timeout` kill a hook that hangs [run]"
STANDS_IN: dict[str, str] = {
    "claude-code": (
        "Claude Code, by `onFailure: block`, which the entries have where failures are closed; those that call an address too [run]"
    ),
    "codex": f"{_LINE}",
    "gemini": f"{_LINE}",
    "copilot": f"{_LINE}. Copilot tells its agent the exit code, not the reason [run]",
    "cursor": "Cursor, by `failClosed`, which the entries have where failures are closed",
    "opencode": "the plugin [run]",
    "amp": f"{_LINE}; it is in the program beside the launcher, and when that is missing too, Amp stops [run]",
}
LIMITS: dict[str, tuple[str, ...]] = {
    "claude-code": (
        "A tool that fails brings its output by PostToolUseFailure, which can't replace it: what a failing command prints is not "
        "redacted. [run]",
        "`disableAllHooks`, `--bare`, `--setting-sources` and another `CLAUDE_CONFIG_DIR` switch off hooks of user and project, "
        "not managed ones. [run]",
        "Before 2.1.295 `onFailure` is ignored: a hook that fails lets the tool run. [run]",
    ),
    "codex": (
        "What the agent types into a command that waits for input (`write_stdin`) reaches no hook. `features.unified_exec = false` in the "
        "managed requirements, which `packgate render` writes, takes the tool away; a user's own setting does not. [run]",
        "The folder and the shell that a command is to run in (`workdir`, `shell`) are not in the payload: relative paths are "
        "judged in the "
        "session's folder. [run]",
        "Searches that the provider runs (`web_search`) reach no hook.",
        "Hooks of user and project are skipped until a person has trusted them; managed ones need no trust. [run]",
    ),
    "gemini": (
        "`hooksConfig.disabled` of a user's settings and `GEMINI_CLI_SYSTEM_SETTINGS_PATH` switch hooks off, also those of the "
        "system file. [run]",
        "`continue: false` of a session that starts has no effect. [run]",
    ),
    "copilot": (
        "The name of an MCP tool doesn't say where its server's name ends; both readings are judged. [run]",
        "Without a terminal, `ask` is a refusal. [run]",
    ),
    "cursor": ("Nothing of it was tried: there is no package to run it without an account.",),
    "opencode": (
        "`--pure` and `OPENCODE_PURE` start it without plugins, managed ones included. [run]",
        "A plugin that can't be loaded is left out without a word. [run]",
        "The name of an MCP tool doesn't say where its server's name ends; it is read up to the first underscore. [run]",
    ),
    "amp": (
        "Outputs, prompts and sessions are not asked about.",
        "A delegate that allows a call takes the place of Amp's own question.",
    ),
}

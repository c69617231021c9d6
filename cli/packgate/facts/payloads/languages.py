"""The names of obvious calls in languages that are read by names alone.

Sources: the manuals of R (base), Julia (Base.Filesystem, Base.run), Elixir (System, File, Code), GNU Emacs Lisp, Racket, Guile,
Common Lisp (UIOP), Groovy, Scala (scala.sys.process), Haskell (System.Process), Crystal and Nim (os, osproc).
"""

from __future__ import annotations

# Kind of call -> names, by language. `shell` takes a command line, `argv` a program and its arguments.
MORE_LANGUAGES: dict[str, dict[str, str]] = {
    "r": {
        "shell": "system shell", "argv": "system2", "delete": "unlink remove dir_delete file_delete",
        "write": "writeLines saveRDS rename file_copy file_move sink", "read": "readLines readRDS read_file scan", "send": "POST PUT",
        "opaque": "eval source parse", "environment": "Sys.getenv",
    },
    "julia": {
        "shell": "", "argv": "", "delete": "rm", "write": "write mv cp touch symlink chmod", "read": "readlines readline eachline",
        "send": "", "opaque": "eval include include_string", "environment": "ENV",
    },
    "elixir": {
        "shell": "shell", "argv": "cmd", "delete": "rm rm_rf rmdir rm! rm_rf!", "write": "write write! cp cp_r rename touch ln_s",
        "read": "read read! stream!", "send": "", "opaque": "eval_string eval_file require_file compile_string",
        "environment": "System.get_env",
    },
    "lisp": {
        "shell": "system shell run_program process sh shell_command async_shell_command shell_command_to_string",
        "argv": "system_star call_process start_process process_lines",
        "delete": "delete_file delete_directory delete_directory_tree remove_directory rmdir",
        "write": "write_region append_to_file copy_file rename_file call_with_output_file with_output_to_file spit "
                 "rename_file_or_directory",
        "read": "insert_file_contents find_file_noselect slurp call_with_input_file with_input_from_file read_file_into_string",
        "send": "url_retrieve", "opaque": "eval load load_file load_string dynamic_require read_string",
        "environment": "getenv System/getenv",
    },
    "jvm": {
        "shell": "exec", "argv": "", "delete": "deleteIfExists deleteDir deleteRecursively",
        "write": "newWriter withWriter writeText", "read": "fromFile readText",
        "send": "", "opaque": "eval evaluate", "environment": "System.getenv sys.env",
    },
    "compiled": {
        "shell": "system execShellCmd execCmd execProcess shell_exec", "argv": "run", "delete": "delete removeFile removeDir rm_r rm_rf",
        "write": "writeFile copyFile moveFile rename", "read": "readFile read_lines", "send": "", "opaque": "eval load",
        "environment": "getEnv ENV getenv",
    },
}

MORE_LANGUAGES["haskell"] = {
    "shell": "callCommand system spawnCommand readCreateProcess shell", "argv": "callProcess readProcess spawnProcess rawSystem proc",
    "delete": "removeFile removeDirectory removeDirectoryRecursive removePathForcibly", "write": "writeFile appendFile copyFile renameFile",
    "read": "readFile", "send": "", "opaque": "", "environment": "getEnv lookupEnv",
}

# Programs of the catalog by the language that they read.
BY_PROGRAM = {
    "Rscript": "r", "R": "r", "littler": "r", "julia": "julia", "elixir": "elixir", "iex": "elixir", "elisp": "lisp", "guile": "lisp",
    "racket": "lisp", "sbcl": "lisp", "clojure": "lisp", "clj": "lisp", "groovy": "jvm", "scala": "jvm", "kotlin": "jvm",
    "jshell": "jvm", "ghc": "haskell",
    "crystal": "compiled", "nim": "compiled", "octave": "compiled",
}
# Languages that run what stands between backticks, and those whose names have hyphens.
BACKTICKS = frozenset(("julia", "crystal"))
HYPHENS = frozenset(("lisp",))

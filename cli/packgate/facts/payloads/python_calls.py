"""Functions of Python's standard library that touch the world, by their full names. Source: the library reference of 3.13."""

from __future__ import annotations

# A command line for a shell.
RUNS_SHELL = frozenset((
    "os.system", "os.popen", "commands.getoutput", "commands.getstatusoutput", "subprocess.getoutput", "subprocess.getstatusoutput",
    "asyncio.create_subprocess_shell", "platform.popen", "os.popen2", "os.popen3", "os.popen4", "popen2.popen2", "invoke.run",
    "fabric.api.local", "pexpect.run", "pexpect.spawn", "pexpect.runu", "get_ipython().system", "get_ipython().getoutput",
    "IPython.utils.process.system",
    "pydoc.pipepager", "webbrowser.get().open",
))
# A list of words, or a command line.
RUNS_ARGV = frozenset((
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen", "pty.spawn",
    "os.execv", "os.execvp", "os.execve", "os.execvpe", "os.execl", "os.execlp", "os.execle", "os.execlpe", "os.spawnl", "os.spawnv",
    "os.spawnle", "os.spawnlpe", "os.spawnve", "os.spawnvpe", "os.posix_spawn", "os.posix_spawnp", "os.spawnlp", "os.spawnvp",
    "asyncio.create_subprocess_exec", "sh.Command", "psutil.Popen", "ptyprocess.PtyProcess.spawn", "os.startfile",
))

Effect = tuple[str, str, str, int]

_DELETE: Effect = ("delete-file", "delete", "delete", 0)
_WRITE: Effect = ("modify-file", "write", "write", 0)
_TARGET: Effect = ("modify-file", "write", "write", 1)
_READ: Effect = ("read-file", "read", "read", 0)
_MOVE: Effect = ("modify-file", "move", "write", -1)
_CREATE: Effect = ("modify-file", "create", "write", 0)
_PERMISSION: Effect = ("modify-file", "permission", "write", 0)
_OWNER: Effect = ("modify-file", "owner", "write", 0)
_LOAD: Effect = ("read-file", "use", "read", 0)

# Function -> family, operation, effect, position of the path (-1: the first two).
FILES: dict[str, Effect] = {
    "shutil.rmtree": _DELETE, "os.remove": _DELETE, "os.unlink": _DELETE, "os.rmdir": _DELETE, "os.removedirs": _DELETE,
    "pathlib.Path.unlink": _DELETE, "pathlib.Path.rmdir": _DELETE, "send2trash.send2trash": _DELETE,
    "distutils.dir_util.remove_tree": _DELETE,
    "os.truncate": ("delete-file", "truncate", "delete", 0), "shutil.rmtree.impl": _DELETE, "os.ftruncate": _WRITE,
    "shutil.copy": _TARGET, "shutil.copy2": _TARGET, "shutil.copyfile": _TARGET, "shutil.copytree": _TARGET,
    "shutil.copymode": ("modify-file", "permission", "write", 1), "shutil.copystat": ("modify-file", "permission", "write", 1),
    "shutil.move": _MOVE, "os.rename": _MOVE, "os.replace": _MOVE, "os.renames": _MOVE,
    "os.symlink": ("modify-file", "link", "write", 1), "os.link": ("modify-file", "link", "write", 1),
    "os.chmod": _PERMISSION, "os.lchmod": _PERMISSION, "os.chown": _OWNER, "os.lchown": _OWNER, "shutil.chown": _OWNER,
    "os.mkdir": _CREATE, "os.makedirs": _CREATE, "os.mknod": _CREATE, "os.mkfifo": _CREATE, "os.utime": _CREATE,
    "shutil.unpack_archive": _TARGET, "os.setxattr": _WRITE, "os.chflags": _PERMISSION,
    "linecache.getlines": _READ, "linecache.getline": _READ, "numpy.save": _WRITE, "numpy.savetxt": _WRITE, "joblib.dump": ("modify-file",
    "write", "write", 1),
    "numpy.loadtxt": _READ, "numpy.load": _READ, "numpy.genfromtxt": _READ, "pandas.read_csv": _READ, "pandas.read_json": _READ,
    "pandas.read_table": _READ, "pandas.read_fwf": _READ, "dotenv.dotenv_values": _READ, "dotenv.load_dotenv": _LOAD,
    "dotenv.get_key": _READ, "dotenv.set_key": ("modify-file", "edit", "write", 0), "netrc.netrc": _READ, "decouple.Config": _LOAD,
    "configparser.ConfigParser().read": _READ, "configparser.RawConfigParser().read": _READ, "tomllib.load": _READ, "mmap.mmap": _LOAD,
    "os.listdir": ("read-file", "list", "read", 0),
}
# Functions of two paths that read the first.
COPIES = frozenset(("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.copytree", "shutil.move", "os.rename", "os.replace",
                    "os.symlink", "os.link"))

# Methods of `pathlib.Path`; the receiver is the path.
METHODS: dict[str, Effect] = {
    "unlink": _DELETE, "rmdir": _DELETE, "rmtree": _DELETE, "write_text": _WRITE, "write_bytes": _WRITE,
    "touch": _CREATE, "mkdir": _CREATE, "chmod": _PERMISSION, "lchmod": _PERMISSION, "rename": _MOVE,
    "replace": _MOVE, "symlink_to": ("modify-file", "link", "write", 0), "hardlink_to": ("modify-file", "link", "write", 0),
    "link_to": ("modify-file", "link", "write", 1), "read_text": _READ, "read_bytes": _READ,
    "remove": _DELETE, "delete": _DELETE, "copy": _TARGET, "move": _MOVE,
}

# Methods of library objects that write the file of their first argument, or read it.
WRITING_METHODS = frozenset((
    "to_csv", "to_json", "to_excel", "to_parquet", "to_pickle", "to_html", "to_feather", "savefig", "save", "extractall", "write_image",
    "dump_stats", "tofile",
))
READING_METHODS = frozenset(("read_csv", "read_json", "load_key", "from_file", "fromfile", "from_json", "from_yaml"))

# Modules whose functions of these names fetch or send over the network.
NETWORK = frozenset(("requests", "httpx", "urllib", "urllib2", "urllib3", "aiohttp", "http", "treq", "pycurl", "tornado", "curl_cffi",
                     "grequests", "requests_toolbelt", "cloudscraper", "wget"))
FETCHES = frozenset(("get", "head", "options", "request", "urlopen", "urlretrieve", "Request", "stream", "download", "fetch"))
SENDS = frozenset(("post", "put", "patch", "delete", "sendmail", "send_message", "send", "sendall", "sendto", "storbinary", "storlines"))

# Other names of the same modules.
ALIASES = {"posix.": "os.", "nt.": "os.", "builtins.": "", "__builtin__.": "", "posixpath.": "os.path.", "subprocess32.": "subprocess.",
           "six.moves.urllib.": "urllib.", "anyio.to_thread.run_sync": "asyncio.to_thread", "_io.": "io.", "sh.contrib.": "sh.",
           "aiofiles.os.": "os.", "aioshutil.": "shutil.", "ntpath.": "os.path.", "django.db.connection.cursor": "psycopg2.cursor"}
# Calls that hand a function and its arguments on.
DEFERS = frozenset(("submit", "apply", "apply_async", "run_in_executor", "to_thread", "register", "call_soon", "call_later", "spawn",
                    "start_new_thread", "callback", "add_done_callback", "runctx", "start_soon", "enterContext", "addCleanup"))
# Calls that run a text as Python.
EVALUATES = {"runpy.run_path": 0, "execfile": 0, "exec": 0, "eval": 0, "code.interact": -1, "timeit.timeit": 0, "timeit.repeat": 0,
             "cProfile.run": 0, "profile.run": 0,
             "pdb.run": 0, "pdb.runeval": 0, "trace.Trace().run": 0, "timeit.Timer": 0, "code.InteractiveInterpreter().runsource": 0,
             "code.InteractiveConsole().push": 0, "code.InteractiveInterpreter().runcode": 0, "codeop.compile_command": 0}
# Calls whose effect can't be told from the text.
OPAQUE = ("ctypes.", "marshal.load", "pickle.load", "cPickle.load", "dill.load", "cloudpickle.load", "shelve.open", "cffi.",
          "types.FunctionType",
          "types.CodeType", "_posixsubprocess.", "imp.load_", "importlib.util.spec_from_file_location", "importlib.machinery.",
          "zipimport.", "_winapi.", "jsonpickle.decode", "sys.settrace", "pyautogui.", "pynput.", "yaml.unsafe_load")

"""Functions of JavaScript, Perl, Ruby, PHP and Lua that touch the world, by their full names.

Sources: the manuals of Node 22 (fs, child_process, vm, http), Deno, Bun, Perl 5.40 (perlfunc, File::Path, File::Copy), Ruby 3.4
(Kernel, File, Dir, FileUtils, IO, Open3, Net::HTTP), PHP 8.4 and Lua 5.4.
"""

from __future__ import annotations

# Kind -> names. A name of several parts is a member of a module or class; `*.x` is a method of anything.
_NODE = {
    "shell": "*.doShellScript *.doScript "
             "child_process.exec child_process.execSync shelljs.exec Bun.$ execa.execaCommand execa.execaCommandSync zx.$ execa.command",
    "argv": "child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync execa execa.execa "
            "execa.sync execa.execaSync cross-spawn cross-spawn.sync Bun.spawn Bun.spawnSync Deno.run Deno.Command",
    "delete": "fs.unlink fs.unlinkSync fs.rm fs.rmSync fs.rmdir fs.rmdirSync fs.remove fs.removeSync fs.emptyDir fs.emptyDirSync rimraf "
              "rimraf.sync "
              "rimraf.rimraf rimraf.rimrafSync del del.sync del.deleteAsync del.deleteSync shelljs.rm Deno.remove Deno.removeSync trash "
              "Bun.file().delete",
    "write": "fs.writeFile fs.writeFileSync fs.appendFile fs.appendFileSync fs.createWriteStream fs.outputFile fs.outputFileSync "
             "fs.writeJson fs.writeJsonSync "
             "fs.writeJSONSync fs.truncate fs.truncateSync Deno.writeTextFile Deno.writeTextFileSync Deno.writeFile Deno.writeFileSync "
             "Bun.write "
             "fs.mkdir fs.mkdirSync fs.outputJsonSync fs.mkdtempSync Deno.mkdirSync Deno.create fs.ensureDirSync fs.ensureFileSync "
             "fs.utimesSync",
    "permission": "fs.chmod fs.chmodSync fs.chown fs.chownSync Deno.chmodSync Deno.chmod Deno.chown fs.lchownSync fs.lchmodSync",
    "target": "fs.copyFile fs.copyFileSync fs.cp fs.cpSync fs.copy fs.copySync fs.symlink fs.symlinkSync fs.link fs.linkSync "
              "Deno.copyFileSync Deno.copyFile "
              "Deno.symlinkSync shelljs.cp shelljs.ln",
    "move": "fs.rename fs.renameSync fs.move fs.moveSync Deno.rename Deno.renameSync shelljs.mv",
    "read": "fs.readFile fs.readFileSync fs.createReadStream fs.readJson fs.readJsonSync fs.readJSONSync Deno.readTextFile "
            "Deno.readTextFileSync "
            "Deno.readFile Deno.readFileSync Bun.file shelljs.cat process.loadEnvFile",
    "open": "fs.open fs.openSync Deno.open Deno.openSync",
    "fetch": "fetch axios axios.get axios.request got got.get undici.fetch undici.request node-fetch needle.get superagent.get http.get "
             "https.get "
             "request request.get ky.get ky globalThis.fetch window.fetch",
    "send": "axios.post axios.put axios.patch axios.delete got.post got.put needle.post superagent.post superagent.put http.request "
            "https.request "
            "request.post ky.post ky.put net.connect net.createConnection tls.connect navigator.sendBeacon net.Socket().connect "
            "dgram.createSocket().send "
            "WebSocket ws Deno.connect Bun.connect axios.create().post",
    "eval": "eval Function vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script vm.compileFunction setTimeout setInterval "
            "setImmediate "
            "module._compile require('module')._compile",
    "kill": "process.kill Deno.kill", "chdir": "process.chdir Deno.chdir",
    "print": "console.log console.error console.info console.warn console.debug console.dir console.table process.stdout.write "
             "process.stderr.write alert "
             "util.inspect",
    "opaque": "process.binding process.dlopen ffi.Library Deno.dlopen WebAssembly.instantiate",
}
_PERL = {
    "shell": "system exec qx IPC::System::Simple::system readpipe IPC::Run::run",
    "argv": "IPC::Open3::open3 IPC::Open2::open2 open3 open2",
    "delete": "unlink rmdir rmtree remove_tree File::Path::rmtree File::Path::remove_tree File::Remove::remove truncate "
              "File::Path::Tiny::rm *.remove_tree "
              "*.remove",
    "write": "write_file write_text File::Slurp::write_file mkdir *.spew *.spew_utf8 mkpath make_path *.touch",
    "permission2": "chmod", "permission3": "chown",
    "target": "copy cp File::Copy::copy File::Copy::cp symlink link", "move": "rename move mv File::Copy::move File::Copy::mv",
    "read": "read_file read_text slurp File::Slurp::read_file opendir *.slurp *.slurp_utf8", "open": "open sysopen",
    "fetch": "get getprint LWP::Simple::get LWP::Simple::getprint LWP::Simple::getstore getstore",
    "send": "LWP::UserAgent.post *.post IO::Socket::INET.new IO::Socket::SSL.new", "eval": "eval do require evalbytes",
    "kill2": "kill", "chdir": "chdir", "print": "print say printf warn die", "opaque": "syscall dump",
}
_RUBY = {
    "shell": "system exec spawn IO.popen Open3.capture2 Open3.capture2e Open3.capture3 Open3.popen3 Open3.popen2 Open3.popen2e "
             "Open3.pipeline Kernel.system "
             "Kernel.exec Kernel.spawn Process.spawn Process.exec PTY.spawn Open3.pipeline_r sh POSIX::Spawn.system",
    "delete": "File.delete File.unlink FileUtils.rm FileUtils.rm_f FileUtils.rm_r FileUtils.rm_rf FileUtils.rmtree FileUtils.remove "
              "FileUtils.remove_dir "
              "FileUtils.remove_entry FileUtils.remove_file FileUtils.remove_entry_secure FileUtils.rmdir FileUtils.safe_unlink "
              "Dir.delete Dir.rmdir "
              "Dir.unlink rm_rf rm_r rm_f rm File.truncate Pathname().delete Pathname().unlink Pathname().rmtree Pathname().rmdir "
              "Pathname.new().delete "
              "Pathname.new().rmtree Pathname.new().unlink",
    "write": "File.write IO.write File.binwrite IO.binwrite FileUtils.mkdir FileUtils.mkdir_p FileUtils.touch Dir.mkdir "
             "Pathname.new().write Pathname().write "
             "mkdir_p touch File.mkfifo",
    "permission2": "File.chmod FileUtils.chmod FileUtils.chmod_R", "permission3": "File.chown FileUtils.chown FileUtils.chown_R",
    "target": "FileUtils.cp FileUtils.cp_r FileUtils.copy FileUtils.copy_file FileUtils.ln FileUtils.ln_s FileUtils.ln_sf "
              "FileUtils.install File.symlink "
              "File.link FileUtils.symlink cp cp_r ln_s IO.copy_stream",
    "move": "File.rename FileUtils.mv FileUtils.move mv",
    "read": "File.read IO.read File.readlines IO.readlines File.foreach IO.foreach File.binread "
            "IO.binread Pathname.new().read Pathname().read Dotenv.parse YAML.load_file YAML.safe_load_file JSON.load_file",
    "load": "Dotenv.load",
    "open": "File.open File.new IO.sysopen open Kernel.open",
    "fetch": "Net::HTTP.get Net::HTTP.get_response URI.open HTTParty.get RestClient.get Faraday.get "
            "URI().read URI.parse().read HTTP.get URI().open",
    "send": "Net::HTTP.post Net::HTTP.post_form Net::HTTP.start HTTParty.post RestClient.post Faraday.post TCPSocket.new TCPSocket.open "
            "UDPSocket.new HTTP.post "
            "Socket.tcp Excon.post Net::FTP.open Net::SMTP.start Net::HTTP.put",
    "eval": "eval instance_eval class_eval module_eval Kernel.eval binding.eval *.instance_eval *.class_eval load require_relative "
            "RubyVM::InstructionSequence.eval",
    "kill2": "Process.kill", "chdir": "Dir.chdir FileUtils.cd cd",
    "print": "puts print p pp printf $stdout.puts $stdout.write $stdout.print STDOUT.puts STDOUT.write warn raise abort $stderr.puts",
    "opaque": "Fiddle.dlopen Marshal.load syscall Fiddle::Function.new",
}
_PHP = {
    "shell": "system exec shell_exec passthru popen proc_open", "argv": "pcntl_exec", "delete": "unlink rmdir ftruncate",
    "write": "file_put_contents mkdir touch fputs_file tempnam", "permission": "chmod chown chgrp lchown",
    "target": "copy symlink link move_uploaded_file",
    "move": "rename",
    "read": "file_get_contents readfile file parse_ini_file highlight_file show_source php_strip_whitespace simplexml_load_file",
    "open": "fopen SplFileObject", "fetch": "curl_init",
    "send": "mail fsockopen pfsockopen stream_socket_client ftp_connect socket_connect",
    "eval": "eval assert create_function include include_once require require_once", "kill": "posix_kill", "chdir": "chdir",
    "print": "echo print print_r var_dump var_export printf die exit error_log debug_zval_refcount fputs fwrite",
    "opaque": "dl unserialize FFI.cdef FFI.load",
    "dump": "phpinfo",
}
_LUA = {
    "shell": "os.execute io.popen", "delete": "os.remove lfs.rmdir", "move": "os.rename", "open": "io.open", "read": "io.lines io.input",
    "write": "io.output lfs.mkdir",
    "eval": "load loadstring dofile loadfile", "print": "print io.write io.stderr.write error",
    "opaque": "package.loadlib ffi.cdef debug.getregistry",
    "fetch": "http.request socket.http.request", "send": "socket.connect socket.tcp().connect", "chdir": "lfs.chdir",
}


def _by_name(kinds: dict[str, str]) -> dict[str, str]:
    return {name: kind for kind, names in kinds.items() for name in names.split()}


TABLES = {"node": _by_name(_NODE), "perl": _by_name(_PERL), "ruby": _by_name(_RUBY), "php": _by_name(_PHP), "lua": _by_name(_LUA)}
# Names of modules of Node that are the same.
MODULES = {
    "fs/promises": "fs", "fs-extra": "fs", "graceful-fs": "fs", "fs.promises": "fs", "original-fs": "fs", "https": "https",
    "shelljs": "shelljs", "axios": "axios",
    "node-fetch": "node-fetch", "rimraf": "rimraf", "memfs": "memfs", "timers/promises": "timers", "execa": "execa",
    "cross-spawn": "cross-spawn", "shell": "shelljs",
}
# Methods of Node whose name alone tells what they are, whatever they are a method of.
DISTINCT = {name.rpartition(".")[2]: name for name in TABLES["node"] if name.startswith(("fs.", "child_process.")) and (
    name.endswith("Sync") or name.rpartition(".")[2] in ("unlink", "rmdir", "writeFile", "appendFile", "readFile", "createWriteStream",
                                                         "execFile")
)}
# Functions that give their first argument back, perhaps in another spelling.
SAME = frozenset((
    "String", "String()", "Path", "path.resolve", "path.normalize", "realpath", "File.expand_path", "File.realpath", "File.absolute_path",
    "Pathname", "Pathname.new",
    "Array", "tostring", "strval", "escapeshellcmd", "trim", "chomp", "URI", "URI.parse", "Buffer.from", "URL", "new", "Symbol",
    "fs.realpathSync", "realpath", "to_s",
    "my", "our", "local", "File", "lc", "scalar", "quotemeta", "Shellwords.escape", "escapeshellarg", "url.pathToFileURL", "decodeURI",
    "TextEncoder", "await", "join",
))

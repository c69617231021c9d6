"""Commands of Redis and of the MongoDB shell as database operations.

Sources: redis.io/commands; MongoDB manual, "mongosh Methods".
"""

from __future__ import annotations

import re

from packgate.model.operation import PARTIAL
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_REDIS_ADMIN = frozenset("FLUSHALL FLUSHDB SHUTDOWN CONFIG ACL SWAPDB REPLICAOF SLAVEOF FAILOVER RESET DEBUG MODULE CLUSTER".split())
_REDIS_READ = frozenset(
    "GET MGET KEYS SCAN TYPE TTL PTTL EXISTS HGET HGETALL HMGET HKEYS HVALS HLEN HSCAN HEXISTS LRANGE LLEN LINDEX SMEMBERS "
    "SCARD SISMEMBER SSCAN ZRANGE ZSCORE ZCARD ZRANGEBYSCORE ZREVRANGE ZRANK ZSCAN INFO PING DBSIZE ECHO STRLEN GETRANGE "
    "MONITOR CLIENT LASTSAVE MEMORY OBJECT RANDOMKEY SELECT AUTH TIME COMMAND LATENCY SLOWLOG XRANGE XLEN XREAD XINFO BITCOUNT "
    "PFCOUNT SUBSCRIBE PSUBSCRIBE HELP QUIT EXIT ROLE DUMP SINTER SUNION SDIFF WAIT HELLO".split()
)
_REDIS_DELETE = ("FLUSHALL", "FLUSHDB", "DEL", "UNLINK", "HDEL", "LREM", "SREM", "ZREM", "EXPIRE", "LTRIM", "XDEL", "XTRIM")
_SUBCOMMANDS_READ = frozenset(("GET", "HELP", "LIST", "INFO", "NODES", "SLOTS", "WHOAMI", "CAT", "GETUSER", "LOG", "USERS"))


def read_redis(code: Value, payload: Payload) -> None:
    """One operation for each command line that changes something."""
    for line in show(code).split("\n"):
        words = line.split()
        if not words:
            continue
        verb = words[0].upper()
        if verb in _REDIS_READ:
            continue
        if verb in ("EVAL", "EVALSHA", "FCALL"):
            payload.opaque()
        elif verb in _REDIS_ADMIN:
            if verb in ("CONFIG", "ACL", "CLUSTER", "MODULE", "DEBUG") and words[1:] and words[1].upper() in _SUBCOMMANDS_READ:
                continue
            payload.add(("database-admin",), verb, "delete" if verb in _REDIS_DELETE else "write")
        else:
            fields: Fields = {"target": (words[1],)} if len(words) > 1 else {}
            payload.add(("database-write",), verb, "delete" if verb in _REDIS_DELETE else "write", fields)


_SCRIPT_CALL = re.compile(r"\bredis\s*\.\s*p?call\s*\(\s*(?:(['\"])(.*?)\1([^)]{0,200}))?")


def read_redis_script(code: Value, payload: Payload) -> None:
    """The commands that a Lua script of Redis calls. One whose name is not a constant can be any."""
    for match in _SCRIPT_CALL.finditer(show(code)):
        if match.group(2) is None:
            payload.opaque("dynamic", PARTIAL)
        else:
            read_redis(match.group(2) + match.group(3).replace(",", " ").replace("'", "").replace('"', ""), payload)


_CALL = re.compile(r"(?:\b(?:db|rs|sh)\b|\))((?:\s*\.\s*\w+|\s*\[[^\]]*\])*)\s*\.\s*(\w+)\s*\(\s*(?=([^)]{0,400}))")
_DATA = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|//[^\n]*|/\*.*?\*/""", re.DOTALL)
# `db.runCommand({verb: …})`: verbs that change something, by the methods that do the same, and those that only read.
_COMMAND = re.compile(r"\b(?:runCommand|adminCommand)\s*\(\s*(?:\{\s*['\"]?(\w+)['\"]?\s*:\s*([^,}]{0,100})|['\"](\w+)['\"])?")
_COMMAND_METHODS = {
    "drop": "drop", "dropDatabase": "dropDatabase", "dropIndexes": "dropIndexes", "dropUser": "dropUser", "createUser": "createUser",
    "delete": "deleteMany", "update": "updateMany", "insert": "insertMany", "findAndModify": "findAndModify",
    "findandmodify": "findAndModify",
    "renameCollection": "renameCollection", "shutdown": "shutdownServer", "grantRolesToUser": "grantRolesToUser",
    "create": "createCollection",
    "createIndexes": "createIndex", "updateUser": "updateUser", "dropAllUsersFromDatabase": "dropAllUsers", "dropRole": "dropRole",
}
_COMMAND_READS = frozenset((
    "ping", "dbStats", "dbstats", "collStats", "serverStatus", "buildInfo", "buildinfo", "listDatabases", "listCollections", "isMaster",
    "hello", "find",
    "count", "distinct", "getParameter", "currentOp", "explain", "validate", "top", "connectionStatus", "hostInfo", "replSetGetStatus",
    "getLog", "usersInfo",
    "rolesInfo", "listIndexes", "getCmdLineOpts", "features", "whatsmyuri", "profile", "ismaster", "listShards", "balancerStatus",
))
_MONGO_ADMIN = {
    "dropDatabase": "DROP DATABASE", "drop": "DROP COLLECTION", "dropIndex": "DROP INDEX", "dropIndexes": "DROP INDEX",
    "dropUser": "DROP USER", "dropAllUsers": "DROP USER", "dropRole": "DROP ROLE", "renameCollection": "RENAME",
    "createUser": "CREATE USER", "grantRolesToUser": "GRANT", "updateUser": "ALTER USER", "shutdownServer": "SHUTDOWN",
    "dropSearchIndex": "DROP INDEX", "createCollection": "CREATE COLLECTION", "createIndex": "CREATE INDEX", "reconfig": "ALTER",
    "remove_shard": "ALTER",
}
_MONGO_WRITE = {
    "deleteMany": "DELETE", "deleteOne": "DELETE", "remove": "DELETE", "findOneAndDelete": "DELETE", "updateMany": "UPDATE",
    "updateOne": "UPDATE", "update": "UPDATE", "replaceOne": "UPDATE", "findOneAndUpdate": "UPDATE", "findAndModify": "UPDATE",
    "insertOne": "INSERT", "insertMany": "INSERT", "insert": "INSERT", "save": "UPDATE", "bulkWrite": "UPDATE",
}
_MONGO_OPAQUE = re.compile(r"\b(?:eval|load|require|runProgram|aggregate\s*\([^)]*\$(?:out|merge))\b")


def mongo_operation(method: str, collection: str, filtered: bool, payload: Payload) -> bool:
    """Add what a method of a collection or database changes; whether it changes something. Names of Python's driver
    (``delete_many``) are those of the shell in another spelling."""
    head, *rest = method.split("_")
    name = head + "".join(word.capitalize() for word in rest)
    fields: Fields = {"table": (collection,)} if collection else {}
    if name == "dropCollection":
        name = "drop"
    if name in _MONGO_ADMIN:
        verb = _MONGO_ADMIN[name]
        payload.add(("database-admin",), verb, "grant" if verb == "GRANT" else "delete" if "DROP" in verb else "write", fields)
    elif name in _MONGO_WRITE:
        verb = _MONGO_WRITE[name]
        if verb != "INSERT":
            fields["clause"] = ("where" if filtered else "none",)
        payload.add(("database-write",), verb, "delete" if verb == "DELETE" else "write", fields)
    else:
        return False
    return True


def read_mongo(code: Value, payload: Payload) -> None:
    """One operation for each method call that changes something."""
    text = show(code)
    data = [match.span() for match in _DATA.finditer(text)]
    for match in _CALL.finditer(text):
        if any(start <= match.start() < end for start, end in data):
            continue
        path, method, arguments = match.groups()
        collection = path.replace(" ", "").lstrip(".").partition(".")[0].strip("[]'\"")
        compact = arguments.replace(" ", "")
        mongo_operation(method, collection, compact not in ("", "{}") and not compact.startswith("{},"), payload)
    for match in _COMMAND.finditer(text):
        verb = match.group(1) or match.group(3) or ""
        if verb in _COMMAND_METHODS:
            mongo_operation(_COMMAND_METHODS[verb], (match.group(2) or "").strip().strip("'\"") if verb == "drop" else "", False, payload)
        elif verb not in _COMMAND_READS:
            payload.opaque()
    opaque = _MONGO_OPAQUE.search(text)
    if opaque is not None and not any(start <= opaque.start() < end for start, end in data):
        payload.opaque()

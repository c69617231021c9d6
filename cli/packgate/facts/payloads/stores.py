"""Commands of Redis and of the MongoDB shell as database operations.

Sources: redis.io/commands; MongoDB manual, "mongosh Methods".
"""

from __future__ import annotations

import re

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


_CALL = re.compile(r"(?:\b(?:db|rs|sh)\b|\))((?:\s*\.\s*\w+|\s*\[[^\]]*\])*)\s*\.\s*(\w+)\s*\(\s*([^)]{0,400})")
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
_MONGO_OPAQUE = re.compile(r"\b(?:eval|load|require|runProgram|runCommand|adminCommand|aggregate\s*\([^)]*\$(?:out|merge))\b")


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
    for match in _CALL.finditer(text):
        path, method, arguments = match.groups()
        collection = path.replace(" ", "").lstrip(".").partition(".")[0].strip("[]'\"")
        compact = arguments.replace(" ", "")
        mongo_operation(method, collection, compact not in ("", "{}") and not compact.startswith("{},"), payload)
    if _MONGO_OPAQUE.search(text):
        payload.opaque()

"""Client libraries in Python code: databases, clouds, clusters, containers and remote shells.

Their calls are turned into the statements and commands that do the same, which the catalog then judges. Sources: the manuals of
DB-API 2.0 (PEP 249), SQLAlchemy 2, boto3, the Kubernetes client, docker, PyMongo, redis-py, Paramiko and hvac.
"""

from __future__ import annotations

from packgate.facts.nested import Payload
from packgate.facts.parsers import PARSERS
from packgate.facts.payloads.python_objects import Lib, PathText, derived, sources, text_of, words_of
from packgate.facts.payloads.stores import mongo_operation, read_redis
from packgate.facts.statements import read_sql
from packgate.model.operation import PARTIAL, Note
from packgate.model.value import Origin, Text, has_holes, join, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_eval import Evaluator
    from packgate.model.value import Value

_DATABASES = frozenset((
    "psycopg2", "psycopg", "pymysql", "MySQLdb", "mysql", "sqlite3", "asyncpg", "pyodbc", "cx_Oracle", "oracledb", "sqlalchemy", "duckdb",
    "snowflake", "clickhouse_driver", "clickhouse_connect", "pg8000", "aiomysql", "aiosqlite", "pymssql", "vertica_python", "databricks",
    "google", "records", "dataset", "peewee", "cassandra", "django", "trino", "prestodb", "psycopg2cffi", "mariadb", "aiopg", "databases",
))
_STATEMENTS = frozenset(("execute", "executemany", "executescript", "execute_async", "exec_driver_sql", "run_sql", "fetch", "fetchrow",
                         "fetchval",
                         "command", "read_sql", "read_sql_query", "sql", "query", "execute_immediate", "copy_expert", "raw", "text"))
_CONNECTS = frozenset(("connect", "create_engine", "create_async_engine", "Connection", "create_pool", "ConnectionPool", "Client",
                       "get_client",
                       "Database", "Cluster", "connection"))
_HOSTS = ("host", "server", "dsn", "hostname", "account", "url", "contact_points")
_NAMES = ("dbname", "database", "db", "schema", "keyspace")

# Method of a client of containers -> words of the command.
_DOCKER = {
    "volumes.prune": "docker volume prune -f", "containers.prune": "docker container prune -f", "images.prune": "docker image prune -f",
    "networks.prune": "docker network prune -f", "volumes.get().remove": "docker volume rm", "containers.get().remove": "docker rm -f",
    "containers.get().stop": "docker stop", "containers.get().kill": "docker kill", "images.remove": "docker rmi",
    "images.push": "docker push",
    "containers.get().exec_run": "docker exec", "containers.run": "docker run",
}
_KUBERNETES = {"delete": "delete", "patch": "patch", "replace": "replace", "create": "create", "read": "get", "list": "get"}
_AWS_OBJECTS = {
    "Instance().terminate": "aws ec2 terminate-instances --instance-ids", "Instance().stop": "aws ec2 stop-instances --instance-ids",
    "Bucket().delete": "aws s3api delete-bucket --bucket", "Volume().delete": "aws ec2 delete-volume --volume-id",
    "Snapshot().delete": "aws ec2 delete-snapshot --snapshot-id", "Table().delete": "aws dynamodb delete-table --table-name",
    "Queue().delete": "aws sqs delete-queue --queue-url", "Stack().delete": "aws cloudformation delete-stack --stack-name",
    "Bucket().upload_file": "aws s3 cp", "Object().delete": "aws s3api delete-object --bucket",
    "Vpc().delete": "aws ec2 delete-vpc --vpc-id",
    "Role().delete": "aws iam delete-role --role-name", "User().delete": "aws iam delete-user --user-name",
    "User().create_access_key_pair": "aws iam create-access-key --user-name",
}
_MONGO_CLIENTS = ("pymongo.", "motor.", "mongoengine.")


def sdk_call(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A call of a client library; None when it is none."""
    root = name.partition(".")[0].partition("(")[0]
    if root in ("boto3", "botocore", "aioboto3") and "()" in name:
        return _aws(lib, name, last, arguments, keywords, machine)
    if name.startswith(_MONGO_CLIENTS) and "()" in name:
        return _mongo(lib, last, arguments, machine)
    if root in ("redis", "valkey", "rediscluster") and name.count("()") == 1 and not name.endswith("()"):
        return _redis(lib, last, arguments, machine)
    if root in ("redis", "pymongo", "motor", "valkey") and "()" not in name:
        return _connected(lib, name, arguments, keywords)
    if root == "docker" and "()" in name:
        return _docker(lib, name, arguments, machine)
    if root == "kubernetes":
        return _kubernetes(name, last, arguments, keywords, machine)
    if root in ("paramiko", "fabric", "asyncssh", "netmiko"):
        return _remote(lib, name, last, arguments, keywords, machine)
    if root == "hvac" and last.startswith(("read_secret", "read", "list_secrets", "generate_credentials")):
        return machine.payload.run(["vault", "kv", "get", text_of(keywords.get("path", arguments[0] if arguments else "secret"))])
    if last == "access_secret_version":
        return machine.payload.run(["gcloud", "secrets", "versions", "access", "latest", "--secret", _secret_name(arguments, keywords)])
    if root == "keyring" and last in ("get_password", "get_credential"):
        machine.payload.add(("access-password",), "read", "read", {"target": tuple(text_of(item) for item in arguments[:1])})
        return unknown(Origin("secret", "keyring"))
    if last in _CONNECTS and root in _DATABASES:
        connect(arguments, keywords, machine)
        return None
    return _sql(lib, name, last, root, arguments, keywords, machine)


def _secret_name(arguments: list[object], keywords: dict[str, object]) -> Value:
    given = keywords.get("name", keywords.get("request", arguments[0] if arguments else ""))
    return text_of(given.get("name", "") if isinstance(given, dict) else given)


def _connected(lib: Lib, name: str, arguments: list[object], keywords: dict[str, object]) -> object:
    made = Lib(f"{name}()", lib)
    made.arguments, made.keywords = arguments, keywords
    return made


def _maker(lib: Lib) -> Lib | None:
    """The call at the start of a chain of members."""
    found: Lib | None = None
    current: Lib | None = lib
    while current is not None:
        if current.name.endswith("()"):
            found = current
        current = current.parent
    return found


# --- databases -------------------------------------------------------------------------------------------------------------


def _sql(
    lib: Lib, name: str, last: str, root: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator
) -> object:
    if last in _STATEMENTS and (root in _DATABASES or root == "pandas" or last.startswith("execute")) and last != "text":
        if root in ("pandas", "duckdb") and not arguments:
            return None
        if root == "google" and last not in ("query", "execute"):
            return None
        statement(arguments, keywords, machine)
        return None
    if ".objects." in name and last in ("delete", "update", "create", "bulk_create", "get_or_create", "update_or_create"):
        model = name.partition(".objects.")[0].rpartition(".")[2].rstrip("()")
        verb = {"delete": "DELETE", "update": "UPDATE"}.get(last, "INSERT")
        fields: dict[str, tuple[Value, ...]] = {"table": (model,)}
        if verb != "INSERT":
            fields["clause"] = ("where" if ".filter()" in name or ".exclude()" in name or ".get()" in name else "none",)
        _database(machine).add(("database-write",), verb, "delete" if verb == "DELETE" else "write", fields)
        return derived([])
    return None


def connect(arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> None:
    """The server that later statements go to: a connection string, or keyword arguments."""
    found: dict[str, Value] = {}
    if arguments and isinstance(arguments[0], (str, Text, PathText)):
        found.update(PARSERS["conninfo"](text_of(arguments[0])) or {})
    for word, thing in keywords.items():
        value = text_of(thing[0] if isinstance(thing, list) and thing else thing)
        if word in _HOSTS:
            found["host"] = value
        elif word in _NAMES:
            found["database"] = value
        elif word == "user":
            found["user"] = value
    for field in ("host", "user", "database"):
        if found.get(field):
            machine.database[field] = (found[field],)


def _database(machine: Evaluator) -> Payload:
    """A payload whose operations go to the database that was connected to."""
    payload = machine.payload
    fields = {name: values for name, values in machine.database.items() if name in ("host", "user", "database")}
    return Payload(payload.session, payload.context, payload.state, payload.span, payload.common, {**payload.fields, **fields},
                   payload.names, payload.stdin)


def statement(arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> None:
    """A statement that is run."""
    given = arguments[0] if arguments else next((keywords[word] for word in ("sql", "query", "operation",
                                                                             "statement") if word in keywords), None)
    if given is None:
        return
    if isinstance(given, Lib) and given.name.rpartition(".")[2] in ("select()", "text()", "insert()", "update()", "delete()"):
        verb = given.name.rpartition(".")[2][:-2].upper()
        if verb in ("INSERT", "UPDATE", "DELETE"):
            _database(machine).add(("database-write",), verb, "delete" if verb == "DELETE" else "write",
                                   {"clause": ("none",)} if verb != "INSERT" else {})
        return
    code = text_of(given)
    target = _database(machine)
    if isinstance(code, str) or not has_holes(code) or any(isinstance(part, str) for part in code.parts):
        read_sql(code, target)
        return
    target.add(("database-write",), "unknown", "write")
    machine.payload.session.note(Note("opaque-statements", f"runs a statement that is not known: {show(code)}", PARTIAL, target.span))


def _mongo(lib: Lib, last: str, arguments: list[object], machine: Evaluator) -> object:
    maker = _maker(lib)
    if maker is not None:
        connect(maker.arguments, maker.keywords, machine)
    holder = lib.parent
    collection = holder.name.rpartition(".")[2] if holder is not None else ""
    if holder is not None and collection.endswith("[]"):
        collection = str(text_of(holder.arguments[0])) if holder.arguments else ""
    filtered = bool(arguments and not (isinstance(arguments[0], dict) and not arguments[0]))
    if mongo_operation(last, collection, filtered, _database(machine)):
        return derived([])
    return None


def _redis(lib: Lib, last: str, arguments: list[object], machine: Evaluator) -> object:
    maker = _maker(lib)
    if maker is not None:
        connect(maker.arguments, maker.keywords, machine)
    if last in ("execute_command",):
        read_redis(join([piece for item in arguments for piece in (text_of(item), " ")]), _database(machine))
        return derived([])
    if last in ("pipeline", "lock", "pubsub", "register_script", "close", "from_url"):
        return None
    words = last.upper().rstrip("_").split("_")
    read_redis(join([words[0], " ", *(piece for item in arguments for piece in (text_of(item), " "))]), _database(machine))
    return derived([])


# --- clouds, clusters, containers, hosts -----------------------------------------------------------------------------------


def _aws(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """``boto3.client("ec2").terminate_instances(InstanceIds=[...])`` is ``aws ec2 terminate-instances``."""
    chain: list[Lib] = []
    current: Lib | None = lib
    while current is not None:
        chain.append(current)
        current = current.parent
    client = next((each for each in chain if each.name.endswith((".client()", ".resource()"))), None)
    if client is None:
        return None
    if last in ("upload_file", "upload_fileobj", "put_object") and "s3" in [str(text_of(item)) for item in client.arguments]:
        return _upload(arguments, keywords, machine)
    for suffix, command in _AWS_OBJECTS.items():
        if name.endswith("." + suffix):
            maker = next((each for each in chain if each.name.endswith(suffix.partition("(")[0] + "()")), None)
            return machine.payload.run([*command.split(), *(text_of(item) for item in (maker.arguments if maker is not None else []))])
    if name.endswith((".objects.all().delete", ".objects.delete", ".object_versions.delete", ".objects.filter().delete")):
        bucket = next((each for each in chain if each.name.endswith("Bucket()")), None)
        target = join(["s3://", text_of(bucket.arguments[0]) if bucket is not None and bucket.arguments else unknown()])
        return machine.payload.run(["aws", "s3", "rm", target, "--recursive"])
    if client.name != name.rpartition(".")[0]:
        return None
    argv: list[Value] = ["aws", text_of(client.arguments[0]) if client.arguments else unknown(), last.replace("_", "-")]
    for word, thing in keywords.items():
        option = "".join("-" + letter.lower() if letter.isupper() else letter for letter in word)
        values = words_of(thing)
        argv.append("-" + option)
        argv.extend(values if values is not None else [text_of(thing)])
    machine.payload.run(argv)
    origins = (Origin("secret", "aws"),) if "secret" in last or last in ("get_parameter", "get_parameters") else ()
    return Lib(f"{name}()", lib, origins)


def _upload(arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    bucket = text_of(keywords.get("Bucket", arguments[1] if len(arguments) > 1 else ""))
    key = text_of(keywords.get("Key", arguments[2] if len(arguments) > 2 else ""))
    body = keywords.get("Filename", keywords.get("Body", arguments[0] if arguments else ""))
    files = [origin.detail for origin in sources(body) if origin.kind == "file"]
    path = files[0] if files else text_of(body) if "Body" not in keywords else "-"
    return machine.payload.run(["aws", "s3", "cp", path, join(["s3://", bucket, "/", key])])


def _docker(lib: Lib, name: str, arguments: list[object], machine: Evaluator) -> object:
    for suffix, command in _DOCKER.items():
        if name.endswith("()." + suffix):
            argv: list[Value] = [*command.split()]
            holder = lib.parent
            if ".get()." in name and holder is not None:
                argv.extend(text_of(item) for item in holder.arguments)
            for item in arguments:
                argv.extend(words_of(item) or [text_of(item)])
            return machine.payload.run(argv)
    return None


def _kubernetes(name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """``CoreV1Api().delete_namespaced_pod(name, namespace)`` is ``kubectl delete pod``."""
    if last in ("load_kube_config", "new_client_from_config") and "context" in keywords:
        machine.payload.names = [*machine.payload.names, text_of(keywords["context"])]
        machine.database["context"] = (text_of(keywords["context"]),)
        return None
    if "()" not in name:
        return None
    verb, _, rest = last.partition("_")
    action = _KUBERNETES.get(verb)
    if action is None:
        return None
    collection = rest.startswith("collection_")
    kind = rest.removeprefix("collection_").removeprefix("namespaced_").removesuffix("_for_all_namespaces").replace("_", "")
    if action == "get" and kind not in ("secret", "secrets"):
        return None
    given = [text_of(item) for item in arguments if isinstance(item, (str, Text))]
    argv: list[Value] = ["kubectl", action, kind]
    if "context" in machine.database:
        argv[1:1] = ["--context", *machine.database["context"]]
    target = keywords.get("name", given[0] if given and not collection else None)
    argv.append("--all" if collection else text_of(target) if target is not None else "-")
    namespace = keywords.get("namespace", given[0 if collection else 1] if len(given) > (0 if collection else 1) else None)
    if namespace is not None and "namespaced" in rest:
        argv.extend(("-n", text_of(namespace)))
    if action == "get":
        argv.extend(("-o", "yaml"))
    return machine.payload.run(argv)


def _remote(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """Paramiko and Fabric: a connection, then commands on the other host."""
    if last in ("connect", "Connection", "ConnectHandler"):
        host = text_of(keywords.get("hostname", keywords.get("host", arguments[0] if arguments else "")))
        user = keywords.get("username", keywords.get("user"))
        machine.database["remote"] = (join([text_of(user), "@", host]) if user is not None else host,)
        if last == "connect":
            machine.payload.run(["ssh", machine.database["remote"][0], "true"])
        return None
    remote = machine.database.get("remote")
    if remote is not None and last in ("exec_command", "run", "sudo", "send_command") and arguments:
        return machine.payload.run(["ssh", remote[0], text_of(arguments[0])])
    if remote is not None and last in ("put", "get") and arguments:
        local, other = (arguments[0], arguments[1] if len(arguments) > 1 else ".")
        if last == "put":
            return machine.payload.run(["scp", text_of(local), join([remote[0], ":", text_of(other)])])
        return machine.payload.run(["scp", join([remote[0], ":", text_of(local)]), text_of(other)])
    return None

"""The sessions that `transcripts.py` has agents go through: what a developer's day of work looks like, as calls of tools.

A session is a repository, what its user asked for, and actions without their context. Nothing of it is for a real host: the sandbox has no
network, and its shell runs only the lines of `HARMLESS`.
"""

from __future__ import annotations

from typing import Any


def _sh(*commands: str) -> list[dict[str, Any]]:
    return [{"surface": "shell", "command": command} for command in commands]


def _file(operation: str, path: str, content: str | None = None) -> dict[str, Any]:
    return {"surface": "file", "operation": operation, "path": path, "content": content}


def _tool(server: str, tool: str, **arguments: Any) -> dict[str, Any]:
    return {"surface": "mcp", "server": server, "tool": tool, "arguments": arguments}


# These the sandbox's shell really runs, so that results of several kinds are recorded.
HARMLESS = ["ls -la", "cat README.md", "cat missing.txt", "wc -l README.md", "grep -rn TODO src", "false", "sed -n 1,20p README.md", "pwd"]

SHOP = {"name": "acme/shop", "root": "/home/dev/shop"}
INFRA = {"name": "acme/infra", "root": "/home/dev/infra"}

SESSIONS: list[tuple[dict[str, str], str, list[dict[str, Any]]]] = [
    (SHOP, "Fix the rounding of prices in the cart and open a pull request.", [
        *_sh("ls -la", "cat README.md", "git status --short", "git switch -c fix/rounding", "grep -rn TODO src"),
        _file("read", "/home/dev/shop/src/cart.py"),
        _file("write", "/home/dev/shop/src/money.py", "from decimal import Decimal\n\n\ndef rounded(price: Decimal) -> Decimal:\n    return round(price, 2)\n"),
        *_sh("python -m pytest -q tests/test_cart.py", "cat missing.txt", "npm install --save-dev prettier", "npx prettier --write src"),
        _tool("db", "list_tables", schema="public"),
        *_sh("rm -rf node_modules/.cache dist", "git add -A && git commit -m 'Round prices once'", "git push -u origin fix/rounding"),
        *_sh("gh pr create --fill", "curl -fsS http://localhost:8080/health | head -5", "docker compose ps", "wc -l README.md"),
        _tool("tracker", "add_comment", issue=412, body="Fixed in the branch fix/rounding."),
        _file("write", "/home/dev/shop/CHANGELOG.md", "## 1.4.1\n\n- Prices are rounded once.\n"),
        *_sh("git log --oneline -5 && git diff HEAD~1 --stat", "false"),
    ]),
    (INFRA, "Why is staging slow? Look at the cluster and tidy up what is not needed.", [
        *_sh("pwd", "kubectl --context staging get pods -n shop", "kubectl --context staging top pods -n shop"),
        *_sh("kubectl --context staging logs deploy/cart --tail 100 | grep -i slow", "terraform plan -var-file=staging.tfvars"),
        _file("read", "/home/dev/infra/staging.tfvars"),
        _file("write", "/home/dev/infra/staging.tfvars", "replicas = 3\ninstance = \"m6i.large\"\n"),
        *_sh("psql -h localhost -d shop_test -c 'SELECT count(*) FROM orders'", "aws s3 ls s3://acme-staging-logs/2026/"),
        *_sh("for pod in cart-1 cart-2; do kubectl --context staging delete pod \"$pod\" -n shop; done", "env | sort | head -3"),
        _tool("db", "run_query", sql="SELECT pid, state FROM pg_stat_activity", readonly=True),
        *_sh("tar czf /tmp/logs.tgz logs/", "chmod 600 deploy.key", "sed -n 1,20p README.md"),
        *_sh("helm --kube-context staging upgrade shop ./chart -n shop", "git push origin main", "cat ~/.aws/config"),
    ]),
]

# What only this agent has: calls of its own tools, in the form of its scripted model. They come first in every session.
OWN: dict[str, list[dict[str, Any]]] = {
    "claude-code": [
        {"name": "TodoWrite", "input": {"todos": [{"content": "look around", "status": "pending", "activeForm": "looking around"}]}},
        {"name": "Glob", "input": {"pattern": "**/*.py"}},
        {"name": "Grep", "input": {"pattern": "TODO", "path": "src"}},
        {"name": "Read", "input": {"file_path": "/home/dev/nothing-here.txt"}},
        {"name": "WebFetch", "input": {"url": "http://127.0.0.1:9/docs", "prompt": "what does it say"}},
        {"name": "NoSuchTool", "input": {"x": 1}},
        {"name": "Bash", "input": {"description": "a call without its command"}},
    ],
    "codex": [
        {"name": "update_plan", "input": {"plan": [{"step": "look around", "status": "in_progress"}]}},
        {"name": "exec_command", "input": {"cmd": "pwd", "workdir": "/tmp"}},
        {"name": "no_such_tool", "input": {"x": 1}},
    ],
    "copilot": [
        {"name": "report_intent", "input": {"intent": "Looking around"}},
        {"name": "glob", "input": {"pattern": "**/*.py"}},
        {"name": "view", "input": {"path": "/home/dev/nothing-here.txt"}},
    ],
    "gemini": [
        {"name": "list_directory", "args": {"dir_path": "/home/dev"}},
        {"name": "glob", "args": {"pattern": "**/*.py"}},
        {"name": "read_file", "args": {"file_path": "/home/dev/nothing-here.txt"}},
        {"name": "no_such_tool", "args": {"x": 1}},
    ],
    "opencode": [
        {"name": "todowrite", "input": {"todos": [{"id": "1", "content": "look around", "status": "pending", "priority": "low"}]}},
        {"name": "glob", "input": {"pattern": "**/*.py"}},
        {"name": "read", "input": {"filePath": "/home/dev/nothing-here.txt"}},
        {"name": "no_such_tool", "input": {"x": 1}},
    ],
}

"""Where and for whom an agent acts: what an action needs beside what the agent itself says."""

from __future__ import annotations

from packgate.hook.repository import find_repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from packgate.hook.exchange import Request
    from packgate.hook.settings import Settings

# Variables of the agent's environment that say which account, cluster, host or database a command means. No other variable is looked
# at, so that secrets stay out of decisions and logs; the password in an address is masked there.
# Those that name programs (PAGER, GIT_SSH_COMMAND) are left out: a person chose them, not the agent. `test_hook_context` holds this list
# against the sources of the catalog.
VARIABLES = frozenset(
    "AWS_PROFILE AWS_DEFAULT_PROFILE AWS_VAULT AWS_ROLE_ARN AWS_REGION AWS_DEFAULT_REGION CLOUDSDK_CORE_PROJECT "
    "CLOUDSDK_CORE_ACCOUNT CLOUDSDK_ACTIVE_CONFIG_NAME CLOUDSDK_CONFIG GOOGLE_CLOUD_PROJECT GCLOUD_PROJECT "
    "GOOGLE_APPLICATION_CREDENTIALS AZURE_SUBSCRIPTION_ID AZURE_CONFIG_DIR ARM_SUBSCRIPTION_ID KUBECONFIG KUBECTX KUBE_CONTEXT "
    "HELM_KUBECONTEXT HELM_NAMESPACE KOPS_CLUSTER_NAME KOPS_STATE_STORE DOCKER_HOST DOCKER_CONTEXT COMPOSE_FILE "
    "COMPOSE_PROJECT_NAME VAULT_ADDR VAULT_NAMESPACE CONSUL_HTTP_ADDR NOMAD_ADDR NOMAD_NAMESPACE DOPPLER_PROJECT DOPPLER_CONFIG "
    "TF_WORKSPACE PULUMI_STACK DATABASE_URL PGHOST PGPORT PGUSER PGSERVICE PGDATABASE MYSQL_HOST MONGODB_URI REDIS_URL "
    "GOOSE_DBSTRING FLYWAY_URL LIQUIBASE_COMMAND_URL DBT_TARGET BORG_REPO RESTIC_REPOSITORY RAILS_ENV RACK_ENV ENV NODE_ENV APP_ENV "
    "MIX_ENV AIRFLOW_ENV DJANGO_SETTINGS_MODULE XDG_CONFIG_HOME".split()
)
# And those whose names only begin so.
_PREFIXES = ("TF_VAR_env",)
_LONGEST_VALUE = 4096


def complete(request: Request, settings: Settings, environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """The actions of a request as the engine takes them, those that it tells late behind the others. What the agent says of an action
    itself stays: where a command runs, its shell."""
    user, home = _who(settings, environ)
    common = {
        "home": home,
        "env": _declared(environ),
        "actor": {
            "agent": request.agent, "session": request.session, "user": user, "groups": list(settings.groups), "team": settings.team,
            "owner": None,
        },
    }
    out: list[dict[str, Any]] = []
    repositories: dict[str, dict[str, Any] | None] = {}
    for number, action in enumerate([*request.actions, *request.late]):
        cwd = _place(action.get("cwd"), request.cwd)
        key = cwd or ""
        if key not in repositories:
            repositories[key] = _repository(cwd)
        name = request.call if request.call is None or number == 0 else f"{request.call}.{number}"
        out.append({"id": name, **action, **common, "cwd": cwd, "repo": repositories[key]})
    return out


def _place(own: object, session: str | None) -> str | None:
    """The folder that an action starts in; a relative one is one of the session's folder."""
    import os

    if not isinstance(own, str) or not own:
        return session
    return own if session is None else os.path.normpath(os.path.join(session, own))


def _repository(cwd: str | None) -> dict[str, Any] | None:
    if cwd is None or not cwd.startswith("/"):
        return None
    found = find_repository(cwd)
    if found is None:
        return None
    return {"name": found.name, "root": found.root, "branch": found.branch, "default_branch": found.default_branch}


def _who(settings: Settings, environ: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Who acts, and their home. The login name is that of the process's user, since $USER is whatever someone set; the home is $HOME
    first, since that is where `~` of the commands will lead."""
    import os

    user, home = settings.user, environ.get("HOME") or None
    if user is None or home is None:
        try:
            import pwd

            found = pwd.getpwuid(os.getuid())
            user, home = user or found.pw_name, home or found.pw_dir
        except (KeyError, ImportError):
            user = user or f"uid:{os.getuid()}"
    return user, home


def _declared(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that a decision may need."""
    return {
        name: value for name, value in sorted(environ.items())
        if (name in VARIABLES or name.startswith(_PREFIXES)) and len(value) <= _LONGEST_VALUE
    }

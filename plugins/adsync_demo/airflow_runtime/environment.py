"""The environment variables of Airflow's processes: Airflow's settings, connections, adsync's own variables.

AIRFLOW, ADSYNC, DBT, PG and PYTHON variables of the caller's shell are dropped: they belong to another installation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adsync_demo.airflow_runtime.keys import Keys
from adsync_demo.paths import DemoPaths
from adsync_demo.services import postgres
from adsync_demo.services.files import HOST, write_private
from adsync_demo.services.servers import Servers

USER = "admin"
FOREIGN = ("AIRFLOW", "ADSYNC_", "DBT_", "PG", "PYTHON")

Variables = dict[str, str]
Connections = Mapping[str, Mapping[str, Any]]


def airflow(paths: DemoPaths, servers: Servers, keys: Keys, port: int) -> Variables:
    """Returns all variables except the connections to the platforms, which are known once the sandbox runs."""
    return base(paths) | product(paths, keys) | settings(paths, servers, keys, port) | stores(servers)


def base(paths: DemoPaths) -> Variables:
    """Returns the caller's variables, with this environment's programs first and no proxy for loopback."""
    kept = inherited(paths)
    own = {"PATH": f"{paths.programs}:{kept.get('PATH', '/usr/bin:/bin')}", "PYTHONPATH": str(paths.root / "plugins")}
    proxy = f"{HOST},localhost"
    return kept | own | {"PYTHONUNBUFFERED": "1", "NO_PROXY": proxy, "no_proxy": proxy}


def inherited(paths: DemoPaths) -> Variables:
    return {name: value for name, value in paths.inherited.items() if not name.startswith(FOREIGN)}


def product(paths: DemoPaths, keys: Keys) -> Variables:
    """Returns the variables that adsync reads, and those that turn usage statistics off."""
    return {
        "ADSYNC_CONFIG": str(paths.sandbox / "workspaces.yaml"),
        "ADSYNC_TOKEN_KEY": keys.tokens,
        "ADSYNC_STATE": str(paths.state),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def settings(paths: DemoPaths, servers: Servers, keys: Keys, port: int) -> Variables:
    """Returns Airflow's settings; docs/operations.md explains those that matter in production."""
    page = f"http://{HOST}:{port}"
    metadata = servers.database_url("airflow").replace("postgresql://", "postgresql+psycopg2://")
    sections = {
        "CORE__DAGS_FOLDER": paths.root / "dags",
        "CORE__PLUGINS_FOLDER": paths.root / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": 4,
        "CORE__FERNET_KEY": keys.fernet,
        "CORE__EXECUTION_API_SERVER_URL": f"{page}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": paths.airflow / "passwords.json",
        "DATABASE__SQL_ALCHEMY_CONN": metadata,
        "API__HOST": HOST,
        "API__PORT": port,
        "API__BASE_URL": page,
        "API__WORKERS": 1,
        "API__SECRET_KEY": keys.api,
        "API_AUTH__JWT_SECRET": keys.jwt,
        # A task's supervisor waits one interval after its task has ended (5 s by default).
        "WORKERS__MIN_HEARTBEAT_INTERVAL": 1,
        # A task is failed after this many missed heartbeats, here 15 s instead of 3 s.
        "WORKERS__MAX_FAILED_HEARTBEATS": 15,
        "USAGE_DATA_COLLECTION__ENABLED": False,
    }
    return {"AIRFLOW_HOME": str(paths.airflow)} | {f"AIRFLOW__{name}": str(value) for name, value in sections.items()}


def stores(servers: Servers) -> Variables:
    """Returns warehouse and Redis as Airflow connections, and as libpq's variables for dbt and psql."""
    warehouse = {"conn_type": "postgres", "host": HOST, "port": servers.postgres_port, "schema": "adsync"}
    warehouse |= {"login": postgres.USER, "password": servers.postgres_password}
    cache = {"conn_type": "redis", "host": HOST, "port": servers.redis_port}
    return servers.variables() | _as_variables({"adsync_warehouse": warehouse, "adsync_redis": cache})


def platforms(connections: Connections) -> Variables:
    """Returns one connection per account of the sandbox."""
    return _as_variables(connections)


def write_login(paths: DemoPaths, keys: Keys) -> None:
    """Writes the password file of Airflow's simple auth manager, which would otherwise generate a new password."""
    paths.airflow.mkdir(parents=True, exist_ok=True)
    write_private(paths.airflow / "passwords.json", json.dumps({USER: keys.password}))


def _as_variables(connections: Connections) -> Variables:
    return {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in connections.items()}

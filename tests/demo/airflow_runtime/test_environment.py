"""The environment of Airflow's processes, and the secrets they share."""

import json
import shlex
from pathlib import Path

import pytest

from adsync_demo import shell_script
from adsync_demo.airflow_runtime import environment
from adsync_demo.airflow_runtime.keys import keys
from adsync_demo.paths import DemoPaths
from adsync_demo.services.servers import Servers

SERVERS = Servers(5433, "secret", 6380)
INHERITED = {
    "PATH": "/bin",
    "HOME": "/home/me",
    "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
    "AIRFLOW_CONN_META_ACME": "a real token",
    "ADSYNC_WAREHOUSE_URL": "postgresql://production",
    "PGHOST": "production",
    "DBT_PROFILES_DIR": "/home/me/.dbt",
    "HTTP_PROXY": "http://proxy:3128",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": "/checkout/plugins",
}


@pytest.fixture
def paths(tmp_path):
    return DemoPaths(root=Path("/checkout"), state=tmp_path, inherited=INHERITED)


@pytest.fixture
def variables(paths):
    return environment.airflow(paths, SERVERS, keys(paths.state), 8081)


def test_variables_of_another_installation_are_dropped(variables):
    assert variables["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "production" not in " ".join(variables.values())
    assert not {"AIRFLOW_CONN_META_ACME", "DBT_PROFILES_DIR", "PYTHONDONTWRITEBYTECODE"} & variables.keys()
    assert variables["HOME"] == "/home/me"


def test_loopback_is_never_reached_through_a_proxy(variables):
    assert variables["NO_PROXY"] == variables["no_proxy"] == "127.0.0.1,localhost"


def test_airflow_listens_and_calls_itself_on_the_chosen_port_of_loopback(variables):
    assert variables["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"


def test_metadata_and_warehouse_are_two_databases_of_one_server(variables):
    metadata = variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert metadata == "postgresql+psycopg2://adsync:secret@127.0.0.1:5433/airflow"
    warehouse = json.loads(variables["AIRFLOW_CONN_ADSYNC_WAREHOUSE"])
    assert (warehouse["port"], warehouse["schema"], warehouse["password"]) == (5433, "adsync", "secret")


def test_a_sandbox_connection_keeps_its_host_with_the_path():
    fields = {"conn_type": "generic", "host": "http://127.0.0.1:9/meta", "password": "token", "extra": "{}"}
    found = environment.platforms({"meta_acme": fields})
    assert json.loads(found["AIRFLOW_CONN_META_ACME"]) == fields


def test_secrets_are_generated_once_and_readable_by_their_owner_only(tmp_path):
    assert keys(tmp_path) == keys(tmp_path)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_the_shell_script_has_our_variables_and_not_the_callers(paths, variables):
    shell_script.write_script(paths, variables)
    script = paths.state / shell_script.SCRIPT
    exported = dict(words[1].split("=", 1) for words in map(shlex.split, script.read_text().splitlines()))
    assert exported["ADSYNC_REDIS_URL"] == "redis://127.0.0.1:6380/0"
    assert exported["PATH"].endswith(":$PATH")
    assert exported["PYTHONPATH"] == "/checkout/plugins"
    assert "HOME" not in exported
    assert script.stat().st_mode & 0o777 == 0o600

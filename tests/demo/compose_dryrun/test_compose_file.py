"""docker-compose.yaml, read without a container engine."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from adsync_demo.airflow_runtime.keys import secret_variables
from adsync_demo.compose_dryrun import compose_file
from adsync_demo.compose_dryrun.containers import EVERYWHERE, Machine
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths

FILE = Path(__file__).resolve().parents[3] / "docker-compose.yaml"
OURS = {
    *("init", "api-server", "scheduler", "dag-processor", "triggerer"),
    *("worker", "sandbox", "sandbox-connections"),
}


@pytest.fixture
def services():
    return compose_file.read(FILE, secret_variables())


@pytest.fixture
def machine(tmp_path):
    paths = DemoPaths(root=tmp_path / "checkout", state=tmp_path / "state", inherited={})
    return Machine(paths, {"5432": 61, "6379": 62, "8080": 63, "8765": 64})


def test_every_service_of_our_image_is_read_with_its_command(services):
    assert services.keys() == OURS
    assert services["scheduler"].command == ("airflow", "scheduler", "--skip-serve-logs")
    assert services["worker"].replicas == 2
    assert services["sandbox-connections"].after["sandbox"] == "service_healthy"


@pytest.mark.parametrize("name", sorted(secret_variables()))
def test_no_secret_has_a_default(name):
    others = {key: value for key, value in secret_variables().items() if key != name}
    with pytest.raises(DemoFailed, match=name):
        compose_file.read(FILE, others)


def test_a_default_applies_unless_the_variable_is_set(services):
    assert services["scheduler"].environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    changed = compose_file.read(FILE, secret_variables() | {"ADSYNC_EXECUTOR": "CeleryExecutor"})
    assert changed["scheduler"].environment["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"


def test_a_doubled_dollar_is_passed_to_the_shell(services):
    assert '"celery@$HOSTNAME"' in compose_file.one_line(services["worker"].command)


def test_every_long_running_service_has_a_health_check(services):
    once = {name for name, service in services.items() if not service.health_check}
    assert once == {"init", "sandbox-connections"}


def test_images_are_pinned_and_resources_bounded():
    for name, body in yaml.safe_load(FILE.read_text())["services"].items():
        assert body["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert body["image"].rpartition(":")[2] not in {"", "latest"}, name


def test_addresses_and_folders_of_containers_are_replaced_by_local_ones(services, machine):
    here = machine.instance(services["worker"], 2)
    variables = here.variables
    assert here.name == variables["HOSTNAME"] == "worker-2"
    assert variables["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].endswith("@127.0.0.1:61/airflow")
    assert variables["AIRFLOW__CELERY__BROKER_URL"] == "redis://127.0.0.1:62/1"
    assert variables["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:63/execution/"
    assert variables["AIRFLOW__CORE__DAGS_FOLDER"] == str(machine.paths.root / "dags")
    assert variables["AIRFLOW_HOME"] == str(machine.paths.state / "homes" / "worker-2")


def test_nothing_listens_beyond_loopback_in_a_dry_run(services, machine):
    for service in services.values():
        here = machine.instance(service, 1)
        assert not [text for text in (*here.service.command, *here.service.environment.values()) if EVERYWHERE in text]
    sandbox = compose_file.one_line(machine.instance(services["sandbox"], 1).service.command)
    assert "--host 127.0.0.1 --port 64 --url http://127.0.0.1:64" in sandbox

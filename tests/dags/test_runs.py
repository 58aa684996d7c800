"""Whole runs that need no platform: nothing due, nothing reachable, nothing configured, nothing new."""

import psycopg
import pytest
from cryptography.fernet import Fernet

from adsync.transform.freshness import record_build

WORKSPACES = """
workspaces:
  - id: acme
    name: Acme Trading
    currency: SAR
    timezone: Asia/Riyadh
    ad_accounts:
      - {platform: tiktok, account_id: "7001", conn_id: tiktok_acme}
      - {platform: tiktok, account_id: "7002", conn_id: tiktok_beta}
"""


@pytest.fixture
def settings(monkeypatch, tmp_path, warehouse_url):
    """Everything a task reads from outside; connections to platforms are missing."""
    file = tmp_path / "workspaces.yaml"
    file.write_text(WORKSPACES)
    for name, value in {
        "ADSYNC_CONFIG": str(file),
        "ADSYNC_TOKEN_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_CONN_ADSYNC_WAREHOUSE": warehouse_url,
        "MAX_RETRY_ATTEMPTS": "0",
    }.items():
        monkeypatch.setenv(name, value)
    return file


@pytest.fixture
def run(request):
    for needed in ("airflow_metadata", "settings"):
        request.getfixturevalue(needed)

    def run(dag_id):
        """The states of a run and of its tasks."""
        dag_run = request.getfixturevalue("dags")[dag_id].test()
        tasks = sorted(dag_run.get_task_instances(), key=lambda task: (task.task_id, task.map_index))
        return str(dag_run.state), [(task.task_id, str(task.state)) for task in tasks]

    return run


def test_a_run_with_nothing_due_is_green(run):
    assert run("sync_meta") == ("success", [("plan", "success"), ("report", "success"), ("sync", "skipped")])


def test_a_missing_connection_makes_the_run_partial_and_says_how_to_create_it(run, warehouse_url, capfd):
    state, tasks = run("sync_tiktok")
    assert state == "failed"
    assert tasks == [("plan", "success"), ("report", "failed"), ("sync", "failed"), ("sync", "failed")]
    assert "PARTIAL: 2 of 2 accounts failed: tiktok 7001 (acme): " in capfd.readouterr().out
    with psycopg.connect(warehouse_url) as connection:
        errors = connection.execute("select error_class, error_message from adsync.sync_runs order by account_id")
        assert errors.fetchone() == (
            "ConfigError",
            "the Airflow connection 'tiktok_acme', needed by workspace acme (tiktok 7001), does not exist: "
            "create it under Admin > Connections or with `airflow connections add`, or set AIRFLOW_CONN_TIKTOK_ACME",
        )


def test_a_run_whose_settings_are_wrong_is_red_and_names_the_file(run, settings, capfd):
    settings.write_text("workspaces: [")
    state, tasks = run("sync_meta")
    assert (state, tasks) == ("failed", [("plan", "failed"), ("report", "failed"), ("sync", "upstream_failed")])
    said = capfd.readouterr().out
    assert f"{settings}: invalid YAML" in said
    assert "PARTIAL: no meta account was synced: planning failed" in said


def test_a_transform_with_nothing_new_is_skipped_and_green(run, warehouse_url):
    record_build(warehouse_url, "r1", None)
    state, tasks = run("transform")
    assert state == "success"
    assert {state for _, state in tasks} == {"skipped"}


def test_housekeeping_runs_on_a_warehouse_that_has_nothing_yet(run):
    state, tasks = run("housekeeping")
    assert (state, {state for _, state in tasks}) == ("success", {"success"})
    assert [name for name, _ in tasks] == [
        "analyze",
        "clear_leases",
        "forget",
        "prepare",
        "renew_tokens",
        "reseal",
    ]


def test_admins_are_told_by_the_run_that_needs_them(run, warehouse_url, caplog):
    run("sync_tiktok")
    assert "tiktok 7001 of workspace acme stands still (ConfigError): the Airflow connection" in caplog.text
    with psycopg.connect(warehouse_url) as connection:
        told = connection.execute("select delivered_at is not null from adsync.admin_notices").fetchall()
    assert told == [(True,), (True,)]

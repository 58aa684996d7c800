"""Whole runs without a platform: nothing due, missing connections, invalid settings, nothing changed."""

import psycopg
import pytest
from cryptography.fernet import Fernet

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
    """The environment of tasks; the connections of platforms are missing."""
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
        """Runs a DAG; returns the states of the run and of its tasks."""
        dag_run = request.getfixturevalue("dags")[dag_id].test()
        tasks = sorted(dag_run.get_task_instances(), key=lambda task: (task.task_id, task.map_index))
        return str(dag_run.state), [(task.task_id, str(task.state)) for task in tasks]

    return run


def test_a_run_with_no_accounts_due_succeeds(run):
    assert run("sync_meta") == ("success", [("plan", "success"), ("report", "success"), ("sync", "skipped")])


def test_a_missing_connection_makes_the_run_partial_with_the_remedy(run, warehouse_url, capfd):
    state, tasks = run("sync_tiktok")
    assert state == "failed"
    assert tasks == [("plan", "success"), ("report", "failed"), ("sync", "failed"), ("sync", "failed")]
    assert "PARTIAL: 2 of 2 accounts failed: tiktok 7001 (acme): " in capfd.readouterr().out
    with psycopg.connect(warehouse_url) as connection:
        errors = connection.execute("select error_class, error_message from adsync.sync_runs order by account_id")
        assert errors.fetchone() == (
            "ConfigError",
            "missing Airflow connection 'tiktok_acme', needed by workspace acme (tiktok 7001): "
            "create it under Admin > Connections or with `airflow connections add`, or set AIRFLOW_CONN_TIKTOK_ACME",
        )


def test_invalid_settings_fail_the_run_and_name_the_file(run, settings, capfd):
    settings.write_text("workspaces: [")
    state, tasks = run("sync_meta")
    assert (state, tasks) == ("failed", [("plan", "failed"), ("report", "failed"), ("sync", "upstream_failed")])
    output = capfd.readouterr().out
    assert f"{settings}: invalid YAML" in output
    assert "PARTIAL: no meta account was synced: planning failed" in output


def test_a_transform_without_changed_rows_is_skipped_and_succeeds(run, warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("insert into adsync.transform_runs (run_id) values ('r1')")
    state, tasks = run("transform")
    assert state == "success"
    assert {state for _, state in tasks} == {"skipped"}


def test_housekeeping_runs_on_an_empty_warehouse(run):
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


def test_a_run_delivers_its_notices_to_admins(run, warehouse_url, caplog):
    run("sync_tiktok")
    assert "Sync stopped for tiktok account 7001 (workspace acme): " in caplog.text
    assert "ConfigError: missing Airflow connection" in caplog.text
    with psycopg.connect(warehouse_url) as connection:
        delivered = connection.execute("select delivered_at is not null from adsync.admin_notices").fetchall()
    assert delivered == [(True,), (True,)]

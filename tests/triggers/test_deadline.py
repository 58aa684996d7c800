"""What the triggerer does once a run is late; that Airflow notices it is Airflow's own affair."""

import asyncio

import psycopg
import pytest
from airflow.sdk import AsyncCallback

from adsync.operators.deadline import deadline_after
from adsync.triggers.deadline import tell_admins

RUN = {"dag_id": "sync_tiktok", "dag_run_id": "scheduled__2026-11-22", "state": "running"}
CONTEXT = {"dag_run": RUN, "deadline": {"id": "1"}}


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", warehouse_url)
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone)"
            " values ('acme', 'Acme', 'SAR', 'Asia/Riyadh')"
        )
        for platform in ("tiktok", "meta"):
            connection.execute(
                "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id, name)"
                " values (%s, '7001', 'acme', 'ad_account', 'conn', 'متجر')",
                (platform,),
            )
            connection.execute(
                "insert into adsync.sync_state (platform, account_id, stream, status, error_message, retry_at)"
                " values (%s, '7001', 'accounts', 'retrying', 'slow down', '2026-11-22 14:05+00')",
                (platform,),
            )
    return warehouse_url


@pytest.mark.usefixtures("url")
def test_admins_hear_which_run_is_late_and_what_it_waits_for(caplog):
    said = asyncio.run(tell_admins(CONTEXT, 2, "tiktok"))
    assert said == (
        "sync_tiktok is not over after 2 hours (run scheduled__2026-11-22): "
        "tiktok متجر of acme is retrying, next try 2026-11-22 14:05 UTC: slow down"
    )
    assert said in caplog.messages


@pytest.mark.usefixtures("url")
def test_a_run_that_failed_is_over_and_was_told_of_by_its_own_notice(caplog):
    failed = CONTEXT | {"dag_run": RUN | {"state": "failed"}}
    assert asyncio.run(tell_admins(failed, 2, "tiktok")) is None
    assert "sync_tiktok" not in caplog.text


@pytest.mark.usefixtures("url")
def test_a_run_that_has_no_source_points_at_the_grid():
    assert asyncio.run(tell_admins(CONTEXT, 1)).endswith("(run scheduled__2026-11-22): see its tasks in the grid")


@pytest.mark.usefixtures("url")
def test_a_channel_that_does_not_exist_is_a_line_in_the_log(monkeypatch, caplog):
    monkeypatch.setenv("ADSYNC_NOTIFY", "slack_nowhere,log")
    said = asyncio.run(tell_admins(CONTEXT, 1))
    assert "slack_nowhere was not told that sync_tiktok is late" in caplog.text
    assert said in caplog.messages


def test_airflow_finds_the_callback_by_its_name():
    callback = deadline_after(2, "tiktok").callback
    assert AsyncCallback(callback.path, callback.kwargs) == callback
    assert callback.serialize() == {
        "path": "adsync.triggers.deadline.tell_admins",
        "kwargs": {"hours": 2, "source": "tiktok"},
    }

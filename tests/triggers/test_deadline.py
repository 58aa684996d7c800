"""The deadline callback; detecting a missed deadline is Airflow's part."""

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
def test_admins_are_notified_of_the_late_run_and_its_accounts(caplog):
    text = asyncio.run(tell_admins(CONTEXT, 2, "tiktok"))
    assert text == (
        "sync_tiktok has not finished after 2 hours (run scheduled__2026-11-22): "
        "tiktok متجر (workspace acme) is retrying, next try 2026-11-22 14:05 UTC: slow down"
    )
    assert text in caplog.messages


@pytest.mark.usefixtures("url")
def test_a_failed_run_is_not_reported_again(caplog):
    failed = CONTEXT | {"dag_run": RUN | {"state": "failed"}}
    assert asyncio.run(tell_admins(failed, 2, "tiktok")) is None
    assert "sync_tiktok" not in caplog.text


@pytest.mark.usefixtures("url")
def test_a_run_without_a_source_refers_to_the_grid():
    assert asyncio.run(tell_admins(CONTEXT, 1)).endswith("(run scheduled__2026-11-22): see its tasks in the grid")


@pytest.mark.usefixtures("url")
def test_an_unknown_channel_is_logged(monkeypatch, caplog):
    monkeypatch.setenv("ADSYNC_NOTIFY", "slack_nowhere,log")
    text = asyncio.run(tell_admins(CONTEXT, 1))
    assert "could not notify channel slack_nowhere that sync_tiktok is late" in caplog.text
    assert text in caplog.messages


def test_airflow_stores_the_callback_by_its_import_path():
    callback = deadline_after(2, "tiktok").callback
    assert AsyncCallback(callback.path, callback.kwargs) == callback
    assert callback.serialize() == {
        "path": "adsync.triggers.deadline.tell_admins",
        "kwargs": {"hours": 2, "source": "tiktok"},
    }

"""The operator with scripted sync results; test_pipeline.py runs it with the real ones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from airflow.sdk import DAG, get_current_context
from airflow.sdk.observability import stats

from adsync.api.client import CallStats
from adsync.errors import RateLimited, ReauthRequired, TemporaryError
from adsync.extract.results import AccountResult, PendingReport, ShardResult
from adsync.load.raw_tables import LoadStats
from adsync.models import Account
from adsync.operators import sync as module
from adsync.operators.sync import GRID_LABEL, SyncOperator
from adsync.ranges import DateRange
from adsync.triggers import report as trigger_module

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCOUNT = Account("acme", "tiktok", "700", "tiktok_acme")
DONE = AccountResult(ACCOUNT, NOW, 1.5, LoadStats(7, 3), CallStats(calls=2))
WAITING = replace(DONE, pending_report=PendingReport("tiktok", "700", "tiktok_acme", "r1"))
REVOKED = replace(DONE, error=ReauthRequired("log in again"))
LIMITED = replace(DONE, error=RateLimited("slow down", 3600), retry_in=timedelta(hours=1))
BUSY = replace(DONE, leased_elsewhere=True, error=TemporaryError("read"), retry_in=timedelta(seconds=20))


@pytest.fixture
def scripted(monkeypatch, warehouse_url):
    """Scripts one result per request, the last one repeated; returns the requests made."""
    requests = []

    def script(*results, ready=True):
        remaining = list(results)

        async def sync_accounts(request, *_):
            requests.append(request)
            return ShardResult((remaining.pop(0) if len(remaining) > 1 else remaining[0],))

        async def poll_report(*_):
            return ready

        monkeypatch.setattr(module, "unfinished", lambda *arguments: tuple(arguments[2])[-1:])
        monkeypatch.setattr(module, "sync_accounts", sync_accounts)
        monkeypatch.setattr(trigger_module, "poll_report", poll_report)
        return requests

    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", warehouse_url)
    monkeypatch.setenv("AIRFLOW_CONN_TIKTOK_ACME", "http://:token@127.0.0.1")
    return script


@pytest.fixture
def run(run_dag):
    def run(**arguments):
        """Runs one mapped task in a DAG of its own."""
        with DAG("operator_test", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
            SyncOperator.partial(
                task_id="sync",
                source="tiktok",
                poll_seconds=0.01,
                max_polls=2,
                retries=0,
                map_index_template=GRID_LABEL,
                **arguments,
            ).expand_kwargs([{"shard": ["699", "700"], "title": "Acme, Palm"}])
        [task] = run_dag(dag).get_task_instances()
        return task

    return run


def test_the_unfinished_accounts_of_the_shard_are_synced(scripted, run):
    requests = scripted(DONE)
    task = run()
    assert task.state == "success"
    assert task.xcom_pull(task_ids="sync", map_indexes=0) == {
        "accounts": 1,
        "calls": 2,
        "rows_seen": 7,
        "rows_changed": 3,
    }
    [request] = requests
    assert (request.source, request.account_ids, request.run_id) == ("tiktok", ("700",), f"operator_test/{task.run_id}")
    assert (request.attempt, request.final_attempt, request.days) == (1, True, None)


def test_since_and_until_fix_the_days(scripted, run):
    requests = scripted(DONE)
    run(since="{{ '2026-11-01' }}", until="{{ params.until }}", params={"until": "2026-11-04"})
    assert requests[0].days == DateRange(date(2026, 11, 1), date(2026, 11, 4))


def test_a_failed_account_fails_the_task(scripted, run):
    scripted(REVOKED)
    assert run().state == "failed"


def test_a_task_waiting_for_a_report_is_labeled_and_resumes_with_unfinished_accounts(scripted, run, monkeypatch):
    requests = scripted(WAITING, DONE)
    labels = []
    defer = SyncOperator.defer

    def deferring(operator, **how):
        labels.append(get_current_context()["ti"].rendered_map_index)
        defer(operator, **how)

    monkeypatch.setattr(SyncOperator, "defer", deferring)
    assert run().state == "success"
    assert labels == ["700: waiting for its report"]
    assert len(requests) == 2


def test_a_report_that_never_gets_ready_fails_the_task_after_one_more_attempt(scripted, run):
    requests = scripted(WAITING, ready=False)
    assert run().state == "failed"
    assert len(requests) == 2


def test_the_grid_shows_account_names(scripted, run):
    scripted(DONE)
    assert run().rendered_map_index == "700"


def test_the_grid_shows_the_failed_account_the_reason_and_the_next_try(scripted, run):
    scripted(LIMITED)
    task = run()
    assert (task.state, task.rendered_map_index) == ("failed", "700: rate limited until 13:00 UTC")


def test_before_the_first_result_the_grid_shows_the_title(scripted, run, monkeypatch):
    scripted(DONE)
    monkeypatch.setattr(module, "unfinished", lambda *_: 1 / 0)
    task = run()
    assert (task.state, task.rendered_map_index) == ("failed", "Acme, Palm")


def test_waiting_for_another_runs_lease_uses_no_try(scripted, run, monkeypatch):
    monkeypatch.setattr(module, "BUSY_RETRY", timedelta(seconds=1))
    requests = scripted(BUSY, DONE)
    task = run(since="2026-11-01", until="2026-11-04")
    assert (task.state, task.try_number) == ("success", 1)
    assert [request.attempt for request in requests] == [1, 1]


def test_metrics_are_recorded(scripted, run, monkeypatch):
    recorded = []
    for name in ("incr", "timing"):
        monkeypatch.setattr(stats, name, lambda *values, tags, name=name: recorded.append((name, *values, tags)))
    scripted(LIMITED)
    run()
    ours = [each for each in recorded if each[1].startswith("adsync.")]
    limited = {"source": "tiktok", "error": "RateLimited"}
    assert ours == [
        ("incr", "adsync.calls", 2, {"source": "tiktok"}),
        ("incr", "adsync.rows_seen", 7, {"source": "tiktok"}),
        ("incr", "adsync.rows_changed", 3, {"source": "tiktok"}),
        ("incr", "adsync.failures", limited),
        ("timing", "adsync.wait", timedelta(hours=1), limited),
    ]

"""The operator alone: what the core says is scripted here. The real core runs in test_pipeline.py."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from airflow.sdk import DAG

from adsync.errors import PermanentError
from adsync.operators import sync as module
from adsync.operators.sync import SyncOperator
from adsync.outcomes import PendingReport
from adsync.triggers import report as trigger_module
from adsync.window import Window

REPORT = PendingReport("tiktok", "700", "tiktok_acme", "r1")


@dataclass(frozen=True)
class Told:
    """What the core answers to one request."""

    waiting: tuple = ()
    error: Exception | None = None

    def counts(self):
        return {"accounts": 1}

    def raise_for_failures(self):
        if self.error:
            raise self.error


@pytest.fixture
def core(monkeypatch, warehouse_url):
    """Script the core's answers, one per request, the last one repeated; returns the requests made."""
    requests = []

    def answers(*told, ready=True):
        script = list(told)

        async def sync_accounts(request, *_):
            requests.append(request)
            return script.pop(0) if len(script) > 1 else script[0]

        async def report_ready(*_):
            return ready

        monkeypatch.setattr(module, "unfinished", lambda *asked: tuple(asked[2])[-1:])
        monkeypatch.setattr(module, "sync_accounts", sync_accounts)
        monkeypatch.setattr(trigger_module, "report_ready", report_ready)
        return requests

    monkeypatch.setenv("AIRFLOW_CONN_ADSYNC_WAREHOUSE", warehouse_url)
    monkeypatch.setenv("AIRFLOW_CONN_TIKTOK_ACME", "http://:token@127.0.0.1")
    return answers


@pytest.fixture
def run(run_dag):
    def run(**arguments):
        """Run one mapped task in a DAG of its own."""
        with DAG("operator_test", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
            SyncOperator.partial(
                task_id="sync",
                source="tiktok",
                poll_seconds=0.01,
                max_polls=2,
                retries=0,
                map_index_template="{{ accounts | default(task.shard | join(', '), true) }}",
                **arguments,
            ).expand(shard=[["699", "700"]])
        [task] = run_dag(dag).get_task_instances()
        return task

    return run


def test_the_unfinished_accounts_of_the_shard_are_synced(core, run):
    requests = core(Told())
    task = run()
    assert task.state == "success"
    assert task.xcom_pull(task_ids="sync", map_indexes=0) == {"accounts": 1}
    [request] = requests
    assert (request.source, request.account_ids, request.run_id) == ("tiktok", ("700",), task.run_id)
    assert (request.attempt, request.final_attempt, request.window) == (1, True, None)


def test_since_and_until_fix_the_days(core, run):
    requests = core(Told())
    run(since="{{ '2026-11-01' }}", until="{{ params.until }}", params={"until": "2026-11-04"})
    assert requests[0].window == Window(date(2026, 11, 1), date(2026, 11, 4))


def test_a_failed_account_fails_the_task(core, run):
    core(Told(error=PermanentError("the token was revoked")))
    assert run().state == "failed"


def test_a_task_that_waits_for_a_report_resumes_with_what_is_unfinished(core, run):
    requests = core(Told(waiting=(REPORT,)), Told())
    assert run().state == "success"
    assert len(requests) == 2


def test_a_report_that_never_gets_ready_fails_the_task_after_one_more_look(core, run):
    requests = core(Told(waiting=(REPORT,)), ready=False)
    assert run().state == "failed"
    assert len(requests) == 2


def test_the_grid_shows_account_names(core, run):
    core(Told())
    assert run().rendered_map_index == "699, 700"

import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.listeners.listener import get_listener_manager
from airflow.models.dagrun import DagRun
from airflow.sdk import DAG, task

from adsync.airflow_support import run_note_listener
from adsync.airflow_support.noted import noted
from adsync.notes_plugin import RunNotesPlugin
from adsync.orchestration.run_summary import PartialSync


@pytest.fixture
def note_of(run_dag, airflow_metadata):
    """Run a DAG whose only task reports this way; returns the run's state and its note."""
    manager = get_listener_manager()
    already = manager.pm.is_registered(run_note_listener)
    manager.add_listener(run_note_listener)

    def note_of(say):
        @task
        def report():
            noted(say)

        with DAG("notes_test", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
            report()
        run = run_dag(dag)
        with airflow_metadata() as session:
            return str(run.state), session.get(DagRun, run.id).note

    yield note_of
    if not already:
        manager.pm.unregister(run_note_listener)


def test_a_good_report_is_the_note_of_its_run(note_of):
    assert note_of(lambda: "meta: 3 of 3 accounts done") == ("success", "meta: 3 of 3 accounts done")


def test_bad_news_is_noted_and_still_fails_the_run(note_of):
    def say():
        raise PartialSync("PARTIAL: 1 of 3 accounts failed: meta 9012 (acme): متجر")

    assert note_of(say) == ("failed", "PARTIAL: 1 of 3 accounts failed: meta 9012 (acme): متجر")


def test_the_plugin_brings_the_listener_and_airflows_loader_may_see_it():
    assert RunNotesPlugin.listeners == [run_note_listener]
    folder = Path(inspect.getfile(RunNotesPlugin)).parent
    assert "!adsync/notes_plugin.py" in (folder.parent / ".airflowignore").read_text().splitlines()

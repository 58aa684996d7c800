import inspect
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.listeners.listener import get_listener_manager
from airflow.models.dagrun import DagRun
from airflow.sdk import DAG, task

from adsync.airflow_support import run_note_listener
from adsync.airflow_support.run_context import publish_note
from adsync.notes_plugin import RunNotesPlugin
from adsync.orchestration.run_summary import PartialSync


@pytest.fixture
def note_of(run_dag, airflow_metadata):
    """Runs a DAG whose only task publishes this summary; returns the run's state and its note.

    With `user_note` a user replaces the note, and the run ends once more.
    """
    manager = get_listener_manager()
    already = manager.pm.is_registered(run_note_listener)
    manager.add_listener(run_note_listener)

    def note_of(summarize, user_note=None):
        @task
        def report():
            publish_note(summarize)

        with DAG("notes_test", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)) as dag:
            report()
        run = run_dag(dag)
        with airflow_metadata() as session:
            ended = session.get(DagRun, run.id)
            if user_note:
                ended.dag_run_note.content, ended.dag_run_note.user_id = user_note, "admin"
                run_note_listener.on_dag_run_success(ended, "")
            return str(run.state), ended.note

    yield note_of
    if not already:
        manager.pm.unregister(run_note_listener)


def test_the_summary_is_the_note_of_its_run(note_of):
    assert note_of(lambda: "meta: 3 of 3 accounts done") == ("success", "meta: 3 of 3 accounts done")


def test_a_partial_sync_is_the_note_and_still_fails_the_run(note_of):
    def summarize():
        raise PartialSync("PARTIAL: 1 of 3 accounts failed: meta 9012 (acme): متجر")

    assert note_of(summarize) == ("failed", "PARTIAL: 1 of 3 accounts failed: meta 9012 (acme): متجر")


def test_a_note_written_by_a_user_is_kept(note_of):
    assert note_of(lambda: "meta: 3 of 3 accounts done", user_note="checked by hand") == ("success", "checked by hand")


def test_the_plugin_registers_the_listener_and_is_not_ignored_by_airflows_loader():
    assert RunNotesPlugin.listeners == [run_note_listener]
    folder = Path(inspect.getfile(RunNotesPlugin)).parent
    assert "!adsync/notes_plugin.py" in (folder.parent / ".airflowignore").read_text().splitlines()

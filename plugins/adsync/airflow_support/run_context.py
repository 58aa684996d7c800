"""What a task knows of its run: the run's key, the note it leaves for the run, and the run types that a DAG accepts."""

from __future__ import annotations

from collections.abc import Callable

from airflow.sdk import Context, get_current_context

from adsync.orchestration.run_summary import PartialSync

# For DAGs without days of their own: a backfill would only repeat the present.
RUN_TYPES_WITHOUT_BACKFILL = (
    "scheduled",
    "manual",
    "operator_triggered",
    "asset_triggered",
    "asset_materialization",
)
# The XCom that `run_note_listener` reads; that module imports Airflow's tables, which no task needs.
NOTE_KEY = "adsync_note"


def run_key(context: Context) -> str:
    """Returns the name under which a run leases accounts and writes `adsync.sync_runs`.

    It contains the DAG id, because run ids of two DAGs that are due at the same time are equal.
    """
    return f"{context['ti'].dag_id}/{context['run_id']}"


def publish_note(summarize: Callable[[], str]) -> str:
    """Returns the summary and leaves it as the run's note; a PartialSync is left as the note and raised."""
    task = get_current_context()["ti"]
    try:
        summary = summarize()
    except PartialSync as error:
        task.xcom_push(NOTE_KEY, str(error))
        raise
    task.xcom_push(NOTE_KEY, summary)
    return summary

"""Leaves a run's report where `run_notes` finds it: a task cannot write the note of its run itself."""

from __future__ import annotations

from collections.abc import Callable

from airflow.sdk import get_current_context

from adsync.orchestration.run_summary import PartialSync

KEY = "adsync_note"


def noted(say: Callable[[], str]) -> str:
    """What the report says; bad news is raised, and noted all the same."""
    task = get_current_context()["ti"]
    try:
        text = say()
    except PartialSync as error:
        task.xcom_push(KEY, str(error))
        raise
    task.xcom_push(KEY, text)
    return text

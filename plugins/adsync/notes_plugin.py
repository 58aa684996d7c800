"""Tells Airflow's scheduler who writes the notes of runs, and its API server who keeps the names of waiting tasks."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from adsync.airflow_support import run_note_listener
from adsync.airflow_support.waiting_names import WaitingNames


class RunNotesPlugin(AirflowPlugin):
    """The listener of `adsync.airflow_support.run_note_listener`, and `adsync.airflow_support.waiting_names`."""

    name = "adsync_run_notes"
    # Airflow reads lists of the class, and nobody writes to them.
    listeners = [run_note_listener]  # noqa: RUF012
    fastapi_root_middlewares = [{"name": "waiting names", "middleware": WaitingNames}]  # noqa: RUF012

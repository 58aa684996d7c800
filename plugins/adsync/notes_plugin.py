"""Registers the run note listener with Airflow's scheduler."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from adsync.airflow_support import run_note_listener


class RunNotesPlugin(AirflowPlugin):
    """Registers `adsync.airflow_support.run_note_listener`."""

    name = "adsync_run_notes"
    # Airflow reads a list from the class and does not change it.
    listeners = [run_note_listener]  # noqa: RUF012

"""Tells Airflow's scheduler who writes the notes of runs."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from adsync.operators import run_notes


class RunNotesPlugin(AirflowPlugin):
    """The listener of `adsync.operators.run_notes`."""

    name = "adsync_run_notes"
    # Airflow reads a list of the class, and nobody writes to it.
    listeners = [run_notes]  # noqa: RUF012

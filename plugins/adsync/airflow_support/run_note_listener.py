"""Writes a run's summary into the note that Airflow shows beside the run; a note written by a user is kept.

Airflow workaround: the Task SDK of 3.3 cannot write the note of a run (apache/airflow#64890), and a task has no access
to the metadata database. So the task `report` leaves its summary as an XCom (`run_context.publish_note`), and this
listener copies it through Airflow's ORM in the scheduler when the run ends. It can go once a release contains
apache/airflow#69403. DAG files do not import this module, because it imports Airflow's tables.
"""

from __future__ import annotations

from airflow.listeners import hookimpl
from airflow.models.dagrun import DagRun
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from adsync.airflow_support.run_context import NOTE_KEY

MAX_LENGTH = 1000


@hookimpl
# Airflow passes its arguments by name.
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001
    _copy_note(dag_run)


@hookimpl
# Airflow passes its arguments by name.
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001
    _copy_note(dag_run)


def _copy_note(dag_run: DagRun) -> None:
    """Uses the session in which the scheduler holds the lock on the run; a second session would wait for that lock."""
    if session := object_session(dag_run):
        _write_note(session, dag_run)
        return
    with create_session() as own_session:
        _write_note(own_session, own_session.get_one(DagRun, dag_run.id))


def _write_note(session: Session, dag_run: DagRun) -> None:
    of_this_run = (XComModel.dag_id == dag_run.dag_id, XComModel.run_id == dag_run.run_id, XComModel.key == NOTE_KEY)
    published = session.scalars(select(XComModel).where(*of_this_run)).first()
    is_from_user = dag_run.dag_run_note is not None and dag_run.dag_run_note.user_id is not None
    if published and not is_from_user:
        dag_run.note = str(XComModel.deserialize_value(published))[:MAX_LENGTH]

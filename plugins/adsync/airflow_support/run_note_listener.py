"""Makes a run's report the note that Airflow shows beside the run; one that a person wrote stays.

It listens in the scheduler, which sees runs end and may write; no DAG imports it, for it needs Airflow's own tables.
"""

from __future__ import annotations

from airflow.listeners import hookimpl
from airflow.models.dagrun import DagRun
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from adsync.airflow_support.noted import KEY

LONGEST = 1000


@hookimpl
# Airflow passes its arguments by name.
def on_dag_run_success(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001
    _take_note(dag_run)


@hookimpl
# Airflow passes its arguments by name.
def on_dag_run_failed(dag_run: DagRun, msg: str) -> None:  # noqa: ARG001
    _take_note(dag_run)


def _take_note(dag_run: DagRun) -> None:
    """In the session that the scheduler has locked the run with: another one would wait for it."""
    if session := object_session(dag_run):
        _write(session, dag_run)
        return
    with create_session() as own:
        _write(own, own.get_one(DagRun, dag_run.id))


def _write(session: Session, dag_run: DagRun) -> None:
    left = (XComModel.dag_id == dag_run.dag_id, XComModel.run_id == dag_run.run_id, XComModel.key == KEY)
    said = session.scalars(select(XComModel).where(*left)).first()
    a_person_wrote = dag_run.dag_run_note is not None and dag_run.dag_run_note.user_id is not None
    if said and not a_person_wrote:
        dag_run.note = str(XComModel.deserialize_value(said))[:LONGEST]

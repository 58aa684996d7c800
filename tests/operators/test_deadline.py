"""Deadlines as Airflow stores them: counted from when the run is queued, and no obstacle to clearing a task."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from airflow.models.dagbundle import DagBundleModel
from airflow.models.deadline import Deadline
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import select

from adsync.operators.deadline import deadline_after

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def session(airflow_metadata):
    """A session on Airflow's tables that is rolled back after the test."""
    with airflow_metadata() as session:
        yield session
        session.rollback()


@pytest.fixture
def run(session):
    """A run of a DAG with a deadline of two hours, created as a backfill of a past day creates it."""
    with DAG("late", schedule=None, start_date=LONG_AGO, deadline=deadline_after(2)) as dag:
        EmptyOperator(task_id="only")
    session.merge(DagBundleModel(name="tests"))
    session.flush()
    written = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db("tests", None, [written], session=session)
    SerializedDagModel.write_dag(written, bundle_name="tests", session=session)
    session.flush()
    return SerializedDagModel.get("late", session=session).dag.create_dagrun(
        run_id="backfill__long_ago",
        logical_date=LONG_AGO,
        data_interval=(LONG_AGO, LONG_AGO),
        run_after=LONG_AGO,
        run_type=DagRunType.BACKFILL_JOB,
        triggered_by=DagRunTriggeredByType.BACKFILL,
        state=DagRunState.QUEUED,
        session=session,
    )


def deadlines(session, run):
    session.flush()
    return session.scalars(select(Deadline).where(Deadline.dagrun_id == run.id)).all()


def test_the_deadline_counts_from_when_the_run_is_queued_whatever_its_day(session, run):
    [deadline] = deadlines(session, run)
    assert abs(deadline.deadline_time - run.queued_at - timedelta(hours=2)) < timedelta(seconds=10)


def test_a_task_of_a_run_with_an_open_deadline_can_be_cleared(session, run):
    """With DeadlineReference.DAGRUN_QUEUED_AT: TypeError, unsupported type for timedelta seconds component: dict."""
    [task] = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run.run_id)).all()
    task.state, run.state = TaskInstanceState.FAILED, DagRunState.FAILED
    before = deadlines(session, run)
    clear_task_instances([task], session)
    assert (task.state, run.state) == (None, DagRunState.QUEUED)
    assert deadlines(session, run) == before

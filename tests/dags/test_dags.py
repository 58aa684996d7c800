from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import CronDataIntervalTimetable

from adsync import registry
from adsync.operators.retry_policy import SyncRetryPolicy

FOLDER = Path(__file__).resolve().parents[2] / "dags"


@pytest.fixture(scope="module")
def dags():
    bag = DagBag(FOLDER, bundle_name="dags", bundle_path=FOLDER)
    assert bag.import_errors == {}
    return bag.dags


def test_there_is_one_sync_dag_per_source_and_one_transform(dags):
    assert set(dags) == {"transform", *(f"sync_{source}" for source in registry.names())}

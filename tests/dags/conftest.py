from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

FOLDER = Path(__file__).resolve().parents[2] / "dags"


def parsed():
    bag = DagBag(FOLDER, bundle_name="dags-folder", bundle_path=FOLDER)
    assert bag.import_errors == {}
    return bag.dags


@pytest.fixture
def dags():
    """The DAGs by id, parsed within the test's environment."""
    return parsed()


@pytest.fixture
def parse():
    """Parses the DAGs at every call, because `DAG.test` leaves a run's parameters in the DAG."""
    return parsed

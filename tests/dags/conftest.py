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
    """The DAGs by id, parsed anew: the environment of the test is in force."""
    return parsed()


@pytest.fixture
def parse():
    """The same, for every call: a run's parameters stay in the DAG it was run from."""
    return parsed

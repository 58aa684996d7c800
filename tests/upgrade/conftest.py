"""dbt's own files."""

import pytest


@pytest.fixture
def scratch(tmp_path):
    return tmp_path

"""The demo's sandbox: a process of its own, whose address a sync that was cut off has written down."""

import os
import sys

import pytest

from adsync_demo.paths import DemoPaths
from adsync_demo.services import files, processes, sandbox_process


@pytest.fixture
def started(tmp_path):
    place = DemoPaths(tmp_path, files.make_state(tmp_path / "state"), os.environ)
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def started():
        sandbox = sandbox_process.start(place, variables, lambda _: None)
        try:
            return {name: fields["host"] for name, fields in sandbox_process.connections(place).items()}
        finally:
            processes.stop([sandbox])

    return started


def test_a_restart_keeps_the_address(started):
    assert started() == started()

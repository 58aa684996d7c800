import os
import signal
import subprocess
import sys

from polling import eventually

KILLED = """
import os, signal, sys
from pathlib import Path
from adsync_demo.services import servers
from server_guard import stop_servers_on_exit

state = Path(sys.argv[1])
with stop_servers_on_exit(state):
    servers.start(state, durable=False)
    print((state / "postgres" / "postmaster.pid").read_text().splitlines()[0], flush=True)
    os.killpg(0, signal.SIGKILL)
"""
SECONDS = 60


def test_servers_of_killed_tests_stop_and_their_folder_is_removed(tmp_path):
    path = os.pathsep.join(folder for folder in sys.path if folder)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "state")],
        check=False,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL
    state, server = tmp_path / "state", int(done.stdout)
    eventually(lambda: not (state.exists() or _runs(server)), "server and folder are gone", seconds=SECONDS, pause=0.1)


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

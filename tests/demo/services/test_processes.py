"""Processes that were started here are stopped completely; no other process is."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from adsync_demo.failures import DemoFailed
from adsync_demo.services import processes, stopping
from adsync_demo.services.waiting import until
from polling import eventually

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
# Ignores SIGTERM, and has a child in its own process group, as Airflow's tasks do.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def spawn(tmp_path):
    started = []

    def spawn(words, name="sleeper"):
        started.append(processes.spawn(name, words, tmp_path, cwd=tmp_path, env=os.environ))
        return started[-1]

    yield spawn
    processes.stop(started, grace=0)


def test_a_started_process_has_a_record_until_it_is_forgotten(spawn, tmp_path):
    sleeper = spawn(SLEEP)
    assert processes.recorded(tmp_path) == [sleeper]
    assert processes.alive(sleeper)
    processes.forget(tmp_path, [sleeper])
    assert processes.recorded(tmp_path) == []


def test_a_later_process_with_the_same_id_is_neither_alive_nor_stopped(spawn):
    sleeper = spawn(SLEEP)
    namesake = replace(sleeper, started=sleeper.started - 3600)
    assert not processes.alive(namesake)
    processes.stop([namesake], grace=0)
    assert processes.alive(sleeper)


def test_a_task_in_its_own_process_group_is_stopped_with_its_session(spawn):
    stubborn = spawn([sys.executable, "-c", STUBBORN])
    child = int(_first_line(Path(stubborn.log)))
    processes.stop([stubborn], grace=0.2)
    assert not processes.alive(stubborn)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_a_stopped_child_is_reaped(spawn):
    """Otherwise it stays a zombie, and its Popen raises a ResourceWarning at the end."""
    for sleeper in [spawn(SLEEP) for _ in range(20)]:
        processes.stop([sleeper])
        assert not psutil.pid_exists(sleeper.pid)


def test_stopping_children_leaves_the_demo_itself(spawn, tmp_path):
    demo = spawn(SLEEP, name=stopping.MAIN)
    child = spawn(SLEEP)
    stopping.stop_children(tmp_path)
    assert not processes.alive(child)
    assert processes.alive(demo)
    assert processes.recorded(tmp_path) == [demo]


def test_stopping_an_unused_state_folder_does_nothing(tmp_path):
    stopping.stop_everything(tmp_path / "never")


def test_waiting_fails_with_the_log_of_a_process_that_exited(spawn):
    short = spawn([sys.executable, "-c", "print('last words')"])
    with pytest.raises(DemoFailed, match="sleeper exited unexpectedly") as failure:
        until(lambda: "more", seconds=30, watched=[short], log=Path("other"), show=lambda _: None)
    assert failure.value.log.read_text() == "last words\n"
    assert all(child.returncode is not None for child in processes.CHILDREN if child.pid == short.pid)


def test_waiting_fails_at_the_deadline_with_what_remains():
    with pytest.raises(DemoFailed, match="still waiting after 0 s: the moon"):
        until(lambda: "the moon", seconds=0, watched=[], log=Path("log"), show=lambda _: None)


def test_waiting_ends_when_nothing_remains():
    left = ["two", "one", ""]
    until(lambda: left.pop(0), seconds=30, watched=[], log=Path("log"), show=lambda _: None)
    assert left == []


def _first_line(log: Path) -> str:
    return eventually(lambda: log.read_text().splitlines(), "its first line", seconds=10)[0]


def test_a_child_does_not_inherit_standard_input(spawn):
    reader = spawn([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"])
    assert _first_line(Path(reader.log)) == "''"

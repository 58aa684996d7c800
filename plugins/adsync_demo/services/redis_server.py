"""A Redis server on 127.0.0.1 with its files in one folder; it persists no data.

A server counts as ours only if it reports that folder as its own: another program may have taken the port.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adsync_demo.failures import DemoFailed
from adsync_demo.services.files import HOST, stable_port

START_TIMEOUT = 60.0


def start(folder: Path) -> int:
    """Starts the server unless it runs already; returns its port."""
    if port := running(folder):
        return port
    folder.mkdir(parents=True, exist_ok=True)
    port = stable_port(folder.with_suffix(".port"))
    flags = {"port": port, "bind": HOST, "dir": folder, "daemonize": "yes", "logfile": folder / "redis.log"}
    words = [str(word) for key, value in flags.items() for word in (f"--{key}", value)]
    _call([_binary(), *words, "--save", "", "--appendonly", "no"], folder / "redis.log")
    _port_file(folder).write_text(str(port))
    _wait(folder)
    return port


def running(folder: Path) -> int | None:
    """Returns the port of the server that runs in this folder, or None."""
    try:
        port = int(_port_file(folder).read_text())
        return port if _works_in(port) == folder.resolve() else None
    except (FileNotFoundError, redis.RedisError):
        return None


def stop(folder: Path) -> None:
    """Stops the server of this folder, if it runs."""
    if port := running(folder):
        with contextlib.suppress(redis.ConnectionError):
            _client(port).shutdown(nosave=True)
    _port_file(folder).unlink(missing_ok=True)


def _works_in(port: int) -> Path:
    return Path(_client(port).config_get("dir")["dir"]).resolve()


def _client(port: int) -> redis.Redis:
    once = Retry(NoBackoff(), retries=0)
    return redis.Redis(host=HOST, port=port, socket_timeout=2, decode_responses=True, retry=once)


def _port_file(folder: Path) -> Path:
    return folder / "port"


def _call(command: list[str], log: Path) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise DemoFailed(f"redis-server failed: {' '.join((done.stderr or done.stdout).split())}", log)


def _wait(folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while running(folder) is None:
        if time.monotonic() > deadline:
            raise DemoFailed(f"redis-server was unreachable for {START_TIMEOUT:.0f} s", folder / "redis.log")
        time.sleep(0.05)


def _binary() -> str:
    found = shutil.which("redis-server") or shutil.which("redis-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise DemoFailed("redis-server is not installed: run `make env`, or install Redis with the system's packages")
    return found

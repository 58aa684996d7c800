"""The sandbox as a separate process, reached over HTTP like the platforms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from adsync_demo.airflow_runtime.environment import Connections
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.files import stable_port
from adsync_demo.services.waiting import until

START_TIMEOUT = 120.0
FILES = ("workspaces.yaml", "connections.json", "answer_key.json")


def start(paths: DemoPaths, environment: Mapping[str, str], show: Detail) -> processes.Record:
    """Starts the sandbox and waits for its files and its first answer; it keeps its port for interrupted syncs."""
    paths.sandbox.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (paths.sandbox / name).unlink(missing_ok=True)
    port = stable_port(paths.sandbox.with_suffix(".port"))
    command = [paths.python, "-m", "adsync", "sandbox", "--port", str(port), "--state", str(paths.sandbox)]
    process = processes.spawn("sandbox", command, paths.state, cwd=paths.root, env=environment)
    waiting = {"seconds": START_TIMEOUT, "watched": [process], "log": Path(process.log), "show": show}
    until(lambda: _missing(paths), **waiting)
    return process


def connections(paths: DemoPaths) -> Connections:
    found: Connections = json.loads((paths.sandbox / "connections.json").read_text(encoding="utf-8"))
    return found


def answer_key(paths: DemoPaths) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((paths.sandbox / "answer_key.json").read_text(encoding="utf-8"))
    return found


def _missing(paths: DemoPaths) -> str:
    if absent := [name for name in FILES if not (paths.sandbox / name).exists()]:
        return ", ".join(absent)
    return "" if _answers(paths) else "its first answer"


def _answers(paths: DemoPaths) -> bool:
    try:
        hosts = [urlsplit(fields["host"]) for fields in connections(paths).values()]
        answer = httpx.get(f"{hosts[0].scheme}://{hosts[0].netloc}/health", timeout=2, trust_env=False)
    except (httpx.HTTPError, json.JSONDecodeError):
        # Not listening yet, or a file caught while it is being written.
        return False
    return answer.is_success

"""The sandbox as a process of its own, reached over HTTP as the platforms would be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from adsync_demo.airflow_home.environment import Connections, Variables
from adsync_demo.paths import DemoPaths
from adsync_demo.progress import Detail
from adsync_demo.services import processes
from adsync_demo.services.files import kept_port
from adsync_demo.services.waiting import until

START_TIMEOUT = 120.0
FILES = ("workspaces.yaml", "connections.json", "answer_key.json")


def start(place: DemoPaths, environment: Variables, tell: Detail) -> processes.Record:
    """Start it, and wait until it has written its files and answers; a sync that was cut off finds it again."""
    place.sandbox.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (place.sandbox / name).unlink(missing_ok=True)
    port = kept_port(place.sandbox.with_suffix(".port"))
    command = [place.python, "-m", "adsync", "sandbox", "--port", str(port), "--state", str(place.sandbox)]
    process = processes.spawn("sandbox", command, place.state, cwd=place.root, env=environment)
    waiting = {"seconds": START_TIMEOUT, "watched": [process], "log": Path(process.log), "tell": tell}
    until(lambda: _missing(place), **waiting)
    return process


def connections(place: DemoPaths) -> Connections:
    found: Connections = json.loads((place.sandbox / "connections.json").read_text(encoding="utf-8"))
    return found


def answer_key(place: DemoPaths) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place.sandbox / "answer_key.json").read_text(encoding="utf-8"))
    return found


def _missing(place: DemoPaths) -> str:
    if absent := [name for name in FILES if not (place.sandbox / name).exists()]:
        return ", ".join(absent)
    return "" if _answers(place) else "its first answer"


def _answers(place: DemoPaths) -> bool:
    try:
        hosts = [urlsplit(fields["host"]) for fields in connections(place).values()]
        answer = httpx.get(f"{hosts[0].scheme}://{hosts[0].netloc}/health", timeout=2, trust_env=False)
    except (httpx.HTTPError, json.JSONDecodeError):
        # Not listening yet, or a file caught while it is being written.
        return False
    return answer.is_success

"""`python -m adsync sandbox`: the sandbox, on 127.0.0.1 unless a container's own network is named.

The world stands still at the moment of the start; the files in --state are complete before the first answer.
"""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from adsync_sandbox.faults import script
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.files import write_files

HOST = "127.0.0.1"
WRONG_INPUT = 2


def main(argv: Sequence[str]) -> int:
    """Serve until stopped; 2 when the arguments or the fault script cannot be used."""
    asked = _parser().parse_args(argv)
    try:
        planned = script.load(asked.faults) if asked.faults else ()
        listener = socket.create_server((asked.host, asked.port))
    except (OSError, script.BadScript) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return WRONG_INPUT
    url = asked.url or f"http://{asked.host}:{listener.getsockname()[1]}"
    world = World.create(asked.seed, datetime.now(UTC), sales=asked.sales)
    if asked.state:
        write_files(world, url, asked.state)
    sys.stdout.write(f"sandbox listening on {url}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(create_app(world, planned), log_level="warning", lifespan="off"))
    server.run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adsync sandbox", description="Seven platforms, invented.")
    parser.add_argument("--host", default=HOST, help="another address than loopback only inside a container")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free port")
    parser.add_argument("--url", help="how others reach it, for connections.json; default host and port")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another business")
    parser.add_argument("--sales", type=int, help="orders a day of each of the smaller stores; fewer are read sooner")
    parser.add_argument("--state", type=Path, help="where workspaces.yaml, connections.json and answer_key.json go")
    parser.add_argument("--faults", type=Path, help="a fault script, YAML or JSON")
    return parser

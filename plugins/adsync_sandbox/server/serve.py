"""`python -m adsync sandbox`: serves the sandbox, on 127.0.0.1 by default.

The world's now is the time of the start; the files in --state are complete before the first response.
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
    """Serves until stopped; returns 2 if the arguments or the fault script are invalid."""
    options = _parser().parse_args(argv)
    try:
        planned = script.load(options.faults) if options.faults else ()
        listener = socket.create_server((options.host, options.port))
    except (OSError, script.BadScript) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return WRONG_INPUT
    url = options.url or f"http://{options.host}:{listener.getsockname()[1]}"
    world = World.create(options.seed, datetime.now(UTC), sales=options.sales)
    if options.state:
        write_files(world, url, options.state)
    sys.stdout.write(f"sandbox listening on {url}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(create_app(world, planned), log_level="warning", lifespan="off"))
    server.run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adsync sandbox", description="Serve the platforms' APIs over one generated business."
    )
    parser.add_argument(
        "--host", default=HOST, help="address to listen on; use another than loopback inside containers only"
    )
    parser.add_argument("--port", type=int, default=0, help="port; 0, the default, takes any free one")
    parser.add_argument("--url", help="base URL for connections.json; default: host and port")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated business")
    parser.add_argument("--sales", type=int, help="orders per day of each small store; fewer make a sync faster")
    parser.add_argument("--state", type=Path, help="folder for workspaces.yaml, connections.json and answer_key.json")
    parser.add_argument("--faults", type=Path, help="fault script (YAML or JSON)")
    return parser

"""`python -m adsync_demo`: what the Makefile calls."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from adsync_demo.airflow_runtime import keys
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.services import servers, stopping
from adsync_demo.services.files import Busy

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    paths = DemoPaths(root=ROOT, state=options.state.resolve(), inherited=dict(os.environ))
    try:
        return int(options.command(paths, options))
    except DemoFailed as failure:
        sys.stderr.write(f"{failure}{f': see {failure.log}' if failure.log else ''}\n")
    except Busy:
        state = shlex.quote(str(paths.state))
        sys.stderr.write(f"a demo is already running in {state}: use it, or run `make stop ADSYNC_STATE={state}`\n")
    return 1


def _run(paths: DemoPaths, options: argparse.Namespace) -> int:
    # Imported late: the other commands need no terminal and no settings of Airflow.
    from adsync_demo import run  # noqa: PLC0415

    return run.run(paths, once=options.once, port=options.port)


def _dry_run(paths: DemoPaths, _options: argparse.Namespace) -> int:
    # Imported late, like the demo.
    from adsync_demo.compose_dryrun import compose_run  # noqa: PLC0415

    return compose_run.run(paths)


def _secrets(_paths: DemoPaths, _options: argparse.Namespace) -> int:
    """Prints lines for compose's `.env`; nothing else may go to standard output."""
    for name, value in sorted(keys.secret_variables().items()):
        sys.stdout.write(f"{name}={value}\n")
    return 0


def _services(paths: DemoPaths, _options: argparse.Namespace) -> int:
    """Prints lines for `eval`; nothing else may go to standard output."""
    for name, value in servers.start(paths.state).variables().items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def _within(paths: DemoPaths, options: argparse.Namespace) -> int:
    """Runs a command that needs the servers, and leaves them running or stopped as they were."""
    found = servers.find(paths.state)
    running = found or servers.start(paths.state)
    try:
        environment = paths.inherited | running.variables()
        return subprocess.run(options.words, check=False, cwd=paths.root, env=environment).returncode
    finally:
        if not found:
            servers.stop(paths.state)


def _stop(paths: DemoPaths, _options: argparse.Namespace) -> int:
    stopping.stop_everything(paths.state)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m adsync_demo", description=__doc__)
    parser.add_argument("--state", type=Path, default=ROOT / ".adsync", help="the folder with all state")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="start servers, sandbox and Airflow, run every DAG once, print the tables")
    run.add_argument("--once", action="store_true", help="stop everything once the tables are printed")
    run.add_argument("--port", type=int, default=8080, help="port of Airflow's page; any free port if it is taken")
    run.set_defaults(command=_run)
    commands.add_parser("services", help="start the servers, print their addresses").set_defaults(command=_services)
    dry_run = commands.add_parser("dry-run", help="run every command of docker-compose.yaml as a process")
    dry_run.set_defaults(command=_dry_run)
    commands.add_parser("secrets", help="print new secrets for compose's .env").set_defaults(command=_secrets)
    within = commands.add_parser("within", help="run a command while the servers run")
    within.add_argument("words", nargs=argparse.REMAINDER)
    within.set_defaults(command=_within)
    commands.add_parser("stop", help="stop the demo and the servers").set_defaults(command=_stop)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

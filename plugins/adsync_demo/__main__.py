"""`python -m adsync_demo`: what the Makefile calls."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from adsync_demo.airflow_home import keys
from adsync_demo.failures import DemoFailed
from adsync_demo.paths import DemoPaths
from adsync_demo.services import servers, stopping
from adsync_demo.services.files import Busy

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    place = DemoPaths(root=ROOT, state=options.state.resolve(), inherited=dict(os.environ))
    try:
        return int(options.command(place, options))
    except DemoFailed as failure:
        sys.stderr.write(f"{failure}{f': see {failure.log}' if failure.log else ''}\n")
    except Busy:
        state = shlex.quote(str(place.state))
        sys.stderr.write(f"One already runs in {state}: use it, or end it with `make stop ADSYNC_STATE={state}`.\n")
    return 1


def _run(place: DemoPaths, options: argparse.Namespace) -> int:
    # Imported late: the other commands need neither a terminal nor Airflow's settings.
    from adsync_demo import run  # noqa: PLC0415

    return run.run(place, once=options.once, port=options.port)


def _dry_run(place: DemoPaths, _options: argparse.Namespace) -> int:
    # Imported late, like the demo.
    from adsync_demo.compose_dryrun import dryrun  # noqa: PLC0415

    return dryrun.run(place)


def _secrets(_place: DemoPaths, _options: argparse.Namespace) -> int:
    """Lines for compose's `.env`, so nothing else may go to standard output."""
    for name, value in sorted(keys.secret_variables().items()):
        sys.stdout.write(f"{name}={value}\n")
    return 0


def _services(place: DemoPaths, _options: argparse.Namespace) -> int:
    """Lines for `eval`, so nothing else may go to standard output."""
    for name, value in servers.start(place.state).variables().items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def _within(place: DemoPaths, options: argparse.Namespace) -> int:
    """Run a command that needs the servers, and leave them as they were found."""
    found = servers.find(place.state)
    running = found or servers.start(place.state)
    try:
        environment = place.inherited | running.variables()
        return subprocess.run(options.words, check=False, cwd=place.root, env=environment).returncode
    finally:
        if not found:
            servers.stop(place.state)


def _stop(place: DemoPaths, _options: argparse.Namespace) -> int:
    stopping.stop_everything(place.state)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m adsync_demo", description=__doc__)
    parser.add_argument("--state", type=Path, default=ROOT / ".adsync", help="the folder everything lives in")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="servers, sandbox, Airflow, one whole pass, the table")
    run.add_argument("--once", action="store_true", help="stop everything once the table is printed")
    run.add_argument("--port", type=int, default=8080, help="Airflow's page; another free port when taken")
    run.set_defaults(command=_run)
    commands.add_parser("services", help="start the servers, print their addresses").set_defaults(command=_services)
    dry_run = commands.add_parser("dry-run", help="every command of docker-compose.yaml as a process")
    dry_run.set_defaults(command=_dry_run)
    commands.add_parser("secrets", help="print new secrets for compose's .env").set_defaults(command=_secrets)
    within = commands.add_parser("within", help="run a command with the servers up")
    within.add_argument("words", nargs=argparse.REMAINDER)
    within.set_defaults(command=_within)
    commands.add_parser("stop", help="end the demo and the servers").set_defaults(command=_stop)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

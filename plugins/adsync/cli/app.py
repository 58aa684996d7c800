"""The command line: arguments in, one clear sentence and an exit code out."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from adsync.cli import alerts, clicks, configuration, explain, plan, status, sync
from adsync.errors import AdsyncError, PermanentError
from adsync.extract.results import ShardFailed

OK, FAILED, WRONG = 0, 1, 2
COMMANDS = (configuration, plan, sync, clicks, explain, status, alerts)


def main(arguments: list[str]) -> int:
    """Run one command; what a person must correct is said in one sentence on standard error."""
    if arguments[:1] == ["sandbox"]:
        return _sandbox(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except AdsyncError as error:
        sys.stderr.write(f"adsync: {error}\n")
        return WRONG if _needs_a_person(error) else FAILED
    return OK


def _needs_a_person(error: AdsyncError) -> bool:
    return isinstance(error, PermanentError) or (isinstance(error, ShardFailed) and error.retry_after is None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="adsync", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    commands.add_parser("sandbox", help="serve the invented platforms on 127.0.0.1", add_help=False)
    return parser


def _sandbox(arguments: list[str]) -> int:
    """The sandbox is loaded only on request: nothing else of the product may know it."""
    return import_module("adsync_sandbox.server.serve").main(arguments)

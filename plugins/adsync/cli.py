"""The command line: arguments in, one clear sentence and an exit code out."""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path

from rich.console import Console

from adsync import accounts, config, forecast_table, plan, progress, registry, status, warehouse
from adsync.access import Environment
from adsync.errors import AdsyncError, ConfigError, PermanentError
from adsync.forecast import Question, forecast
from adsync.outcomes import ShardFailed
from adsync.sync import SyncRequest, sync_until_reported
from adsync.window import Window

OK, FAILED, WRONG = 0, 1, 2


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

    check = commands.add_parser("config", help="check workspaces.yaml and the connections it names")
    check.add_argument("action", choices=["check"])
    check.set_defaults(run=_check_config)

    load = commands.add_parser("accounts", help="bring workspaces and accounts into the warehouse")
    load.add_argument("action", choices=["import"])
    load.add_argument("file", type=Path)
    load.set_defaults(run=_import_accounts)

    sync = commands.add_parser("sync", help="bring accounts of one source up to date")
    sync.add_argument("--source", required=True)
    _which(sync)
    sync.set_defaults(run=_sync)

    how = commands.add_parser("status", help="how every account is, and which ones need a person")
    how.set_defaults(run=_status)

    ahead = commands.add_parser("plan", help="what a sync would fetch now: days, calls, minutes, rows")
    ahead.add_argument("--source", help="only this source; without it every one")
    _which(ahead)
    ahead.set_defaults(run=_plan)

    commands.add_parser("sandbox", help="serve the invented platforms on 127.0.0.1", add_help=False)
    return parser


def _which(command: argparse.ArgumentParser) -> None:
    command.add_argument("--account", help="only this account; without it all that are due")
    command.add_argument("--since", type=_day, help="first day to read, in the account's zone")
    command.add_argument("--until", type=_day, help="last day to read; without it the day of --since")


def _check_config(_: argparse.Namespace) -> None:
    file = config.workspaces_file()
    setup = accounts.read(file)
    for link in setup.links:
        config.credentials(link.conn_id)
    sys.stdout.write(f"{file}: {len(setup.workspaces)} workspaces, {len(setup.links)} accounts, all connections set\n")


def _import_accounts(options: argparse.Namespace) -> None:
    setup = accounts.import_file(config.warehouse_url(), options.file)
    sys.stdout.write(f"{options.file}: {len(setup.workspaces)} workspaces and {len(setup.links)} accounts imported\n")


def _plan(options: argparse.Namespace) -> None:
    url, window = config.warehouse_url(), _window(options)
    if options.account and not options.source:
        raise ConfigError("--account needs --source: say whose account it is")
    sources = [registry.load(name) for name in ([options.source] if options.source else registry.names())]
    accounts.prepare(url)
    console = Console(highlight=False)
    for source in sources:
        question = Question(source.name, tuple(_chosen(url, source.name, options.account)), window)
        forecast_table.show(source, asyncio.run(forecast(question, _environment(url))), console)


def _sync(options: argparse.Namespace) -> None:
    url, window = config.warehouse_url(), _window(options)
    source = registry.load(options.source)
    accounts.prepare(url)
    chosen = _chosen(url, source.name, options.account)
    request = SyncRequest(source.name, tuple(chosen), f"cli-{uuid.uuid4().hex[:12]}", window=window, patient=False)
    environment = _environment(url)
    with progress.over(source.name, len(chosen)) as say:
        outcomes = asyncio.run(sync_until_reported(request, environment, lambda done: say(done.line)))
    outcomes.raise_for_failures()


def _status(_: argparse.Namespace) -> None:
    url = config.warehouse_url()
    warehouse.migrate(url, registry.streams())
    status.show(status.standings(url), Console(highlight=False, soft_wrap=True))


def _environment(url: str) -> Environment:
    return Environment(url, config.credentials, lambda: datetime.now(UTC), config.redis_url())


def _chosen(url: str, source: str, account_id: str | None) -> list[str]:
    if account_id is None:
        return plan.due_accounts(url, source, now=datetime.now(UTC))
    if not accounts.load(url, source, [account_id]):
        raise ConfigError(f"{config.workspaces_file()}: {source} account {account_id} is not linked; add it there")
    return [account_id]


def _window(options: argparse.Namespace) -> Window | None:
    if options.since is None:
        if options.until:
            raise ConfigError("--until needs --since: say both ends of the days to read")
        return None
    last = options.until or options.since
    if last < options.since:
        raise ConfigError(f"--until {last} is before --since {options.since}: swap them")
    return Window(options.since, last + timedelta(days=1))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-01-31") from error


def _sandbox(arguments: list[str]) -> int:
    """The sandbox is loaded only on request: nothing else of the product may know it."""
    return import_module("adsync.sandbox.serve").main(arguments)

"""`sync`: one source's accounts, brought up to date without Airflow."""

from __future__ import annotations

import argparse
import asyncio
import uuid
from typing import TYPE_CHECKING

from adsync import accounts, config, progress, registry
from adsync.commands import asking
from adsync.sync import SyncRequest, sync_until_reported

if TYPE_CHECKING:
    from adsync.commands.asking import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("sync", help="bring accounts of one source up to date")
    command.add_argument("--source", required=True)
    asking.which(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    url, window = config.warehouse_url(), asking.window(options)
    source = registry.load(options.source)
    accounts.prepare(url)
    chosen = asking.chosen(url, source.name, options.account)
    request = SyncRequest(source.name, tuple(chosen), f"cli-{uuid.uuid4().hex[:12]}", window=window, patient=False)
    environment = asking.environment(url)
    with progress.over(source.name, len(chosen)) as say:
        outcomes = asyncio.run(sync_until_reported(request, environment, lambda done: say(done.line)))
    outcomes.raise_for_failures()

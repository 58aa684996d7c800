"""`sync`: one source's accounts, brought up to date without Airflow."""

from __future__ import annotations

import argparse
import asyncio
import uuid
from typing import TYPE_CHECKING

from adsync import registry, settings
from adsync.cli import options as shared
from adsync.cli import progress
from adsync.config import connections
from adsync.extract.runner import SyncRequest, sync_until_reported
from adsync.notifications import admin_notices
from adsync.notifications.channels.factory import open_channel
from adsync.state import accounts

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("sync", help="bring accounts of one source up to date")
    command.add_argument("--source", required=True)
    shared.which(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    url, window = settings.warehouse_url(), shared.window(options)
    source = registry.load(options.source)
    accounts.prepare(url)
    chosen = shared.chosen(url, source.name, options.account, window)
    request = SyncRequest(
        source.name,
        tuple(chosen),
        f"cli-{uuid.uuid4().hex[:12]}",
        window=window,
        patient=False,
        most_failures=settings.max_retry_attempts(),
    )
    environment = shared.environment(url)
    with progress.over(source.name, len(chosen)) as say:
        outcomes = asyncio.run(sync_until_reported(request, environment, lambda done: say(done.line)))
    admin_notices.deliver(url, settings.notify_channels(), lambda name: open_channel(name, connections.credentials))
    outcomes.raise_for_failures()

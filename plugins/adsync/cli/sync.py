"""`sync`: syncs the accounts of one source without Airflow."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Annotated

import typer

from adsync import registry, settings
from adsync.cli import options, progress
from adsync.cli.options import Account, Since, Until
from adsync.config import connections
from adsync.errors import PermanentError, TemporaryError
from adsync.extract.results import ShardFailed
from adsync.extract.runner import SyncRequest, sync_until_reported
from adsync.notifications import admin_notices
from adsync.notifications.channels.factory import open_channel
from adsync.orchestration import sharding
from adsync.state import accounts

Source = Annotated[str, typer.Option(metavar="NAME", help="Source to sync, such as meta or shopify.")]


def sync(source: Source, account: Account = None, since: Since = None, until: Until = None) -> None:
    """Syncs the accounts of one source.

    With --since, the given days are read again; otherwise each account continues from its last sync.
    """
    url, days = settings.warehouse_url(), options.date_range(since, until)
    loaded = registry.load(source)
    accounts.prepare(url)
    selected = options.select_accounts(url, loaded.name, account, days)
    if not selected:
        typer.echo(sharding.explain_nothing_due(url, loaded.name, now=datetime.now(UTC)), err=True)
        return
    request = SyncRequest(
        loaded.name,
        tuple(selected),
        f"cli-{uuid.uuid4().hex[:12]}",
        days=days,
        respect_backoff=False,
        max_failures=settings.max_retry_attempts(),
    )
    environment = options.environment(url)
    with progress.show(loaded.name, len(selected)) as advance:
        results = asyncio.run(sync_until_reported(request, environment, lambda done: advance(done.summary)))
    admin_notices.deliver(url, settings.notify_channels(), lambda name: open_channel(name, connections.credentials))
    try:
        results.raise_for_failures()
    except ShardFailed as error:
        raise (PermanentError if error.retry_after is None else TemporaryError)(str(error)) from error

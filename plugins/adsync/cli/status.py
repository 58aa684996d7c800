"""`status`: lists every account, those that require action first."""

from __future__ import annotations

from rich.console import Console

from adsync import registry, settings
from adsync.status import accounts, rejected_records
from adsync.warehouse import migrations


def status() -> None:
    """Lists the accounts that require action, then every account, then rejected records."""
    url = settings.warehouse_url()
    migrations.migrate(url, registry.streams())
    console = Console(highlight=False, soft_wrap=True)
    accounts.show(accounts.list_accounts(url), console)
    rejected_records.show(rejected_records.list_rejected(url), console)

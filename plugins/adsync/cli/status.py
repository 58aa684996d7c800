"""`status`: lists every account, those that require action first."""

from __future__ import annotations

from rich.console import Console

from adsync import registry, settings
from adsync.status import accounts
from adsync.warehouse import migrations


def status() -> None:
    """Lists the accounts that require action, then every account."""
    url = settings.warehouse_url()
    migrations.migrate(url, registry.streams())
    accounts.show(accounts.list_accounts(url), Console(highlight=False, soft_wrap=True))

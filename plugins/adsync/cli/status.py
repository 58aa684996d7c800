"""`status`: how every account is, and which ones need a person."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import registry, settings
from adsync.status import accounts
from adsync.warehouse import migrations

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("status", help="how every account is, and which ones need a person")
    command.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> None:
    url = settings.warehouse_url()
    migrations.migrate(url, registry.streams())
    accounts.show(accounts.list_accounts(url), Console(highlight=False, soft_wrap=True))

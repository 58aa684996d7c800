"""`status`: how every account is, and which ones need a person."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import config, registry, status, warehouse

if TYPE_CHECKING:
    from adsync.commands.asking import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("status", help="how every account is, and which ones need a person")
    command.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> None:
    url = config.warehouse_url()
    warehouse.migrate(url, registry.streams())
    status.show(status.standings(url), Console(highlight=False, soft_wrap=True))

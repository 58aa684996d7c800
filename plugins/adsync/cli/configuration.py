"""`config check` and `accounts import`: workspaces.yaml, looked at and taken over."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adsync import settings
from adsync.config import connections
from adsync.state import accounts

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    check = commands.add_parser("config", help="check workspaces.yaml and the connections it names")
    check.add_argument("action", choices=["check"])
    check.set_defaults(run=_check)

    load = commands.add_parser("accounts", help="bring workspaces and accounts into the warehouse")
    load.add_argument("action", choices=["import"])
    load.add_argument("file", type=Path)
    load.set_defaults(run=_import)


def _check(_: argparse.Namespace) -> None:
    file = settings.workspaces_file()
    setup = accounts.read(file)
    for link in setup.links:
        connections.credentials(link.conn_id)
    sys.stdout.write(f"{file}: {len(setup.workspaces)} workspaces, {len(setup.links)} accounts, all connections set\n")


def _import(options: argparse.Namespace) -> None:
    setup = accounts.import_file(settings.warehouse_url(), options.file)
    sys.stdout.write(f"{options.file}: {len(setup.workspaces)} workspaces and {len(setup.links)} accounts imported\n")

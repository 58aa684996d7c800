"""`explain ORDER`: why an order went to its campaign, or to none."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from adsync import settings
from adsync.status import order_explanation

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("explain", help="why an order went to its campaign, or to none")
    command.add_argument("order", help="its id or its number")
    command.add_argument("--workspace", help="whose order, where several workspaces have that number")
    command.add_argument("--store", help="which store's, where several have it")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    told = order_explanation.explain(settings.warehouse_url(), options.order, options.workspace, options.store)
    console = Console(highlight=False, soft_wrap=True)
    for line in order_explanation.lines(told):
        console.print(line, markup=False)

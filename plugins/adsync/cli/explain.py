"""`explain ORDER`: shows why an order was attributed to its campaign, or to none."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from adsync import settings
from adsync.status import order_explanation

Order = Annotated[str, typer.Argument(help="Id or number of the order.", metavar="ORDER", show_default=False)]
Workspace = Annotated[
    str | None, typer.Option(metavar="ID", help="Workspace of the order, if several have that number.")
]
Store = Annotated[str | None, typer.Option(metavar="ID", help="Store of the order, if several have that number.")]


def explain(order: Order, workspace: Workspace = None, store: Store = None) -> None:
    """Shows why an order was attributed to its campaign, or to none."""
    explanation = order_explanation.explain(settings.warehouse_url(), order, workspace, store)
    console = Console(highlight=False, soft_wrap=True)
    for line in order_explanation.lines(explanation):
        console.print(line, markup=False)

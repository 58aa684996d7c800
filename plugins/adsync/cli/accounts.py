"""`accounts import`: writes the workspaces and accounts of a file to the warehouse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from adsync import settings
from adsync.state import accounts

File = Annotated[
    Path, typer.Argument(help="A file in the format of workspaces.yaml.", metavar="FILE", show_default=False)
]


def import_file(file: File) -> None:
    """Imports workspaces and accounts into the warehouse."""
    setup = accounts.import_file(settings.warehouse_url(), file)
    sys.stdout.write(f"{file}: {len(setup.workspaces)} workspaces and {len(setup.links)} accounts imported\n")

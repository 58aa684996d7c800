"""`clicks load`: loads a workspace's own click log into the warehouse."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from adsync import settings
from adsync.errors import PermanentError
from adsync.load import click_log
from adsync.state import accounts

File = Annotated[
    Path, typer.Argument(help="CSV with a header (*.csv); otherwise JSON lines.", metavar="FILE", show_default=False)
]


def load(file: File) -> None:
    """Loads a click log into the warehouse.

    Invalid rows are reported with their line number and skipped. Loading the same file again has no effect.
    """
    url = settings.warehouse_url()
    accounts.prepare(url)
    result = click_log.load(url, file, datetime.now(UTC), lambda line: sys.stderr.write(f"{line}\n"))
    sys.stdout.write(f"{file}: {result.rows - result.rejected} clicks read, {result.written} new or changed\n")
    if result.rejected:
        raise PermanentError(f"{result.rejected} of {result.rows} rows in {file} were rejected (see above)")

"""`clicks load`: a workspace's own click log, brought into the warehouse."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adsync import settings
from adsync.errors import PermanentError
from adsync.load import click_log
from adsync.state import accounts

if TYPE_CHECKING:
    from adsync.cli.options import Commands


def add(commands: Commands) -> None:
    command = commands.add_parser("clicks", help="bring a click log of your own into the warehouse")
    command.add_argument("action", choices=["load"])
    command.add_argument("file", type=Path, help="CSV with a header (*.csv), else JSON lines")
    command.set_defaults(run=_load)


def _load(options: argparse.Namespace) -> None:
    url, file = settings.warehouse_url(), options.file
    accounts.prepare(url)
    done = click_log.load(url, file, datetime.now(UTC), lambda line: sys.stderr.write(f"{line}\n"))
    good = done.rows - done.bad
    sys.stdout.write(f"{file}: {good} clicks read, {done.written} of them new or changed\n")
    if done.bad:
        raise PermanentError(f"{done.bad} of {done.rows} rows of {file} are no clicks, for the reasons above")

"""`config check`: validates workspaces.yaml and the connections it names; with `--online` asks every platform."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from adsync import registry, settings
from adsync.cli import options
from adsync.config import connections
from adsync.config.workspaces import AccountLink
from adsync.errors import ConfigError, PermanentError, TemporaryError
from adsync.planning import connection_check
from adsync.planning.connection_check import Answer
from adsync.state import accounts
from adsync.warehouse import migrations

Online = Annotated[
    bool,
    typer.Option(
        "--online", help="Also ask every platform for the account's name, currency and time zone (1-2 calls)."
    ),
]


def check(online: Online = False) -> None:
    """Validates workspaces.yaml, the connections it names, and the notification channels."""
    file = settings.workspaces_file()
    setup = accounts.read(file)
    problems = connection_check.environment_problems()
    problems += connection_check.problems(setup, settings.notify_channels(), connections.credentials)
    if len(problems) == 1:
        raise ConfigError(problems[0])
    if problems:
        _write(problems)
        raise ConfigError(f"{file}: {len(problems)} problems in connections and settings: correct those listed above")
    _write([f"{file}: {len(setup.workspaces)} workspaces, {len(setup.links)} accounts, all connections set"])
    if online:
        _ask(setup.links)


def _ask(links: Sequence[AccountLink]) -> None:
    """Prints the answer of every account; raises an error if one could not be asked."""
    url = settings.warehouse_url()
    # Refreshed tokens are kept there.
    migrations.migrate(url, registry.streams())
    failed = [answer.error for answer in asyncio.run(_answers(links, url)) if answer.error]
    if failed:
        sentence = f"{len(failed)} of {len(links)} accounts could not be asked: correct what is listed above"
        raise (PermanentError if any(isinstance(each, PermanentError) for each in failed) else TemporaryError)(sentence)


async def _answers(links: Sequence[AccountLink], url: str) -> list[Answer]:
    answers = []
    async for answer in connection_check.ask(links, options.environment(url)):
        _write([str(answer)])
        answers.append(answer)
    return answers


def _write(lines: Sequence[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))

"""Checks the connections of accounts and channels: offline what they hold, online by one cheap question to a platform.

The check finds what a sync would find at its first call, in all accounts at once. No message holds a value of a
connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import httpx

from adsync import registry, settings
from adsync.api import rate_limiter
from adsync.api.client import validated_url
from adsync.auth import encryption
from adsync.config.workspaces import AccountLink, Configuration
from adsync.errors import AdsyncError, ConfigError, ContractError
from adsync.extract.context import SyncEnvironment, account_zone, open_client
from adsync.models import Account, AccountInfo, Credentials, Token
from adsync.notifications.channels.factory import check_channel
from adsync.sources.base import EntityStream, Source
from adsync.warehouse.connection import check_url

CONCURRENT_QUESTIONS = 8
FLAGS = {"true", "false"}
# A connection of the type `http` may have one of them; the host holds it already.
SCHEMES = {"http", "https"}

Connections = Callable[[str], Credentials]


@dataclass(frozen=True)
class Answer:
    """What a platform says of one account: its name, currency and zone, or why it could not be asked."""

    link: AccountLink
    info: AccountInfo | None = None
    error: AdsyncError | None = None

    @property
    def account(self) -> str:
        return f"{self.link.platform} {self.link.native_id} ({self.link.workspace_id})"

    def __str__(self) -> str:
        if self.info:
            return f"{self.account}: {', '.join(part for part in self.info if part)}"
        return f"{self.account}: {type(self.error).__name__}: {self.error}"


def environment_problems() -> list[str]:
    """Returns one sentence for each variable that is set and invalid: of the warehouse, of Redis, of the token keys."""
    checks: list[Callable[[], object]] = []
    if url := settings.optional_warehouse_url():
        checks.append(partial(check_url, url))
    if url := settings.redis_url():
        checks.append(partial(rate_limiter.check_url, url))
    if settings.has_token_keys():
        checks.append(encryption.check_keys)
    return [problem for check in checks for problem in _refusals(check)]


def _refusals(check: Callable[[], object]) -> Iterator[str]:
    try:
        check()
    except ConfigError as error:
        yield str(error)


def problems(setup: Configuration, channels: Iterable[str], connections: Connections) -> list[str]:
    """Returns one sentence for everything that is missing or invalid in a connection, in the order of the file."""
    names = [*channels, *(name for workspace in setup.workspaces for name in workspace.alerts.channels)]
    found = [problem for link in setup.links for problem in _link_problems(link, connections)]
    found += [problem for name in names for problem in _refusals(partial(check_channel, name, connections))]
    return list(dict.fromkeys(found))


def _link_problems(link: AccountLink, connections: Connections) -> Iterator[str]:
    source = registry.load(link.platform)
    try:
        credentials = connections(link.conn_id)
    except ConfigError as error:
        yield str(error)
        return
    found = [*_missing(source, credentials), *_extra_problems(source, credentials)]
    yield from found
    if found:
        return
    try:
        token = source.initial_token(credentials)
        if token.access or not _can_refresh(source, credentials, token):
            source.auth(credentials, token)
        url = httpx.URL(validated_url(source.base_url(credentials, link.native_id), credentials))
    except ConfigError as error:
        yield str(error)
        return
    if not credentials.host and "." not in url.host:
        yield (
            f"missing host in connection {credentials.conn_id} ({source.name}): add the address of "
            f"{link.native_id}, such as https://site.example"
        )


def _missing(source: Source, credentials: Credentials) -> Iterator[str]:
    place = f"connection {credentials.conn_id} ({source.name})"
    for name in source.connection.required:
        value = getattr(credentials, name)
        if not value and not (name == "password" and _can_refresh(source, credentials, Token(""))):
            yield f"missing {name} in {place}: add it, as docs/configuration.md describes"
    for name in ("host", "login", "password"):
        if (value := getattr(credentials, name)) != value.strip() or not value.isprintable():
            yield f"invalid {name} in {place}: remove the line break, or the blank at its start or end"
    if credentials.schema and credentials.schema not in SCHEMES:
        yield f"unused schema in {place}: write the path into the host, as https://site.example/path"
    for name in source.connection.required_extra:
        if not credentials.extra.get(name):
            yield f"missing {name} in the extra of {place}: add it, as docs/configuration.md describes"


def _can_refresh(source: Source, credentials: Credentials, token: Token) -> bool:
    """Whether the first token can be requested, so that the connection needs none."""
    refresh = source.token_refresh
    initial = token if token.refresh else Token("", str(credentials.extra.get("refresh_token") or ""))
    return refresh is not None and refresh.can_refresh(credentials, initial)


def _extra_problems(source: Source, credentials: Credentials) -> Iterator[str]:
    needs, extra = source.connection, credentials.extra
    place = f"the extra of connection {credentials.conn_id} ({source.name})"
    for name in sorted(extra.keys() - needs.known):
        yield f"unknown key in {place}: {name!r} (remove it, or correct its spelling: {', '.join(sorted(needs.known))})"
    for name, needed in needs.together.items():
        missing = [each for each in needed if not extra.get(each)]
        if extra.get(name) and missing:
            yield f"missing {', '.join(missing)} in {place}: without it, {name} has no effect"
    for name in needs.flags:
        if name in extra and str(extra[name]).casefold() not in FLAGS:
            yield f"invalid {name} in {place} (expected true or false)"


async def ask(links: Sequence[AccountLink], environment: SyncEnvironment) -> AsyncIterator[Answer]:
    """Yields the answer of every account, in order: its own record, which costs one call or two."""
    slots = asyncio.Semaphore(CONCURRENT_QUESTIONS)

    async def answer(link: AccountLink) -> Answer:
        async with slots:
            try:
                return Answer(link, await _info(link, environment))
            except AdsyncError as error:
                return Answer(link, error=error)

    for pending in [asyncio.create_task(answer(link)) for link in links]:
        yield await pending


async def _info(link: AccountLink, environment: SyncEnvironment) -> AccountInfo:
    source = registry.load(link.platform)
    account = Account(link.workspace_id, link.platform, link.native_id, link.conn_id, options=link.options)
    stream = source.streams[0]
    if not isinstance(stream, EntityStream):
        raise TypeError(f"the first stream of {source.name} must be the account's own record")
    async with open_client(source, account, environment) as client:
        async for page in stream.read(client, account):
            for record in page:
                info = source.account_info(record.payload)
                account_zone(Account(link.workspace_id, link.platform, link.native_id, link.conn_id, info.timezone))
                return info
    raise ContractError(f"{source.name} returned no record of the account")

"""Reads one source by its declaration alone, in memory or from scripted responses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from adsync.api.client import ApiClient
from adsync.errors import AdsyncError
from adsync.models import Account, ApiResponse, Credentials, Record, Token
from adsync.ranges import DateRange, TimeRange
from adsync.sources.base import Source
from sandbox_fixtures import NOW, Pauses, account, credentials, read_arguments


@dataclass
class SandboxTokens:
    """Refreshes tokens at the sandbox's token server, without a warehouse."""

    source: Source
    credentials: Credentials
    transport: httpx.AsyncBaseTransport
    refresh_calls: int = 0
    is_refreshable: bool = True

    async def get(self) -> Token:
        return self.source.initial_token(self.credentials)

    async def refresh(self, rejected: Token) -> Token:
        self.refresh_calls += 1
        async with httpx.AsyncClient(transport=self.transport) as http:
            response = await http.send(self.source.token_refresh.request(self.credentials, rejected))
        answer = ApiResponse(response.status_code, response.headers, response.content)
        return self.source.token_refresh.read(answer, rejected, NOW)


@asynccontextmanager
async def connected(
    source: Source, who: Account, transport: httpx.AsyncBaseTransport, **more: object
) -> AsyncIterator[ApiClient]:
    known = more.pop("known", None) or credentials(who.conn_id)
    pause = more.pop("pause", None)
    async with httpx.AsyncClient(transport=transport, base_url=source.base_url(known, who.account_id)) as http:
        token = more.pop("token", None) or source.initial_token(known)
        yield ApiClient(http, source, known, token, sleep=Pauses() if pause is None else pause, **more)


async def pages(source: Source, who: Account, stream: str, transport, *asked, **more) -> list[list[Record]]:
    read = more.pop("read", source.stream(stream).read)
    async with connected(source, who, transport, **more) as client:
        return [page async for page in read(client, who, *read_arguments(source.stream(stream), *asked))]


async def records(source: Source, who: Account, stream: str, transport, *asked, **more) -> list[Record]:
    return [record for page in await pages(source, who, stream, transport, *asked, **more) for record in page]


def owner(source: str, account_id: str) -> Account:
    return account(source, account_id)


def span(days: int = 30) -> TimeRange:
    return TimeRange(NOW - timedelta(days=days), NOW + timedelta(seconds=1))


def window(today, days: int = 30) -> DateRange:
    return DateRange(today - timedelta(days=days - 1), today + timedelta(days=1))


def refusal(source: Source, status: int, body: bytes = b"", **headers: str) -> AdsyncError | None:
    """Returns the error that `check` raises for a response."""
    try:
        source.check(
            ApiResponse(status, httpx.Headers({name.replace("_", "-"): text for name, text in headers.items()}), body)
        )
    except AdsyncError as error:
        return error
    return None

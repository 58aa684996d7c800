"""What every Snapchat call shares: lists whose items have a status of their own, and links to the next page.

A link is followed to the API's own host only; a stat object holds its link inside.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Mapping
from typing import TypeVar

import httpx
import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ConfigError, ContractError, TemporaryError
from adsync.models import ApiResponse, Credentials, RawJson, Token
from adsync.sources.common import pagination
from adsync.sources.common.decoding import decode
from adsync.sources.snapchat.errors import failed

HOST = "https://adsapi.snapchat.com/v1"

Item = TypeVar("Item")


class Paging(msgspec.Struct):
    next_link: str | None = None


class Paged(msgspec.Struct):
    paging: Paging = msgspec.field(default_factory=Paging)


class Status(msgspec.Struct):
    sub_request_status: str
    sub_request_error_reason: str = ""


PAGED = msgspec.json.Decoder(Paged)
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
STATUS = msgspec.json.Decoder(Status)


class OwnToken(httpx.Auth):
    """A bearer token for the API's own address: a report lies elsewhere, behind a signature that suffers no token."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if str(request.url).startswith(self.base_url):
            request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access:
        raise ConfigError(f"connection {credentials.conn_id} has no password: put the access token into that field")
    return OwnToken(base_url(credentials, ""), token.access)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


def items(response: ApiResponse, many: str, one: str) -> list[msgspec.Raw]:
    """The objects of a list; TemporaryError when any of them could not be read, for the rest is not the whole."""
    what = f"snapchat {many}"
    found = decode(response.body, OBJECT, what)
    if many not in found:
        raise ContractError(f"{what}: the response has no list of that name")
    return [_item(decode(item, OBJECT, what), item, one, what) for item in decode(found[many], ITEMS, what)]


def _item(parts: Mapping[str, msgspec.Raw], item: RawJson, one: str, what: str) -> msgspec.Raw:
    status = decode(item, STATUS, what)
    if failed(status.sub_request_status):
        raise TemporaryError(f"{what}: an item failed: {status.sub_request_error_reason or status.sub_request_status}")
    if one not in parts:
        raise ContractError(f"{what}: an item holds no `{one}`")
    return parts[one]


def follow(
    client: ApiClient,
    path: str,
    params: Mapping[str, str],
    read: Callable[[ApiResponse], tuple[list[Item], str | None]],
    sizes: tuple[int, int] | None = None,
) -> AsyncIterator[list[Item]]:
    """Ask for `path`, then for what each response links to; `read` takes an response apart.

    `sizes` are the usual and the smallest number of items to ask for; without them pages are as large as they come.
    """

    async def fetch(link: str, size: int) -> tuple[list[Item], str | None]:
        limit = {"limit": str(size)} if sizes else {}
        if link:
            return read(await client.get(str(_own(link, client).copy_merge_params(limit))))
        return read(await client.get(path, {**params, **limit}))

    return pagination.follow(fetch, "", *(sizes or (1, 1)))


def _own(link: str, client: ApiClient) -> httpx.URL:
    url, own = httpx.URL(link), client.http.base_url
    if (url.scheme, url.host, url.port) != (own.scheme, own.host, own.port):
        raise ContractError(f"snapchat links to another host for the next page: {url.scheme}://{url.host}")
    return url


def next_link(body: RawJson) -> str | None:
    return decode(body, PAGED, "snapchat paging").paging.next_link

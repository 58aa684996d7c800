"""Shared by all Snapchat calls: lists whose items have their own status, and links to the next page.

Only links to the API's own host are followed; a stat object contains its own link.
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
from adsync.sources.snapchat.errors import has_failed

HOST = "https://adsapi.snapchat.com/v1"

Item = TypeVar("Item")


class Paging(msgspec.Struct):
    next_link: str | None = None


class Paged(msgspec.Struct):
    paging: Paging = msgspec.field(default_factory=Paging)


class Status(msgspec.Struct):
    sub_request_status: str = ""
    sub_request_error_reason: str = ""


PAGED = msgspec.json.Decoder(Paged)
OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
ITEMS = msgspec.json.Decoder(list[msgspec.Raw])
STATUS = msgspec.json.Decoder(Status)


class SameHostToken(httpx.Auth):
    """Sends the bearer token to the API's own host only: reports are on another host, behind a signed URL."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if str(request.url).startswith(self.base_url):
            request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


def auth(credentials: Credentials, token: Token) -> httpx.Auth:
    if not token.access:
        raise ConfigError(f"missing password in connection {credentials.conn_id}: put the access token into that field")
    return SameHostToken(base_url(credentials, ""), token.access)


def base_url(credentials: Credentials, _account_id: str) -> str:
    return f"{credentials.host or HOST}/"


def items(response: ApiResponse, many: str, one: str) -> list[msgspec.Raw]:
    """Returns the objects of a list; TemporaryError if one of them failed: the list would be incomplete."""
    what = f"snapchat {many}"
    found = decode(response.body, OBJECT, what)
    if many not in found:
        raise ContractError(f"{what}: missing list in the response")
    return [_item(decode(item, OBJECT, what), item, one, what) for item in decode(found[many], ITEMS, what)]


def _item(parts: Mapping[str, msgspec.Raw], item: RawJson, one: str, what: str) -> msgspec.Raw:
    status = decode(item, STATUS, what)
    if has_failed(status.sub_request_status):
        raise TemporaryError(f"{what}: an item failed: {status.sub_request_error_reason or status.sub_request_status}")
    if one not in parts:
        raise ContractError(f"{what}: missing `{one}` in an item")
    return parts[one]


def follow(
    client: ApiClient,
    path: str,
    params: Mapping[str, str],
    read: Callable[[ApiResponse], tuple[list[Item], str | None]],
    sizes: tuple[int, int] | None = None,
) -> AsyncIterator[list[Item]]:
    """Requests `path`, then the next page that each response links to; `read` returns its items and link.

    `sizes` are the default and the minimum page size; without them the platform decides.
    """

    async def fetch(link: str, size: int) -> tuple[list[Item], str | None]:
        limit = {"limit": str(size)} if sizes else {}
        if link:
            return read(await client.get(str(_same_host(link, client).copy_merge_params(limit))))
        return read(await client.get(path, {**params, **limit}))

    return pagination.follow(fetch, "", *(sizes or (1, 1)))


def _same_host(link: str, client: ApiClient) -> httpx.URL:
    url, own = httpx.URL(link), client.http.base_url
    if (url.scheme, url.host, url.port) != (own.scheme, own.host, own.port):
        raise ContractError(f"snapchat: next page is on another host: {url.scheme}://{url.host}")
    return url


def next_link(body: RawJson) -> str | None:
    return decode(body, PAGED, "snapchat paging").paging.next_link

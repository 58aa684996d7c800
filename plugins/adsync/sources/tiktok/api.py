"""Shared by all TikTok calls: the envelope around a response, and listings by page number.

Rows have no stable order: if a listing changes between two pages, rows are missing or repeated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import ApiResponse, Page, RawJson, Record
from adsync.sources.common import pagination
from adsync.sources.common.decoding import decode
from adsync.sources.tiktok.errors import ENVELOPE

PAGE_SIZE = 1000

Shape = TypeVar("Shape")


class ListingChanged(TemporaryError):
    """The listing changed while it was read."""


class PageInfo(msgspec.Struct):
    total_page: int
    total_number: int | None = None


class Listing(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="list")
    page_info: PageInfo | None = None


LISTING = msgspec.json.Decoder(Listing)


async def get(client: ApiClient, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[Shape]) -> Shape:
    return unwrap(await client.get(path, params), decoder, path)


def unwrap(response: ApiResponse, decoder: msgspec.json.Decoder[Shape], path: str) -> Shape:
    return decode(decode(response.body, ENVELOPE, f"tiktok {path}").data, decoder, f"tiktok {path}")


def records(
    client: ApiClient, path: str, params: dict[str, str], record: Callable[[RawJson], Record]
) -> AsyncIterator[Page]:
    """Yields every page, each key once; starts over once if the listing changes, then raises TemporaryError."""
    return pagination.retry_listing(lambda: _read_once(client, path, params, record), ListingChanged)


async def _read_once(
    client: ApiClient, path: str, params: dict[str, str], record: Callable[[RawJson], Record]
) -> AsyncIterator[Page]:
    """Yields the pages of one listing; ListingChanged if the total changes, rows repeat or rows are missing."""
    totals: set[int | None] = set()
    seen: set[str] = set()

    async def fetch(number: int, size: int) -> tuple[list[RawJson], int | None]:
        page = await get(client, path, {**params, "page": str(number), "page_size": str(size)}, LISTING)
        if page.page_info is None:
            raise ContractError(f"tiktok {path}: missing page_info in the response")
        totals.add(page.page_info.total_number)
        return page.rows, number + 1 if number < page.page_info.total_page else None

    rows = 0
    async for items in pagination.follow(fetch, 1, PAGE_SIZE, PAGE_SIZE):
        page = [record(item) for item in items]
        rows += len(page)
        seen.update(each.key for each in page)
        if len(totals) > 1 or len(seen) < rows:
            raise ListingChanged(f"tiktok {path}: the list changed while it was read")
        yield page
    if totals not in ({rows}, {None}):
        raise ListingChanged(f"tiktok {path}: received {rows} rows of {totals.pop()}")

"""Shared by all TikTok calls: the envelope around a response, and listings by page number.

Rows have no stable order: if a listing changes between two pages, rows are missing or repeated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError
from adsync.models import ApiResponse, Page, RawJson, Record
from adsync.sources.common import pagination
from adsync.sources.common.decoding import decode
from adsync.sources.common.records import RecordShape, build_page, built
from adsync.sources.tiktok.errors import ENVELOPE

PAGE_SIZE = 1000

Shape = TypeVar("Shape")


class ListingChanged(TemporaryError):
    """The listing changed while it was read."""


class PageInfo(msgspec.Struct):
    total_page: int
    total_number: int | None = None


class Listing(msgspec.Struct):
    # A page without rows may lack the list.
    rows: list[msgspec.Raw] = msgspec.field(name="list", default_factory=list)
    page_info: PageInfo | None = None


LISTING = msgspec.json.Decoder(Listing)


async def get(client: ApiClient, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[Shape]) -> Shape:
    return unwrap(await client.get(path, params), decoder, path)


def unwrap(response: ApiResponse, decoder: msgspec.json.Decoder[Shape], path: str) -> Shape:
    return decode(decode(response.body, ENVELOPE, f"tiktok {path}").data, decoder, f"tiktok {path}")


@dataclass(frozen=True)
class Rows:
    """How the rows of a listing become records: `build` reads one, `shape` names one that cannot be read.

    `page_size` is for listings with smaller pages than usual.
    """

    build: Callable[[RawJson], Record]
    shape: RecordShape
    page_size: int | None = None


def records(client: ApiClient, path: str, params: dict[str, str], rows: Rows) -> AsyncIterator[Page]:
    """Yields every page, each key once; starts over once if the listing changes, then raises TemporaryError."""
    return pagination.retry_listing(lambda: _read_once(client, path, params, rows), ListingChanged)


async def _read_once(client: ApiClient, path: str, params: dict[str, str], rows: Rows) -> AsyncIterator[Page]:
    """Yields the pages of one listing; ListingChanged if the total changes, rows repeat or rows are missing."""
    totals: set[int | None] = set()
    seen: set[str] = set()

    async def fetch(number: int, size: int) -> tuple[list[RawJson], int | None]:
        page = await get(client, path, {**params, "page": str(number), "page_size": str(size)}, LISTING)
        if page.page_info is None:
            raise ContractError(f"tiktok {path}: missing page_info in the response")
        totals.add(page.page_info.total_number)
        return page.rows, number + 1 if number < page.page_info.total_page else None

    received = readable = 0
    size = rows.page_size or PAGE_SIZE
    async for items in pagination.follow(fetch, 1, size, size):
        page = build_page(items, rows.build, rows.shape)
        received, readable = received + len(page), readable + len(built(page))
        seen.update(each.key for each in built(page))
        if len(totals) > 1 or len(seen) < readable:
            raise ListingChanged(f"tiktok {path}: the list changed while it was read")
        yield page
    if totals not in ({received}, {None}):
        raise ListingChanged(f"tiktok {path}: received {received} rows of {totals.pop()}")

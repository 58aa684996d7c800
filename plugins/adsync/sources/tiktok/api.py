"""What every TikTok call shares: the envelope around an response, and listings by page number.

Rows have no order that holds: a listing may move between its pages, and then lacks rows or has some twice.
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


class Moved(TemporaryError):
    """The listing changed while it was read."""


class PageInfo(msgspec.Struct):
    total_page: int
    total_number: int | None = None


class Listing(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="list")
    page_info: PageInfo | None = None


LISTING = msgspec.json.Decoder(Listing)


async def get(client: ApiClient, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[Shape]) -> Shape:
    return inside(await client.get(path, params), decoder, path)


def inside(response: ApiResponse, decoder: msgspec.json.Decoder[Shape], path: str) -> Shape:
    return decode(decode(response.body, ENVELOPE, f"tiktok {path}").data, decoder, f"tiktok {path}")


def records(
    client: ApiClient, path: str, params: dict[str, str], record: Callable[[RawJson], Record]
) -> AsyncIterator[Page]:
    """Yield every page, each key once; from the start once more when the listing moves, then TemporaryError."""
    return pagination.retry_listing(lambda: _whole(client, path, params, record), Moved)


async def _whole(
    client: ApiClient, path: str, params: dict[str, str], record: Callable[[RawJson], Record]
) -> AsyncIterator[Page]:
    """The pages of one listing; Moved when their total changes, or their rows repeat or are not as many."""
    totals: set[int | None] = set()
    seen: set[str] = set()

    async def fetch(number: int, size: int) -> tuple[list[RawJson], int | None]:
        page = await get(client, path, {**params, "page": str(number), "page_size": str(size)}, LISTING)
        if page.page_info is None:
            raise ContractError(f"tiktok {path}: the response has no page_info")
        totals.add(page.page_info.total_number)
        return page.rows, number + 1 if number < page.page_info.total_page else None

    rows = 0
    async for items in pagination.follow(fetch, 1, PAGE_SIZE, PAGE_SIZE):
        page = [record(item) for item in items]
        rows += len(page)
        seen.update(each.key for each in page)
        if len(totals) > 1 or len(seen) < rows:
            raise Moved(f"tiktok {path}: the list changed while it was read")
        yield page
    if totals not in ({rows}, {None}):
        raise Moved(f"tiktok {path}: {rows} rows came of {totals.pop()}")

"""What every TikTok call shares: the envelope around an answer, and listings by page number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec

from adsync.errors import ContractError
from adsync.sources import paging
from adsync.sources.base import Answer, Text
from adsync.sources.decode import decode
from adsync.sources.tiktok_errors import ENVELOPE
from adsync.transport import Client

PAGE_SIZE = 1000

Shape = TypeVar("Shape")


class PageInfo(msgspec.Struct):
    total_page: int


class Listing(msgspec.Struct):
    rows: list[msgspec.Raw] = msgspec.field(name="list")
    page_info: PageInfo | None = None


LISTING = msgspec.json.Decoder(Listing)


async def get(client: Client, path: str, params: dict[str, str], decoder: msgspec.json.Decoder[Shape]) -> Shape:
    return inside(await client.get(path, params), decoder, path)


def inside(answer: Answer, decoder: msgspec.json.Decoder[Shape], path: str) -> Shape:
    return decode(decode(answer.body, ENVELOPE, f"tiktok {path}").data, decoder, f"tiktok {path}")


def listing(client: Client, path: str, params: dict[str, str]) -> AsyncIterator[list[Text]]:
    async def fetch(number: int, size: int) -> tuple[list[Text], int | None]:
        page = await get(client, path, {**params, "page": str(number), "page_size": str(size)}, LISTING)
        if page.page_info is None:
            raise ContractError(f"tiktok {path}: the answer has no page_info")
        return page.rows, number + 1 if number < page.page_info.total_page else None

    return paging.follow(fetch, 1, PAGE_SIZE, PAGE_SIZE)

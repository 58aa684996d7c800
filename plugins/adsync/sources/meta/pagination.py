"""Meta's listings: pages by cursor, as large as the platform allows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import unquote

import msgspec

from adsync.api.client import ApiClient
from adsync.errors import ContractError, TemporaryError, TooMuchData
from adsync.models import LearnedLimits, RawJson
from adsync.sources.common import pagination
from adsync.sources.common.decoding import decode
from adsync.sources.meta.errors import CursorLost, naming

# No maximum is documented: Meta may return fewer records, or an error. Below the minimum, the additional calls cost
# more than the smaller pages save.
PAGE_SIZE = 1000
MIN_PAGE_SIZE = 100
AFTER = re.compile(r"[?&]after=([^&#]+)")


class Cursors(msgspec.Struct):
    after: str = ""


class Paging(msgspec.Struct):
    cursors: Cursors = msgspec.field(default_factory=Cursors)
    next: str | None = None


class Listing(msgspec.Struct):
    data: list[msgspec.Raw] | None = None
    paging: Paging = msgspec.field(default_factory=Paging)


LISTING = msgspec.json.Decoder(Listing)


def listing(
    client: ApiClient, path: str, params: Mapping[str, str], learned: LearnedLimits | None = None
) -> AsyncIterator[list[RawJson]]:
    """Yields every page; starts over once if the cursor becomes invalid."""
    return pagination.retry_listing(lambda: read_once(client, path, params, learned), CursorLost)


def read_once(
    client: ApiClient, path: str, params: Mapping[str, str], learned: LearnedLimits | None = None
) -> AsyncIterator[list[RawJson]]:
    """Yields every page; raises CursorLost if the cursor becomes invalid.

    `learned.page_size` is the first page size; it is lowered if a page is too large.
    """
    limits = learned or LearnedLimits()

    async def fetch(after: str, size: int) -> tuple[list[RawJson], str | None]:
        try:
            return await _page(client, path, {**params, **({"after": after} if after else {}), "limit": str(size)})
        except TooMuchData:
            limits.page_size = min(size, max(MIN_PAGE_SIZE, size // 2))
            raise

    return pagination.follow(fetch, "", limits.page_size or PAGE_SIZE, MIN_PAGE_SIZE)


async def _page(client: ApiClient, path: str, params: Mapping[str, str]) -> tuple[list[RawJson], str | None]:
    """Returns one page and the cursor of the next; the `next` link itself is not used, it contains the token."""
    with naming(path):
        response = await client.get(path, params)
    found = decode(response.body, LISTING, f"meta {path}")
    if found.data is None:
        raise TemporaryError(f"meta {path}: the response has neither data nor an error")
    return found.data, _cursor(found.paging, params.get("after", ""), path)


def _cursor(paging: Paging, current: str, path: str) -> str | None:
    """Returns the cursor of the next page; it may stand in the link alone. A link to the page itself is the end."""
    if not paging.next:
        return None
    found = AFTER.search(paging.next)
    linked = unquote(found.group(1)) if found else ""
    if current and current in {linked, paging.cursors.after}:
        return None
    if after := paging.cursors.after or linked:
        return after
    raise ContractError(f"meta {path}: the page has a next page but no cursor for it")

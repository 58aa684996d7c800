"""Reads listings page by page; detects loops and listings without end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from adsync.errors import ContractError, TooMuchData

MAX_PAGES = 100_000

Cursor = TypeVar("Cursor", str, int, "str | None")
Item = TypeVar("Item")
Fetch = Callable[[Cursor, int], Awaitable[tuple[list[Item], "Cursor | None"]]]


async def retry_listing(
    begin: Callable[[], AsyncIterator[Item]], retryable: type[Exception] | tuple[type[Exception], ...]
) -> AsyncIterator[Item]:
    """Yields what `begin()` yields; starts over once if it fails with one of the error classes `retryable`.

    Records may be yielded twice then; the later one is stored.
    """
    try:
        async for each in begin():
            yield each
    except retryable:
        async for each in begin():
            yield each


async def follow(fetch: Fetch, start: Cursor, size: int, min_size: int = 1) -> AsyncIterator[list[Item]]:
    """Yields the items of each page until `fetch(cursor, size)` returns no next cursor.

    If a page is too large for the platform, it is requested again at half the size, down to `min_size`; later pages
    keep the size that worked. Raises ContractError if a cursor is returned a second time.
    """
    seen: set[Cursor] = set()
    cursor: Cursor | None = start
    while len(seen) < MAX_PAGES:
        try:
            items, after = await fetch(cursor, size)
        except TooMuchData:
            if size <= min_size:
                raise
            size = max(min_size, size // 2)
            continue
        seen.add(cursor)
        yield items
        if after is None:
            return
        if after in seen:
            raise ContractError(f"the listing returns to page {after!r}, which was read before")
        cursor = after
    raise ContractError(f"the listing has more than {MAX_PAGES} pages")

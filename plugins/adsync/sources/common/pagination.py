"""Following a listing from page to page, never in a circle and never without end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from adsync.errors import ContractError, TooMuchData

MAX_PAGES = 100_000

Cursor = TypeVar("Cursor", str, int, "str | None")
Item = TypeVar("Item")
Fetch = Callable[[Cursor, int], Awaitable[tuple[list[Item], "Cursor | None"]]]


async def retry_listing(begin: Callable[[], AsyncIterator[Item]], passing: type[Exception]) -> AsyncIterator[Item]:
    """Yield what `begin()` yields, and all of it again when it breaks off with `passing` for the first time.

    Records may come twice then: whoever stores them keeps the later one.
    """
    try:
        async for each in begin():
            yield each
    except passing:
        async for each in begin():
            yield each


async def follow(fetch: Fetch, start: Cursor, size: int, smallest: int = 1) -> AsyncIterator[list[Item]]:
    """Yield the items of each page until `fetch(cursor, size)` names no next cursor.

    When the platform cannot response a page of that size, the same page is asked for again at half
    the size, down to `smallest`; what follows stays at the size that worked.
    Raises ContractError when a cursor comes back that was followed before.
    """
    seen: set[Cursor] = set()
    cursor: Cursor | None = start
    while len(seen) < MAX_PAGES:
        try:
            items, after = await fetch(cursor, size)
        except TooMuchData:
            if size <= smallest:
                raise
            size = max(smallest, size // 2)
            continue
        seen.add(cursor)
        yield items
        if after is None:
            return
        if after in seen:
            raise ContractError(f"the listing names page {after!r} again after it was read: it would never end")
        cursor = after
    raise ContractError(f"the listing did not end within {MAX_PAGES} pages")

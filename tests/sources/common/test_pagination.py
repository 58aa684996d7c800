import pytest

from adsync.errors import ContractError, TooMuchData
from adsync.sources.common import pagination


async def read(fetch, start="", size=8, smallest=1):
    return [items async for items in pagination.follow(fetch, start, size, smallest)]


def over(pages):
    """A listing that is a dictionary of cursor to (items, next cursor)."""

    async def fetch(cursor, _size):
        return pages[cursor]

    return fetch


async def test_pages_come_in_order_until_none_is_next():
    assert await read(over({"": (["a"], "x"), "x": ([], "y"), "y": (["b"], None)})) == [["a"], [], ["b"]]


@pytest.mark.parametrize("pages", [{"": ([], "x"), "x": ([], "x")}, {"": ([], "x"), "x": ([], "y"), "y": ([], "x")}])
async def test_a_repeated_cursor_is_an_error(pages):
    with pytest.raises(ContractError, match="returns to page 'x'"):
        await read(over(pages))


async def test_an_endless_listing_is_an_error(monkeypatch):
    monkeypatch.setattr(pagination, "MAX_PAGES", 5)

    async def fetch(cursor, _size):
        return [cursor], cursor + 1

    with pytest.raises(ContractError, match="has more than 5 pages"):
        await read(fetch, start=1)


async def test_too_much_data_halves_the_size_and_keeps_it():
    asked = []

    async def fetch(cursor, size):
        asked.append((cursor, size))
        if size > 2:
            raise TooMuchData("less, please")
        return [cursor], None if cursor == 2 else cursor + 1

    assert await read(fetch, start=1) == [[1], [2]]
    assert asked == [(1, 8), (1, 4), (1, 2), (2, 2)]


async def test_a_page_of_the_smallest_size_that_is_still_too_much_fails():
    async def fetch(_cursor, _size):
        raise TooMuchData("less, please")

    with pytest.raises(TooMuchData):
        await read(fetch, smallest=8)

"""One read of a list by page number, while rows leave it: the following ones then move to earlier pages.

How many have left, the total shows. The next page then begins so many rows earlier, by another size of page.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from adsync.errors import ContractError

# So many pages may bring the read no further.
MAX_STALLS = 50


@dataclass
class ListRead:
    """The distinct orders of one read, and how many rows from the start on it has seen without a gap (`passed`).

    `margin` is how many rows left between two pages; `size` is the largest page that the platform gives.
    """

    size: int
    ids: set[str] = field(default_factory=set)
    last: list[str] = field(default_factory=list)
    total: int = 0
    passed: int = 0
    margin: int = 0
    stalls: int = 0
    asked: tuple[int, int] = (0, 0)

    @property
    def is_complete(self) -> bool:
        return self.passed >= self.total and len(self.ids) >= self.total

    def next_page(self) -> tuple[int, int]:
        """Returns number and size of the page that goes furthest beyond `passed`, beginning at or before it."""
        begin = max(0, self.passed - self.margin)
        size = max(range(max(1, self.size // 2), self.size + 1), key=lambda each: (begin // each * each + each, each))
        self.asked = begin // size + 1, size
        return self.asked

    def add_page(self, page: list[str], total: int) -> bool:
        """Returns whether more pages follow; ContractError if the page repeats the previous one."""
        number, size = self.asked
        start, left = (number - 1) * size, max(0, self.total - total)
        if page and page == self.last and not left and start >= self.passed:
            raise ContractError(f"zid returned page {number - 1} again instead of page {number}")
        if len(page) < size and start + len(page) < total:
            self.size = max(1, len(page))
        before, self.passed = self.passed, max(0, self.passed - left)
        if start <= self.passed:
            self.passed = max(self.passed, start + len(page))
        self.stalls += self.passed <= before
        self.ids |= set(page)
        self.last, self.total, self.margin = page, total, max(left, self.margin)
        return bool(page) and self.passed < total and self.stalls < MAX_STALLS

import httpx
import pytest

from adsync.sources.common.http_errors import retry_after

DATE = {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "12"}, 12),
        ({"retry-after": "0"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:45 GMT", **DATE}, 45),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT", **DATE}, None),
        ({"retry-after": "soon", **DATE}, None),
        ({"x-reset": "1795348830", **DATE}, 30),
        ({"x-reset": "1", **DATE}, None),
        ({"x-reset": "later", **DATE}, None),
        ({}, None),
    ],
)
def test_a_wait_is_seconds_or_a_date_or_a_reset_by_the_platforms_own_clock(headers, wait):
    assert retry_after(httpx.Headers(headers), "x-reset") == wait

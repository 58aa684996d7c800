"""HTTP clients as adsync opens them: trust read once, and no address in the log, for some carry secrets."""

from __future__ import annotations

import logging
import ssl
from functools import cache

import httpx

from adsync.models import ApiResponse

TIMEOUT = httpx.Timeout(60, connect=10)
ONCE_TIMEOUT = httpx.Timeout(30, connect=10)
# The request has not left: whatever it asks for has not happened.
REQUEST_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)


def client(base_url: str = "", timeout: httpx.Timeout = TIMEOUT) -> httpx.AsyncClient:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(base_url=base_url, timeout=timeout, verify=_trust())


async def send_once(request: httpx.Request) -> ApiResponse:
    """One request, sent once: for what must not be repeated without thought."""
    async with client(timeout=ONCE_TIMEOUT) as http:
        response = await http.send(request)
    return ApiResponse(response.status_code, response.headers, response.content)


@cache
def _trust() -> ssl.SSLContext:
    """The certificates to trust, read once: they cost every further client 20 ms and a megabyte otherwise."""
    return httpx.create_ssl_context()

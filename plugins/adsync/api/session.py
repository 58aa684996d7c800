"""Opens HTTP clients: certificates are read once, and URLs are not logged, because some contain secrets."""

from __future__ import annotations

import logging
import ssl
from functools import cache

import httpx

from adsync.models import ApiResponse

TIMEOUT = httpx.Timeout(60, connect=10)
ONCE_TIMEOUT = httpx.Timeout(30, connect=10)
# The request was not sent, so it had no effect.
REQUEST_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)


def client(base_url: str = "", timeout: httpx.Timeout = TIMEOUT) -> httpx.AsyncClient:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(base_url=base_url, timeout=timeout, verify=_trust())


async def send_once(request: httpx.Request) -> ApiResponse:
    """Sends one request, without retries, for requests that must not be repeated."""
    async with client(timeout=ONCE_TIMEOUT) as http:
        response = await http.send(request)
    return ApiResponse(response.status_code, response.headers, response.content)


@cache
def _trust() -> ssl.SSLContext:
    """Returns the trusted certificates, read once: reading them costs each client 20 ms and 1 MB."""
    return httpx.create_ssl_context()

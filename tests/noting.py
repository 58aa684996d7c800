"""A transport that notes what is asked."""

from __future__ import annotations

import httpx


def noting(transport: httpx.AsyncBaseTransport) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """The same transport, and every request that went through it."""
    asked = []

    async def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return await transport.handle_async_request(request)

    return httpx.MockTransport(handle), asked

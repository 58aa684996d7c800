"""An httpx transport that records requests."""

from __future__ import annotations

import httpx


def recording(transport: httpx.AsyncBaseTransport) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Returns a transport that passes requests on to `transport`, and the list it records them in."""
    requests = []

    async def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return await transport.handle_async_request(request)

    return httpx.MockTransport(handle), requests

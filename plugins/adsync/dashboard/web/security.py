"""What every response of the page says to the browser, and which requests may change something.

The page runs its own files only and may be framed by Airflow only. A change must come from the page itself: browsers
say where a request comes from, and what says nothing is no browser of ours.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response
from starlette.middleware.base import RequestResponseEndpoint

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Files are asked for again with their ETag; figures are for the reader alone, and for now.
    "Cache-Control": "private, no-cache",
}


async def with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Middleware: refusals carry the headers as well."""
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


def same_origin(request: Request) -> None:
    """Dependency of routes that change something; 403 for a request that another site may have caused.

    Browsers send Sec-Fetch-Site over https and on this machine; over plain http only Origin remains.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site:
        fine = site == "same-origin"
    else:
        fine = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not fine:
        raise HTTPException(403, "only the Ads page itself may do that")

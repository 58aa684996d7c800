"""Security headers of every response, and the same-origin check of requests that change data.

The page runs only its own files and can be framed only by Airflow. A change must come from the page itself: a request
without an origin is rejected, because browsers always send one.
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
    # Files are revalidated with their ETag; figures are private and not cached.
    "Cache-Control": "private, no-cache",
}


async def add_security_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Middleware; error responses have the headers as well."""
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


def require_same_origin(request: Request) -> None:
    """Dependency of routes that change data; raises 403 for a request that another site may have caused.

    Browsers send Sec-Fetch-Site over https and to localhost; over plain http they send only Origin.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site:
        is_same = site == "same-origin"
    else:
        is_same = origin is not None and urlsplit(origin).netloc == request.headers.get("host")
    if not is_same:
        raise HTTPException(403, "cross-site request rejected: use the Ads page")

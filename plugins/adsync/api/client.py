"""The HTTP client: rate limits, timeouts, short retries, token refresh, redaction, and call statistics.

Every response passes the platform's own `check`, because platforms report errors inside HTTP 200.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from adsync.api import session
from adsync.api.json_text import repaired
from adsync.api.rate_limiter import NO_RATE_LIMIT, RateLimiter
from adsync.api.redaction import redact, redacted
from adsync.api.session import TIMEOUT
from adsync.errors import (
    AdsyncError,
    ConfigError,
    RateLimited,
    TemporaryError,
    TokenExpired,
    TooMuchData,
    wait_within_a_day,
)
from adsync.models import ApiResponse, Credentials, Token

MAX_ATTEMPTS = 3
FIRST_RETRY_DELAY = 0.5
# Longer waits are left to the scheduler: the account backs off and frees its worker.
MAX_WAIT = 5.0

Sleep = Callable[[float], Awaitable[Any]]


class Platform(Protocol):
    """What the client needs to know about a platform; every `Source` provides it."""

    @property
    def name(self) -> str:
        """The platform's name, for messages."""
        ...

    def auth(self, credentials: Credentials, token: Token, /) -> httpx.Auth:
        """Returns the scheme that authenticates a request."""
        ...

    def check(self, response: ApiResponse, /) -> None:
        """Raises the error that the response stands for, if any."""
        ...

    def throttle(self, response: ApiResponse, /) -> float:
        """Returns for how many seconds the account should send nothing after this response."""
        ...


class TokenProvider(Protocol):
    """The access token of one account."""

    # Calls to the token server so far.
    refresh_calls: int

    @property
    def is_refreshable(self) -> bool:
        """Whether the platform can replace a token; if not, TokenExpired is raised to the caller."""
        ...

    async def get(self) -> Token:
        """Returns a token that is valid now."""
        ...

    async def refresh(self, rejected: Token) -> Token:
        """Returns a token newer than the rejected one."""
        ...


@dataclass
class CallStats:
    """Calls made and bytes received for one account."""

    calls: int = 0
    received: int = 0


class ApiClient:
    """Calls one account's API: `get` and `post` return a checked response or raise.

    If the platform rejects the token, the request is repeated once with a token from `tokens`; without `tokens`,
    TokenExpired is raised.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        platform: Platform,
        credentials: Credentials,
        token: Token,
        *,
        tokens: TokenProvider | None = None,
        rate_limiter: RateLimiter = NO_RATE_LIMIT,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.http = http
        self.platform = platform
        self.credentials = credentials
        self.token = token
        self.tokens = tokens
        self.rate_limiter = rate_limiter
        self.sleep = sleep
        self.stats = CallStats()
        # Sentences for an admin about what was left out although nothing failed.
        self.notes: list[str] = []

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> ApiResponse:
        return await self._send_with_retry(self.http.build_request("GET", path, params=params))

    async def post(self, path: str, json: Any, *, repeat: bool = False) -> ApiResponse:
        """`repeat`: the request is safe to send again if its response was lost."""
        request = self.http.build_request("POST", path, json=json)
        return await (self._send_with_retry(request) if repeat else self._send_with_token_refresh(request))

    async def _send_with_retry(self, request: httpx.Request) -> ApiResponse:
        """Sends a request; retries errors that pass within seconds."""
        retrying = AsyncRetrying(
            sleep=self.sleep,
            stop=stop_after_attempt(MAX_ATTEMPTS),
            wait=_wait,
            retry=retry_if_exception(lambda error: _retry_delay(error, 1) is not None),
            reraise=True,
        )
        # As a loop: called with a function, tenacity keeps the response until the next garbage collection.
        async for attempt in retrying:
            with attempt:
                response = await self._send_with_token_refresh(request)
        return response

    async def _send_with_token_refresh(self, request: httpx.Request) -> ApiResponse:
        """Sends a request; if the token was rejected, refreshes it and tries once more."""
        try:
            return await self._send(request)
        except TokenExpired:
            if self.tokens is None or not self.tokens.is_refreshable:
                raise
        calls_before = self.tokens.refresh_calls
        self.token = await self.tokens.refresh(self.token)
        self.stats.calls += self.tokens.refresh_calls - calls_before
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> ApiResponse:
        await self._wait_for_slot(request.url.path)
        self.stats.calls += 1
        try:
            response = await self._read(request)
        except httpx.ReadTimeout as error:
            raise TooMuchData(f"{_describe(request)}: no response within {TIMEOUT.read:.0f} s") from error
        except httpx.RequestError as error:
            reason = redacted(str(error), self.credentials, self.token) or type(error).__name__
            raise TemporaryError(f"{_describe(request)} is unreachable: {reason}") from error
        self.stats.received += len(response.body)
        if seconds := wait_within_a_day(self.platform.throttle(response)):
            await self.rate_limiter.block(seconds)
        try:
            self.platform.check(response)
        except AdsyncError as error:
            redact(error, self.credentials, self.token)
            await self._block_app(error)
            raise
        return response

    async def _block_app(self, error: AdsyncError) -> None:
        """Blocks all accounts of the app after an app-wide limit; after its own limit, the account backs off anyway."""
        if isinstance(error, RateLimited) and error.scope == "app" and error.retry_after:
            await self.rate_limiter.block(error.retry_after, error.scope)

    async def _wait_for_slot(self, path: str) -> None:
        """Sleeps until the reserved slot; RateLimited if it is too far away, so that the account backs off."""
        seconds = await self.rate_limiter.reserve(path, MAX_WAIT)
        if seconds > MAX_WAIT:
            raise RateLimited(f"the rate limit of {self.platform.name} is used up", retry_after=seconds)
        if seconds:
            await self.sleep(seconds)

    async def _read(self, request: httpx.Request) -> ApiResponse:
        """Reads the body into bytes of our own: httpx's responses form cycles, which keep it until a collection."""
        response = await self.http.send(request, auth=self.platform.auth(self.credentials, self.token), stream=True)
        try:
            body = b"".join([chunk async for chunk in response.aiter_bytes()])
        finally:
            await response.aclose()
        return ApiResponse(response.status_code, response.headers, repaired(body))


@asynccontextmanager
async def open_api_client(
    base_url: str,
    platform: Platform,
    credentials: Credentials,
    tokens: TokenProvider,
    rate_limiter: RateLimiter = NO_RATE_LIMIT,
) -> AsyncIterator[ApiClient]:
    """Opens a client with a valid token; closes it at the end."""
    async with session.client(validated_url(base_url, credentials)) as http:
        token = await tokens.get()
        client = ApiClient(http, platform, credentials, token, tokens=tokens, rate_limiter=rate_limiter)
        client.stats.calls += tokens.refresh_calls
        yield client


def validated_url(base_url: str, credentials: Credentials) -> str:
    """Returns the base URL; ConfigError if it is not a full one."""
    with suppress(httpx.InvalidURL):
        url = httpx.URL(base_url)
        if url.scheme in {"http", "https"} and url.host:
            return base_url
    raise ConfigError(
        f"invalid host {credentials.host!r} in connection {credentials.conn_id}: use a full URL (https://...), "
        "or leave it empty to use the default"
    )


def _retry_delay(error: BaseException, attempt: int) -> float | None:
    """Seconds until a retry that is worth waiting for here; None: the caller decides about this error."""
    if isinstance(error, RateLimited):
        seconds = error.retry_after
        return seconds if seconds is not None and seconds <= MAX_WAIT else None
    if isinstance(error, TemporaryError) and not isinstance(error, TooMuchData):
        return FIRST_RETRY_DELAY * 2 ** (attempt - 1)
    return None


def _wait(state: RetryCallState) -> float:
    error = state.outcome and state.outcome.exception()
    return (error and _retry_delay(error, state.attempt_number)) or 0.0


def _describe(request: httpx.Request) -> str:
    return f"{request.method} {request.url.copy_with(query=None)}"

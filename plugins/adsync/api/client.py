"""The one HTTP client: limits, timeouts, retries of seconds, redaction, and the count of calls.

Every answer passes the source's own `check`, because platforms hide errors inside HTTP 200.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from adsync.api import session
from adsync.api.rate_limiter import NO_RATE_LIMIT, RateLimiter
from adsync.api.redaction import redact, redacted
from adsync.api.session import TIMEOUT
from adsync.errors import AdsyncError, ConfigError, RateLimited, TemporaryError, TokenExpired, TooMuchData
from adsync.models import ApiResponse, Credentials, Token
from adsync.sources.base import Source

if TYPE_CHECKING:
    from adsync.auth.token_manager import TokenManager

TRIES = 3
LONGEST_PAUSE = 5.0

Pause = Callable[[float], Awaitable[Any]]
Renew = Callable[[Token], Awaitable[Token]]


@dataclass
class CallStats:
    """Calls made and bytes received on behalf of one account."""

    calls: int = 0
    received: int = 0


class ApiClient:
    """One account's way to its platform: `get` and `post` return a checked answer or raise.

    `renew` replaces a token that the platform refused; without it a refusal goes to the caller.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        source: Source,
        credentials: Credentials,
        pause: Pause = asyncio.sleep,
        *,
        token: Token | None = None,
        renew: Renew | None = None,
        budget: RateLimiter = NO_RATE_LIMIT,
    ) -> None:
        self.http = http
        self.source = source
        self.credentials = credentials
        self.pause = pause
        self.token = token or source.seed(credentials)
        self.renew = renew
        self.budget = budget
        self.meter = CallStats()

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> ApiResponse:
        return await self._patiently(self.http.build_request("GET", path, params=params))

    async def post(self, path: str, json: Any, *, repeat: bool = False) -> ApiResponse:
        """`repeat` says that the request may be sent again when its answer was lost."""
        return await self._patiently(self.http.build_request("POST", path, json=json), repeat=repeat)

    async def _patiently(self, request: httpx.Request, *, repeat: bool = True) -> ApiResponse:
        """Send, and send again after hiccups that pass within seconds."""
        for wait in (*_waits(), None):
            try:
                return await self._renewing(request)
            except (TemporaryError, RateLimited) as error:
                seconds = _pause_for(error, wait)
                if seconds is None or not repeat:
                    raise
                await self.pause(seconds)
        raise AssertionError("the last try returns or raises")

    async def _renewing(self, request: httpx.Request) -> ApiResponse:
        """A token may end at any call; its successor gets one chance."""
        try:
            return await self._send(request)
        except TokenExpired:
            if self.renew is None:
                raise
        self.token = await self.renew(self.token)
        self.meter.calls += 1
        return await self._send(request)

    async def _send(self, request: httpx.Request) -> ApiResponse:
        await self._wait_for_budget(request.url.path)
        self.meter.calls += 1
        try:
            answer = await self._read(request)
        except httpx.ReadTimeout as error:
            raise TooMuchData(f"{_place(request)} did not answer within {TIMEOUT.read:.0f} s") from error
        except httpx.RequestError as error:
            reason = redacted(str(error), self.credentials, self.token) or type(error).__name__
            raise TemporaryError(f"{_place(request)} cannot be reached: {reason}") from error
        self.meter.received += len(answer.body)
        if rest := self.source.pause(answer):
            await self.budget.rest(rest)
        try:
            self.source.check(answer)
        except AdsyncError as error:
            redact(error, self.credentials, self.token)
            await self._rest_of(error)
            raise
        return answer

    async def _rest_of(self, error: AdsyncError) -> None:
        """The account that ran into a limit waits by itself; whoever shares the app with it has to be told."""
        if isinstance(error, RateLimited) and error.scope == "app" and error.retry_after:
            await self.budget.rest(error.retry_after, error.scope)

    async def _wait_for_budget(self, path: str) -> None:
        """Seconds are waited out here; for longer the whole account steps aside, newest days read first."""
        seconds = await self.budget.take(path, LONGEST_PAUSE)
        if seconds > LONGEST_PAUSE:
            raise RateLimited(f"the call budget of {self.source.name} is used up", retry_after=seconds)
        if seconds:
            await self.pause(seconds)

    async def _read(self, request: httpx.Request) -> ApiResponse:
        """Stream the body past httpx, whose responses sit in cycles and would keep it until a collection."""
        response = await self.http.send(request, auth=self.source.auth(self.credentials, self.token), stream=True)
        try:
            body = b"".join([chunk async for chunk in response.aiter_bytes()])
        finally:
            await response.aclose()
        return ApiResponse(response.status_code, response.headers, body)


@asynccontextmanager
async def open_api_client(keeper: TokenManager, budget: RateLimiter = NO_RATE_LIMIT) -> AsyncIterator[ApiClient]:
    """A client for the keeper's account, closed at the end; `credentials.host` replaces the platform's own address."""
    source, credentials = keeper.source, keeper.credentials
    renew = keeper.renewed if source.renewal else None
    base_url = _checked(source.base_url(credentials, keeper.account.account_id), credentials)
    async with session.client(base_url) as http:
        client = ApiClient(http, source, credentials, token=await keeper.current(), renew=renew, budget=budget)
        client.meter.calls += len(keeper.asked)
        yield client


def _checked(base_url: str, credentials: Credentials) -> str:
    with suppress(httpx.InvalidURL):
        url = httpx.URL(base_url)
        if url.scheme in {"http", "https"} and url.host:
            return base_url
    raise ConfigError(
        f"connection {credentials.conn_id}: the host {credentials.host!r} is no URL: write it with https://, "
        "or leave it empty for the platform's own"
    )


def _waits() -> tuple[float, ...]:
    return tuple(0.5 * 2**n for n in range(TRIES - 1))


def _pause_for(error: AdsyncError, wait: float | None) -> float | None:
    """Seconds until the next try, or None when trying again is for somebody with more patience."""
    if wait is None or isinstance(error, TooMuchData):
        return None
    if isinstance(error, RateLimited):
        told = error.retry_after
        return told if told is not None and told <= LONGEST_PAUSE else None
    return wait


def _place(request: httpx.Request) -> str:
    return f"{request.method} {request.url.copy_with(query=None)}"

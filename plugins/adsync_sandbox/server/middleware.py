"""Counts calls and applies faults, around all platforms."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adsync_sandbox.faults.alterations import altered
from adsync_sandbox.faults.headers import altered_head
from adsync_sandbox.faults.responses import replacement
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.call_accounts import called_accounts
from adsync_sandbox.server.token_store import TokenStore

SLOW = 5.0


@dataclass
class CallLog:
    """Calls per source and account; per fault, the matching calls (`seen`) and the faulty responses (`used`)."""

    calls: Counter[str] = field(default_factory=Counter)
    accounts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: Counter[int] = field(default_factory=Counter)
    used: Counter[int] = field(default_factory=Counter)


@dataclass
class FaultMiddleware:
    """ASGI middleware; applies the first fault that is due, and leaves the others for later calls."""

    app: ASGIApp
    faults: tuple[Fault, ...]
    sources: tuple[str, ...]
    log: CallLog
    token_store: TokenStore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        source = scope.get("path", "").strip("/").partition("/")[0]
        if scope["type"] != "http" or source not in self.sources:
            await self.app(scope, receive, send)
            return
        self.log.calls[source] += 1
        called = called_accounts(scope)
        body = await _whole(receive)
        text = _text(scope, body)
        fault = self._due(source, scope["path"], text)
        try:
            await self._respond(fault, text, scope, _replayed(body, receive), send)
        finally:
            # A call that did not reach its endpoint is counted by its token.
            self.log.accounts[source].update(called or self.token_store.accounts_in(text).split())

    def _due(self, source: str, path: str, text: str) -> Fault | None:
        text = f"{text} {self.token_store.accounts_in(text)}"
        due = None
        for n, fault in enumerate(self.faults):
            if fault.matches(source, path, text):
                self.log.seen[n] += 1
                if due is None and (not fault.calls or self.log.seen[n] in fault.calls):
                    due = fault
                    self.log.used[n] += 1
        return due

    async def _respond(self, fault: Fault | None, text: str, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is None:
            await self.app(scope, receive, send)
        elif (answer := replacement(fault)) is not None:
            await answer(scope, receive, send)
        elif fault.kind in {"token_dies", "app_removed", "slow"}:
            await self._before(fault, text)
            await self.app(scope, receive, send)
        else:
            await self._altered(fault, scope, receive, send)

    async def _before(self, fault: Fault, text: str) -> None:
        """Applies a fault that comes before the call, which then proceeds normally."""
        if fault.kind == "slow":
            await asyncio.sleep(SLOW if fault.wait is None else fault.wait)
        elif fault.kind == "token_dies":
            self.token_store.expire(fault.source, text)
        else:
            self.token_store.revoke(fault.source, text)

    async def _altered(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages)
        if fault.kind == "answer_lost":
            await _cut(messages[0], send)
        start, body = altered_head(fault, messages[0], altered(fault, body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


async def _cut(start: Message, send: Send) -> None:
    """Breaks off the response of a call that took effect: the server closes the connection, a test gets the error."""
    await send(start)
    raise httpx.ReadError("the connection was cut")


def _text(scope: Scope, body: bytes) -> str:
    """Returns URL, body and headers of a call as one text, in which accounts and tokens are found."""
    headers = " ".join(value.decode("latin-1") for _, value in scope["headers"])
    return unquote(f"{scope['path']}?{scope['query_string'].decode()} {body.decode(errors='replace')} {headers}")


async def _whole(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Returns a receive function that yields the body once more, then the server's messages."""
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay

"""The one place where calls are counted and faults happen, around all platforms at once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import unquote

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adsync_sandbox.faults.bending import bent
from adsync_sandbox.faults.headers import touched
from adsync_sandbox.faults.responses import instead
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.call_accounts import listen
from adsync_sandbox.server.token_store import TokenStore

SLOW = 5.0


@dataclass
class CallLog:
    """How often each source and account was called, each fault seen a call of its kind, and each fault struck."""

    calls: Counter[str] = field(default_factory=Counter)
    accounts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: Counter[int] = field(default_factory=Counter)
    used: Counter[int] = field(default_factory=Counter)


@dataclass
class FaultMiddleware:
    """ASGI middleware; the first fault that is due strikes, the others wait for their turn."""

    app: ASGIApp
    faults: tuple[Fault, ...]
    sources: tuple[str, ...]
    record: CallLog
    vault: TokenStore

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        source = scope.get("path", "").strip("/").partition("/")[0]
        if scope["type"] != "http" or source not in self.sources:
            await self.app(scope, receive, send)
            return
        self.record.calls[source] += 1
        called = listen(scope)
        body = await _whole(receive)
        told = _told(scope, body)
        fault = self._due(source, scope["path"], told)
        try:
            await self._answered(fault, told, scope, _replayed(body, receive), send)
        finally:
            # A call that never reached its endpoint is still its token's.
            self.record.accounts[source].update(called or self.vault.accounts_told(told).split())

    def _due(self, source: str, path: str, told: str) -> Fault | None:
        told = f"{told} {self.vault.accounts_told(told)}"
        due = None
        for n, fault in enumerate(self.faults):
            if fault.concerns(source, path, told):
                self.record.seen[n] += 1
                if due is None and (not fault.calls or self.record.seen[n] in fault.calls):
                    due = fault
                    self.record.used[n] += 1
        return due

    async def _answered(self, fault: Fault | None, told: str, scope: Scope, receive: Receive, send: Send) -> None:
        if fault is None:
            await self.app(scope, receive, send)
        elif (answer := instead(fault)) is not None:
            await answer(scope, receive, send)
        elif fault.kind in {"token_dies", "app_removed", "slow"}:
            await self._before(fault, told)
            await self.app(scope, receive, send)
        else:
            await self._bent(fault, scope, receive, send)

    async def _before(self, fault: Fault, told: str) -> None:
        """What happens first; the call then goes on as if nothing were."""
        if fault.kind == "slow":
            await asyncio.sleep(SLOW if fault.wait is None else fault.wait)
        elif fault.kind == "token_dies":
            self.vault.kill(fault.source, told)
        else:
            self.vault.revoke(fault.source, told)

    async def _bent(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages)
        if fault.kind == "answer_lost":
            await _cut(messages[0], send)
        start, body = touched(fault, messages[0], bent(fault, body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


async def _cut(start: Message, send: Send) -> None:
    """The call took effect, its answer breaks off: a server closes the connection, a test's client gets the error."""
    await send(start)
    raise httpx.ReadError("the connection was cut")


def _told(scope: Scope, body: bytes) -> str:
    """Everything a call says: address, body, headers, where accounts and tokens stand."""
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
    """The request's body again, then whatever the server has to say."""
    left = [body]

    async def replay() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return replay

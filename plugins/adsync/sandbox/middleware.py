"""The one place where calls are counted and faults happen, around all platforms at once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adsync.sandbox.counting import listen
from adsync.sandbox.fault_answers import instead
from adsync.sandbox.fault_bending import bent
from adsync.sandbox.faults import Fault
from adsync.sandbox.vault import Vault

SLOW = 5.0


@dataclass
class Record:
    """How often each source and account was called, each fault seen a call of its kind, and each fault struck."""

    calls: Counter[str] = field(default_factory=Counter)
    accounts: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seen: Counter[int] = field(default_factory=Counter)
    used: Counter[int] = field(default_factory=Counter)


@dataclass
class Misbehaviour:
    """ASGI middleware; the first fault that is due strikes, the others wait for their turn."""

    app: ASGIApp
    faults: tuple[Fault, ...]
    sources: tuple[str, ...]
    record: Record
    vault: Vault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        source = scope.get("path", "").strip("/").partition("/")[0]
        if scope["type"] != "http" or source not in self.sources:
            await self.app(scope, receive, send)
            return
        self.record.calls[source] += 1
        called = listen(scope)
        body = await _whole(receive)
        fault = self._due(source, scope, body)
        try:
            await self._answered(fault, scope, _replayed(body, receive), send)
        finally:
            self.record.accounts[source].update(called)

    async def _answered(self, fault: Fault | None, scope: Scope, replay: Receive, send: Send) -> None:
        if fault is None:
            await self.app(scope, replay, send)
        elif (answer := instead(fault)) is not None:
            await answer(scope, replay, send)
        else:
            await self._bent(fault, scope, replay, send)

    def _due(self, source: str, scope: Scope, body: bytes) -> Fault | None:
        path = scope["path"]
        told = unquote(f"{path}?{scope['query_string'].decode()} {body.decode(errors='replace')}")
        told = f"{told} {self.vault.accounts_told(f'{told} {secrets(scope)}')}"
        due = None
        for n, fault in enumerate(self.faults):
            if fault.concerns(source, path, told):
                self.record.seen[n] += 1
                if due is None and (not fault.calls or self.record.seen[n] in fault.calls):
                    due = fault
                    self.record.used[n] += 1
        return due

    async def _bent(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        if fault.kind == "slow":
            await asyncio.sleep(SLOW if fault.wait is None else fault.wait)
            await self.app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = bent(fault, b"".join(message.get("body", b"") for message in messages))
        MutableHeaders(raw=messages[0]["headers"])["content-length"] = str(len(body))
        await send(messages[0])
        await send({"type": "http.response.body", "body": body})


def secrets(scope: Scope) -> str:
    """The headers of a call in one text: where tokens stand."""
    return " ".join(value.decode("latin-1") for _, value in scope["headers"])


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

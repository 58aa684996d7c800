"""Lets a mapped task keep its name in the grid while it waits for its next try.

A task of Airflow 3.3 tells the server its name as soon as it knows it, and takes it back with the news of its retry,
which carries an empty one. This stands before the API server, and leaves the emptiness out of the news.
"""

from __future__ import annotations

import re

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NEWS = re.compile(r"/execution/task-instances/[^/]+/state$")
NAME = "rendered_map_index"


class WaitingNames:
    """ASGI middleware; every other request passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_news = scope["type"] == "http" and scope["method"] == "PATCH" and NEWS.search(scope["path"])
        await self.app(scope, await _nameless(receive) if is_news else receive, send)


async def _nameless(receive: Receive) -> Receive:
    """The same messages, their bodies as one."""
    body, message = b"", await receive()
    while message["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            message = {"type": "http.request", "body": kept(body)}
            break
        message = await receive()
    return _first(message, receive)


def _first(message: Message, receive: Receive) -> Receive:
    waiting = [message]

    async def following() -> Message:
        return waiting.pop() if waiting else await receive()

    return following


def kept(body: bytes) -> bytes:
    """The news of a retry without its empty name, as long as it was announced to be; anything else as it is."""
    try:
        news = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return body
    if bytes(news.get("state", b"")) != b'"up_for_retry"' or bytes(news.get(NAME, b"")) != b"null":
        return body
    del news[NAME]
    return msgspec.json.encode(news).ljust(len(body))

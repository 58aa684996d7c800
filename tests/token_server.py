"""A token server on 127.0.0.1 with single-use refresh tokens, and a source that refreshes with it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs

import httpx

from adsync.auth.token_refresh import TokenRefresh
from adsync.errors import TokenExpired
from adsync.models import Account, AccountInfo, ApiResponse, Credentials, Token
from adsync.sources.base import Source
from adsync.sources.common import oauth
from adsync.sources.common.auth import in_header

ACCOUNT = Account("acme", "meta", "901", "shop_acme")


@dataclass
class TokenServer:
    """State and calls of the server. `behavior`: grant, refuse, lose (use up the token, send no response).

    A number is the status of an error response with `body`.
    """

    access: str = "access-0"
    refresh: str = "refresh-0"
    behavior: str | int = "grant"
    body: dict[str, object] = field(default_factory=dict)
    lasts: int = 3600
    posts: int = 0
    reads: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def renew(self, offered: str) -> tuple[int, dict[str, object]]:
        with self.lock:
            self.posts += 1
            if isinstance(self.behavior, int):
                return self.behavior, self.body
            if self.behavior == "refuse" or offered != self.refresh:
                self.access = self.refresh = "revoked"
                return 401, {"error": "invalid_grant", "error_description": f"{offered} was used before"}
            self.access, self.refresh = f"access-{self.posts}", f"refresh-{self.posts}"
            time.sleep(0.2)
            return 200, {"access_token": self.access, "refresh_token": self.refresh, "expires_in": self.lasts}


@contextmanager
def serving(server: TokenServer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            token = self.headers.get("token", "")
            server.reads.append(self.path)
            self.answer(200 if token == server.access else 401, {})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            status, body = server.renew(form["refresh_token"][0])
            if server.behavior == "lose":
                self.connection.close()
            else:
                self.answer(status, body)

        def answer(self, status: int, body: dict[str, object]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            try:
                super().handle()
            except (ValueError, OSError):
                self.close_connection = True

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_address[1]}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def request(credentials: Credentials, token: Token) -> httpx.Request:
    return httpx.Request("POST", f"{credentials.host}/token", data={"refresh_token": token.refresh})


def check(answer: ApiResponse) -> None:
    if answer.status == 401:
        raise TokenExpired("the token ended")


def source(**more: object) -> Source:
    """Returns a source with single-use refresh tokens, like the strictest platform."""
    token_refresh = TokenRefresh(request, oauth.reader("shop", "reinstall the app"), **({"single_use": True} | more))
    return Source(
        "meta",
        "store",
        lambda credentials, _: f"{credentials.host}/",
        in_header("token"),
        check,
        lambda _: AccountInfo("", "", ""),
        (),
        token_refresh=token_refresh,
    )


def credentials(base: str, refresh: str = "refresh-0", access: str = "access-0") -> Credentials:
    return Credentials("shop_acme", base, password=access, extra={"refresh_token": refresh})

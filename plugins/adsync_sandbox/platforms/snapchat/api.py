"""Common parts of Snapchat calls: the bearer token, the envelope, errors, links to the next page.

`request_status` is in upper or lower case, as in the documentation (sheet on Snapchat, section 4).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.generator.ads.campaigns import Campaign
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.call_accounts import add_account

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
BAD_PARAMETER, UNSUPPORTED_BREAKDOWN, UNSUPPORTED_QUERY, UNKNOWN_ENTITY = "E1001", "E1004", "E1008", "E3003"
REQUEST_ID = "66e1c0de0000sandbox"
DISPLAY = "We're sorry, but the data provided in the request is incomplete or incorrect"


class SnapError(Exception):
    """An error response."""

    def __init__(self, status: int, code: str | None, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def body(self) -> dict[str, object]:
        error = {
            "request_status": "ERROR",
            "request_id": REQUEST_ID,
            "debug_message": self.message,
            "display_message": DISPLAY,
        }
        return {**error, "error_code": self.code} if self.code else error


def unsupported(message: str) -> SnapError:
    return SnapError(BAD_REQUEST, UNSUPPORTED_QUERY, f"Unsupported Stats Query: {message}")


def bad_parameter(message: str) -> SnapError:
    return SnapError(BAD_REQUEST, BAD_PARAMETER, message)


async def error_response(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, SnapError):
        raise error
    return JSONResponse(error.body(), error.status)


def succeeded(status: str = "SUCCESS", **body: object) -> JSONResponse:
    return JSONResponse({"request_status": status, "request_id": REQUEST_ID, **body})


def items(name: str, one: str, found: Sequence[object]) -> dict[str, object]:
    return {name: [{"sub_request_status": "SUCCESS", one: each} for each in found]}


@dataclass(frozen=True)
class Call:
    """One authorized call and the accounts its token has access to."""

    request: Request
    accounts: tuple[AdAccount, ...]

    @property
    def world(self) -> World:
        return self.request.app.state.world

    @property
    def params(self) -> dict[str, str]:
        return dict(self.request.query_params)

    def account(self) -> AdAccount:
        account_id = self.request.path_params["id"]
        for one in self.accounts:
            if one.id == account_id:
                add_account(self.request, one.id)
                return one
        if account_id in {one.id for one in self.world.accounts_of("snapchat")}:
            raise SnapError(FORBIDDEN, None, "You have no role on this ad account.")
        raise SnapError(NOT_FOUND, UNKNOWN_ENTITY, "The resource can not be found.")

    def campaign(self) -> Campaign:
        """Returns a campaign by its id; a deleted one is not found even if it has spend."""
        for account in self.accounts:
            for campaign in self.world.campaigns(account.id):
                if campaign.id == self.request.path_params["id"] and campaign.status != "deleted":
                    add_account(self.request, account.id)
                    return campaign
        raise SnapError(NOT_FOUND, UNKNOWN_ENTITY, "The resource can not be found.")

    def start(self) -> int:
        """Returns the start of a page from the cursor of a link."""
        cursor = self.params.get("cursor")
        if cursor is None:
            return 0
        try:
            return int(base64.urlsafe_b64decode(cursor))
        except ValueError as error:
            raise bad_parameter("cursor is invalid") from error

    def next_link(self, offset: int) -> dict[str, str]:
        query = {**self.params, "cursor": base64.urlsafe_b64encode(str(offset).encode()).decode()}
        return {"next_link": f"{self.request.url.replace(query='')}?{urlencode(query)}"}


async def authorize(request: Request) -> Call:
    """Authorizes a call; an unknown or expired token is a 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    conn_id = request.app.state.token_store.owner("snapchat", token) if scheme == "Bearer" else None
    if conn_id is None:
        raise SnapError(UNAUTHORIZED, None, "The access token is expired or invalid.")
    world: World = request.app.state.world
    return Call(request, tuple(one for one in world.accounts_of("snapchat") if one.conn_id == conn_id))

"""Common parts of TikTok calls: the envelope, the token header, JSON-encoded parameters, page numbers.

Almost always HTTP 200; `code` is decisive (sheet on TikTok, sections 1, 4 and 7).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.server.call_accounts import add_account

NO_PERMISSION, BAD_PARAMETER, TOKEN_MISSING, TOKEN_WRONG = 40001, 40002, 40104, 40105
TASK_NOT_READY, TASK_UNKNOWN = 40201, 40300
DEFAULT_PAGE, LARGEST_PAGE = 10, 1000
REQUEST_ID = "20261122000000sandbox00000000"


class TikTokError(Exception):
    """A response with a code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def envelope(data: object, code: int = 0, message: str = "OK") -> JSONResponse:
    return JSONResponse({"code": code, "message": message, "request_id": REQUEST_ID, "data": data})


async def error_response(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, TikTokError):
        raise error
    return envelope({}, error.code, error.message)


def bad_parameter(message: str) -> TikTokError:
    return TikTokError(BAD_PARAMETER, message)


@dataclass(frozen=True)
class Call:
    """One authorized call; `params` come from the query, or from the JSON body of a POST."""

    request: Request
    params: Mapping[str, object]
    accounts: Mapping[str, AdAccount]

    def advertiser(self) -> AdAccount:
        return self.allowed(self.text("advertiser_id"))

    def allowed(self, advertiser_id: str) -> AdAccount:
        """Returns the advertiser; 40001 if the token has no access."""
        if advertiser_id not in self.accounts:
            raise TikTokError(NO_PERMISSION, f"No permission to operate advertiser {advertiser_id}.")
        add_account(self.request, advertiser_id)
        return self.accounts[advertiser_id]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.params.get(name, default)
        if value is None:
            raise bad_parameter(f"{name}: Missing data for required field.")
        return str(value)

    def json(self, name: str, default: object = None) -> object:
        """Returns an array or object: JSON-encoded in a query, plain in a body."""
        value = self.params.get(name, default)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_parameter(f"{name}: Not valid JSON.") from error

    def names(self, name: str, known: Sequence[str], default: Sequence[str]) -> list[str]:
        """Returns a JSON list of names; an unknown name is an error."""
        asked = self.json(name, list(default))
        if not isinstance(asked, list):
            raise bad_parameter(f"{name}: Not a list.")
        for one in asked:
            if one not in known:
                raise bad_parameter(f"{name}: invalid value {one}.")
        return asked

    def number(self, name: str, default: int, largest: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit() or not 1 <= int(text) <= largest:
            raise bad_parameter(f"{name}: Must be between 1 and {largest}.")
        return int(text)


async def authorize(request: Request) -> Call:
    """Reads and authorizes a call; the token is the whole value of its own header."""
    token = request.headers.get("access-token")
    if not token:
        raise TikTokError(TOKEN_MISSING, "Access token is missing.")
    conn_id = request.app.state.token_store.owner("tiktok", token)
    accounts = [one for one in request.app.state.world.accounts_of("tiktok") if one.conn_id == conn_id]
    if not accounts:
        raise TikTokError(TOKEN_WRONG, "Access token is incorrect or has been revoked.")
    params: Mapping[str, object] = request.query_params
    if request.method == "POST":
        try:
            params = await request.json()
        except ValueError as error:
            raise bad_parameter("The body must be JSON.") from error
    return Call(request, params, {one.id: one for one in accounts})


def paged(call: Call, rows: Sequence[object]) -> JSONResponse:
    """Returns one numbered page and the page counts."""
    size = call.number("page_size", DEFAULT_PAGE, LARGEST_PAGE)
    number = call.number("page", 1, 10**6)
    info = {"page": number, "page_size": size, "total_number": len(rows), "total_page": -(-len(rows) // size)}
    return envelope({"list": list(rows[(number - 1) * size : number * size]), "page_info": info})

"""Common parts of Meta calls: parameters from query or body, version, token, proof, account, fields.

Rules: sheet on Meta, sections 1 (token, appsecret_proof, versions) and 2 (fields).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from adsync_sandbox.generator.accounts import AdAccount
from adsync_sandbox.platforms.meta.errors import FORBIDDEN, GraphError, bad_parameter, missing_object
from adsync_sandbox.server.call_accounts import add_account

VERSIONS = ("v25.0", "v26.0")
ACCOUNT_PREFIX = "act_"

# Wraps the value of one field; None omits the key.
Reader = Callable[..., object]


@dataclass(frozen=True)
class Call:
    """One authorized call."""

    request: Request
    params: Mapping[str, str]
    token: str
    accounts: Mapping[str, AdAccount]
    conn_id: str

    def account(self, node: str) -> AdAccount:
        """Returns the account of `act_<id>`; error 200 if the token has no access."""
        account_id = node.removeprefix(ACCOUNT_PREFIX)
        if not node.startswith(ACCOUNT_PREFIX) or not account_id.isdigit():
            raise missing_object(node)
        account = self.accounts.get(account_id)
        if account is None or account.conn_id != self.conn_id:
            raise GraphError(
                200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission", status=FORBIDDEN
            )
        if account.app_secret:
            self._check_proof(account.app_secret)
        add_account(self.request, account.id)
        return account

    def _check_proof(self, secret: str) -> None:
        expected = hmac.new(secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(self.params.get("appsecret_proof", ""), expected):
            raise GraphError(104, "Invalid appsecret_proof provided in the API argument")

    def json(self, name: str) -> object:
        """Returns a JSON parameter, None if it is missing."""
        if name not in self.params:
            return None
        try:
            return json.loads(self.params[name])
        except ValueError as error:
            raise bad_parameter(f"param {name} must be valid JSON.") from error

    def fields(self, known: Mapping[str, Reader], default: Sequence[str]) -> list[str]:
        asked = [name.strip() for name in self.params.get("fields", "").split(",") if name.strip()]
        for name in asked:
            if name not in known:
                raise bad_parameter(
                    f"{name} is not valid for fields param. please check https://developers.example/docs"
                )
        return asked or list(default)


async def authorize(request: Request) -> Call:
    """Reads and authorizes a call: 2635 for a retired version, 190 for an unknown token."""
    _check_version(request.path_params["version"])
    params = {**request.query_params, **await _body(request)}
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = params.pop("access_token", bearer)
    conn_id = request.app.state.token_store.owner("meta", token)
    if conn_id is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", subcode=467, status=401)
    return Call(request, params, token, {one.id: one for one in request.app.state.world.accounts_of("meta")}, conn_id)


def _check_version(version: str) -> None:
    if version in VERSIONS:
        return
    number = version.removeprefix("v").removesuffix(".0")
    if number.isdigit() and int(number) < int(VERSIONS[0][1:3]):
        raise GraphError(2635, f"(#2635) You are calling a deprecated version of the Ads API: {version}.")
    raise GraphError(2500, f"Unknown path components: /{version}")


async def _body(request: Request) -> dict[str, str]:
    if request.method != "POST":
        return {}
    raw = (await request.body()).decode()
    if "json" in request.headers.get("content-type", ""):
        return {key: value if isinstance(value, str) else json.dumps(value) for key, value in json.loads(raw).items()}
    return dict(parse_qsl(raw))

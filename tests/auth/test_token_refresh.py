"""Token refresh by platform: the request each expects, and the meaning of its responses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from adsync import registry
from adsync.auth.token_refresh import initial_token
from adsync.errors import ConfigError, ContractError, RateLimited, ReauthRequired, TemporaryError
from adsync.models import ApiResponse, Credentials, Token

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENDS = NOW + timedelta(days=3)
META = {"app_id": "77", "app_secret": "s3cret"}
SHOPIFY = {"client_id": "c1", "client_secret": "s3cret", "token_url": "https://acme.example/token"}


def answer(status, body):
    return ApiResponse(status, {}, json.dumps(body).encode())


def read(source, status, body, old=None):
    return registry.load(source).token_refresh.read(answer(status, body), old or Token("old", "refresh"), NOW)


# Meta


def exchange(host="", **extra):
    known = Credentials("meta_acme", host, password="t1", extra={**META, **extra})
    return registry.load("meta").token_refresh.request(known, Token("t1", expires_at=ENDS))


def test_meta_exchanges_the_token_itself():
    request = exchange()
    assert str(request.url.copy_with(query=None)) == "https://graph.facebook.com/v26.0/oauth/access_token"
    assert dict(request.url.params) == {
        "grant_type": "fb_exchange_token",
        "client_id": "77",
        "client_secret": "s3cret",
        "fb_exchange_token": "t1",
    }
    assert "set_token_expires_in_60_days" not in exchange(system_user="false").url.params
    assert exchange("http://h/meta", api_version="v27.0").url.path == "/meta/v27.0/oauth/access_token"
    assert str(exchange(token_url="http://h/x").url).startswith("http://h/x?")


def test_meta_extends_a_system_user_s_token_by_sixty_days():
    assert exchange(system_user="true").url.params["set_token_expires_in_60_days"] == "true"


@pytest.mark.parametrize(
    ("extra", "token", "possible"),
    [
        (META, Token("t", expires_at=ENDS), True),
        (META, Token("t"), False),
        ({"app_id": "77"}, Token("t", expires_at=ENDS), False),
        ({"app_secret": "s"}, Token("t", expires_at=ENDS), False),
    ],
)
def test_meta_refreshes_only_with_app_secret_and_known_expiry(extra, token, possible):
    assert registry.load("meta").token_refresh.can_refresh(Credentials("c", extra=extra), token) is possible


def test_meta_s_new_token_expires_as_reported_or_never():
    body = {"access_token": "t2", "token_type": "bearer"}
    assert read("meta", 200, body | {"expires_in": 5183944}).expires_at == NOW + timedelta(seconds=5183944)
    assert read("meta", 200, body).expires_at is None


def test_meta_rejects_an_expired_token_which_requires_reauthorization():
    body = {"error": {"code": 190, "error_subcode": 463, "message": "Session has expired", "type": "OAuthException"}}
    with pytest.raises(ReauthRequired, match="log in to Meta again"):
        read("meta", 400, body)


def test_the_expiry_of_the_connection_s_token_is_in_unix_seconds():
    known = Credentials("c", password="t", extra={"expires": str(int(ENDS.timestamp()))})
    assert initial_token(known) == Token("t", expires_at=ENDS)
    assert initial_token(Credentials("c", password="t")) == Token("t")


# Shopify


def wish(token, **extra):
    request = registry.load("shopify").token_refresh.request(
        Credentials("shopify_acme", extra={**SHOPIFY, **extra}), token
    )
    return request, json.loads(request.content)


def test_shopify_rotates_the_refresh_token():
    request, body = wish(Token("a", "r1"))
    assert (request.method, str(request.url)) == ("POST", "https://acme.example/token")
    assert body == {"client_id": "c1", "client_secret": "s3cret", "grant_type": "refresh_token", "refresh_token": "r1"}
    granted = {"access_token": "b", "scope": "x", "expires_in": 3600, "refresh_token": "r2"}
    assert read("shopify", 200, granted) == Token("b", "r2", NOW + timedelta(hours=1))
    assert registry.load("shopify").token_refresh.single_use


def test_shopify_uses_client_credentials_without_a_refresh_token():
    _, body = wish(Token(""))
    assert body == {"client_id": "c1", "client_secret": "s3cret", "grant_type": "client_credentials"}
    assert read("shopify", 200, {"access_token": "b", "expires_in": 86399}, Token("")).refresh == ""


def test_shopify_s_endpoint_is_below_the_shop():
    known = Credentials("c", "https://acme.myshopify.com", extra=SHOPIFY | {"token_url": ""})
    url = registry.load("shopify").token_refresh.request(known, Token("a", "r")).url
    assert str(url) == "https://acme.myshopify.com/admin/oauth/access_token"
    with pytest.raises(ConfigError, match="missing host in connection c"):
        registry.load("shopify").token_refresh.request(
            Credentials("c", extra=SHOPIFY | {"token_url": ""}), Token("a", "r")
        )


def test_a_custom_app_s_token_cannot_be_renewed():
    assert not registry.load("shopify").token_refresh.can_refresh(Credentials("c", password="shpat"), Token("shpat"))


# What token servers have in common


@pytest.mark.parametrize(
    ("status", "body", "error", "text"),
    [
        (400, {"error": "invalid_grant", "error_description": "idle"}, ReauthRequired, "invalid_grant: idle.*install"),
        (401, {"error": "invalid_client"}, ConfigError, "correct client_id and client_secret"),
        (403, {"unknown": 1}, ReauthRequired, "HTTP 403"),
        (429, {}, RateLimited, "HTTP 429"),
        (408, {}, TemporaryError, "HTTP 408"),
        (400, {"error": "temporarily_unavailable"}, TemporaryError, "temporarily_unavailable"),
        (400, {"error": "server_error", "error_description": "later"}, TemporaryError, "server_error: later"),
        (400, {"error": "invalid_scope"}, ReauthRequired, "invalid_scope"),
        (503, {}, TemporaryError, "HTTP 503"),
        (200, {"scope": "x"}, ContractError, "access_token"),
    ],
)
def test_a_rejection_names_the_remedy(status, body, error, text):
    with pytest.raises(error, match=text) as caught:
        read("shopify", status, body)
    assert type(caught.value) is error


@pytest.mark.parametrize("expires", ["soon", [1], "1e99", 1e300, {"at": 1}, 1796126400000])
def test_an_expiry_that_is_no_unix_time_is_named_without_its_value(expires):
    with pytest.raises(ConfigError, match=r"invalid expires in the extra of connection c \(expected Unix seconds"):
        initial_token(Credentials("c", password="t", extra={"expires": expires}))


def test_what_the_response_does_not_replace_is_kept():
    old = Token("a", "r1", None, {"second": "x"})
    assert read("shopify", 200, {"access_token": "b"}, old) == Token("b", "r1", None, {"second": "x"})

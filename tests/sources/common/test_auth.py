import hashlib
import hmac

import httpx
import pytest

from adsync.errors import ConfigError
from adsync.models import Credentials, Token
from adsync.sources.common.auth import bearer, in_header


def signed(scheme, access="t0ken", extra=None):
    auth = scheme(Credentials("meta_acme", extra=extra or {}), Token(access))
    return next(auth.auth_flow(httpx.Request("GET", "https://api.example/x?a=1")))


def test_a_token_goes_bare_into_its_header():
    request = signed(in_header("Access-Token"))
    assert request.headers["access-token"] == "t0ken"
    assert "t0ken" not in str(request.url)


def test_a_bearer_token_goes_into_authorization():
    request = signed(bearer)
    assert request.headers["authorization"] == "Bearer t0ken"
    assert str(request.url) == "https://api.example/x?a=1"


def test_an_app_secret_adds_a_proof_and_never_itself():
    request = signed(bearer, extra={"app_secret": "s3cret"})
    proof = hmac.new(b"s3cret", b"t0ken", hashlib.sha256).hexdigest()
    assert dict(request.url.params) == {"a": "1", "appsecret_proof": proof}
    assert "s3cret" not in str(request.url)


@pytest.mark.parametrize("scheme", [bearer, in_header("X")])
def test_a_connection_without_token_is_named_with_the_remedy(scheme):
    with pytest.raises(ConfigError, match="missing password in connection meta_acme: put the platform's access token"):
        signed(scheme, access="")

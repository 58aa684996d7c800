from __future__ import annotations

import gzip
import json
import logging

import httpx
import pytest

import sandbox_fixtures
from adsync.api.client import open_api_client
from adsync.api.redaction import secrets_of
from adsync.auth.token_manager import TokenManager
from adsync.errors import ConfigError, PermanentError, RateLimited, TemporaryError, TooMuchData
from adsync.models import Credentials, Token
from adsync.sources.meta.source import SOURCE
from sandbox_fixtures import Pauses, answering

WHO = sandbox_fixtures.account("meta")


async def call(answers, pause=None, method="get", **more):
    async with sandbox_fixtures.connected(WHO, answering(answers), pause) as client:
        answer = await getattr(client, method)("node", {"a": "1"}, **more)
        return answer, client.stats


def raising(error, *after):
    """Answers with errors first, then with an empty object."""
    left = [error, *after]

    def answers(request):
        if left:
            problem = left.pop(0)
            raise problem if isinstance(problem, Exception) else problem("broken", request=request)
        return httpx.Response(200, json={})

    return answers


async def test_a_response_is_counted_with_its_bytes():
    answer, stats = await call(lambda _: httpx.Response(200, json={"x": 1}))
    assert json.loads(answer.body) == {"x": 1}
    assert (stats.calls, stats.received) == (1, len(answer.body))


HICCUPS = [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectTimeout, httpx.WriteTimeout]


@pytest.mark.parametrize("hiccup", HICCUPS)
async def test_a_short_failure_is_retried(hiccup):
    pause = Pauses()
    _, stats = await call(raising(hiccup, hiccup), pause)
    assert pause == [0.5, 1.0]
    assert stats.calls == 3


@pytest.mark.parametrize("hiccup", HICCUPS)
async def test_an_unreachable_host_is_a_temporary_error_and_not_too_much_data(hiccup):
    with pytest.raises(TemporaryError, match=r"GET http://sandbox/meta/v26.0/node is unreachable: \w") as caught:
        await call(raising(*[hiccup] * 3))
    assert type(caught.value) is TemporaryError


class Blocks(list):
    """A rate limiter that records for how long it is blocked."""

    async def reserve(self, _path, _max_wait):
        return 0.0

    async def block(self, seconds, _scope="account"):
        self.append(seconds)


@pytest.mark.parametrize(("minutes", "blocked"), [("1e21", [86400.0]), ("7", [420.0]), ("0", []), ("-5", [])])
async def test_a_pause_that_the_platform_asks_for_is_at_most_a_day(minutes, blocked):
    usage = f'{{"1": [{{"estimated_time_to_regain_access": {minutes}}}]}}'
    answer = httpx.Response(200, json={}, headers={"x-business-use-case-usage": usage})
    async with sandbox_fixtures.connected(WHO, answering(lambda _: answer)) as client:
        client.rate_limiter = Blocks()
        await client.get("node")
    assert client.rate_limiter == blocked


async def test_a_read_timeout_is_too_much_data_and_not_retried():
    pause = Pauses()
    with pytest.raises(TooMuchData, match="no response within 60 s"):
        await call(raising(httpx.ReadTimeout), pause)
    assert pause == []


async def test_a_post_is_retried_only_if_it_is_repeatable():
    pause = Pauses()
    with pytest.raises(TemporaryError):
        await call(raising(httpx.ReadError), pause, method="post")
    assert pause == []
    await call(raising(httpx.ReadError), pause, method="post", repeat=True)
    assert pause == [0.5]


async def test_a_corrupt_compressed_body_is_a_temporary_error():
    cut = gzip.compress(b'{"data": []}' * 99)[:40] + b"\0" * 40
    with pytest.raises(TemporaryError):
        await call(lambda _: httpx.Response(200, content=cut, headers={"content-encoding": "gzip"}))


def limited(seconds):
    usage = json.dumps({"reset_time_duration": seconds})
    body = {"error": {"code": 17, "message": "slower"}}
    return lambda _: httpx.Response(400, json=body, headers={"x-ad-account-usage": usage})


@pytest.mark.parametrize(("seconds", "pauses"), [(2, [2, 2]), (5, [5, 5]), (6, []), (3600, [])])
async def test_only_a_rate_limit_of_seconds_is_waited_for(seconds, pauses):
    pause = Pauses()
    with pytest.raises(RateLimited):
        await call(limited(seconds), pause)
    assert pause == pauses


async def test_a_permanent_error_is_not_retried():
    pause = Pauses()
    with pytest.raises(PermanentError):
        await call(lambda _: httpx.Response(400, json={"error": {"code": 100, "message": "no"}}), pause)
    assert pause == []


async def test_secrets_are_removed_from_error_messages():
    secret = sandbox_fixtures.credentials(WHO.conn_id).password
    with pytest.raises(PermanentError, match=r"bad token \*\*\* here") as caught:
        await call(lambda _: httpx.Response(400, json={"error": {"code": 100, "message": f"bad token {secret} here"}}))
    assert secret not in repr(caught.value)


def test_extra_keys_that_name_secrets_are_secret():
    extra = {"app_secret": "a", "client_secret": "b", "refresh_token": "c", "api_version": "v1", "empty_token": ""}
    token = Token("access", "refresh", extra={"authorization": "second"})
    found = secrets_of(Credentials("x", password="p", extra=extra), token)
    assert set(found) == {"p", "a", "b", "c", "access", "refresh", "second"}


def opened(who, known):
    """A client whose token is the connection's own: the warehouse is not read."""
    tokens = TokenManager("", who, known, SOURCE.initial_token(known), None, lambda: sandbox_fixtures.NOW)
    return open_api_client(SOURCE.base_url(known, who.account_id), SOURCE, known, tokens)


async def test_urls_are_not_logged(caplog):
    caplog.set_level(logging.DEBUG)
    with sandbox_fixtures.served() as base:
        who = sandbox_fixtures.account("meta", "903456789012")
        known = sandbox_fixtures.credentials(who.conn_id, base)
        async with opened(who, known) as client:
            await client.get(f"act_{who.account_id}", {"fields": "id"})
    assert "HTTP Request" not in caplog.text
    assert known.password not in caplog.text
    assert known.extra["app_secret"] not in caplog.text


@pytest.mark.parametrize("host", ["graph.facebook.com", "ftp://graph.facebook.com", "http://", "//x"])
async def test_an_invalid_host_is_named_with_the_remedy(host):
    with pytest.raises(ConfigError, match=r"^invalid host .* in connection meta_acme: use a full URL \(https://"):
        async with opened(WHO, Credentials("meta_acme", host, password="t")):
            pass

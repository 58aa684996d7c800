"""What every source owes when its platform fails: the right error for each real body, and no call in vain."""

from __future__ import annotations

import httpx
import pytest

import contracts
import sandbox_fixtures
from adsync.errors import AdsyncError, ContractError, RateLimited, TemporaryError, TooMuchData
from adsync_sandbox.faults.script import Fault
from contracts import SOURCES, STREAMS, known_keys
from contracts.reading import Noting, fault, records, sandbox
from sandbox_fixtures import Pauses, answering

every_source = pytest.mark.parametrize("source", SOURCES)
stream_of_every_source = pytest.mark.parametrize(("source", "stream"), STREAMS)
KINDS = [(source, kind, error) for source in SOURCES for kind, error in contracts.of(source).errors.items()]
WAITS = [(source, *wait) for source in SOURCES for wait in contracts.of(source).waits]
PASSING = [(source, wait) for source in SOURCES for wait in contracts.of(source).passing]
TOO_LARGE = [source for source in SOURCES if contracts.of(source).errors.get("too_much_data") is TooMuchData]


def longest(source):
    return contracts.of(source).longest


def kind_of(error):
    """What is to be done about it: the class of the tree, whatever a source made of it."""
    return next(each for each in type(error).__mro__ if each.__module__ == AdsyncError.__module__)


@pytest.mark.parametrize(("source", "kind", "error"), KINDS)
async def test_each_failure_is_what_its_body_stands_for(source, kind, error):
    with pytest.raises(AdsyncError) as caught:
        await records(source, longest(source), sandbox(source, longest(source), Fault(source, kind)))
    assert kind_of(caught.value) is error


@pytest.mark.parametrize(("source", "kind", "wait", "told"), WAITS)
async def test_a_rate_limit_carries_the_wait_that_the_platform_named(source, kind, wait, told):
    with pytest.raises(RateLimited) as caught:
        await records(source, longest(source), sandbox(source, longest(source), Fault(source, kind, wait=wait)))
    assert caught.value.retry_after == told


@pytest.mark.parametrize(("source", "wait"), PASSING)
async def test_a_limit_of_seconds_is_waited_out_at_once(source, wait):
    pause, stream = Pauses(), longest(source)
    limited = Fault(source, "rate_limited", wait=wait, calls=(1,))
    read = await records(source, stream, sandbox(source, stream, limited), pause=pause)
    assert {record.key for record in read} == known_keys(source, stream)
    assert len(pause) == 1


@stream_of_every_source
async def test_a_short_server_error_is_retried(source, stream):
    pause = Pauses()
    broken = fault(source, stream, "server_error", calls=(1, 2))
    read = await records(source, stream, sandbox(source, stream, broken), pause=pause)
    assert {record.key for record in read} == known_keys(source, stream)
    assert pause == [0.5, 1.0]


@stream_of_every_source
@pytest.mark.parametrize("kind", ["server_error", "truncated"])
async def test_what_stays_broken_is_a_temporary_error(source, stream, kind):
    with pytest.raises(TemporaryError):
        await records(source, stream, sandbox(source, stream, fault(source, stream, kind)))


@stream_of_every_source
async def test_a_rejected_token_names_the_remedy(source, stream):
    """If tokens can be refreshed, the error is TokenExpired: the token manager raises ReauthRequired if needed."""
    with pytest.raises(contracts.of(source).errors["token_expired"], match=contracts.of(source).expired):
        await records(source, stream, sandbox(source, stream, fault(source, stream, "token_expired")))


@pytest.mark.parametrize("source", TOO_LARGE)
async def test_a_too_large_request_is_not_repeated_unchanged(source):
    stream = longest(source)
    transport = Noting(sandbox(source, stream, fault(source, stream, "too_much_data")))
    with pytest.raises(TooMuchData):
        await records(source, stream, transport)
    assert len(set(transport.asked)) == len(transport.asked)


NO_JSON = [b"", b"<html>maintenance</html>", b'{"data":[', b"\xff\xfe\x00", b"null", b"[]", b"{}", b'"text"', b"17"]


def is_an_answer(source, stream, body):
    """Some of these are a platform's response without records."""
    listed = contracts.of(source).lists.get(stream)
    return listed is not None and body == b"[]" and [] in listed.empty


UNKNOWN = [(*each, body) for each in STREAMS for body in NO_JSON if not is_an_answer(*each, body)]


@pytest.mark.parametrize(("source", "stream", "body"), UNKNOWN)
async def test_an_invalid_response_is_an_adsync_error(source, stream, body):
    page = contracts.of(source).errors.get("html", TemporaryError)
    with pytest.raises((TemporaryError, ContractError, *([page] if b"html" in body else []))):
        await records(source, stream, answering(lambda _: httpx.Response(200, content=body)))


@stream_of_every_source
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", [b"", b"<html>", b'{"message": "upstream"}'])
async def test_the_response_of_a_gateway_is_a_temporary_error(source, stream, status, body):
    with pytest.raises(TemporaryError):
        await records(source, stream, answering(lambda _: httpx.Response(status, content=body)))


@every_source
async def test_a_host_that_cannot_be_reached_is_named_without_the_query(source):
    def refuses(request):
        raise httpx.ConnectError("connection refused", request=request)

    with pytest.raises(TemporaryError, match=r"http://sandbox/.* is unreachable: connection refused") as caught:
        await records(source, longest(source), answering(refuses))
    assert "?" not in str(caught.value)


@every_source
async def test_no_secret_is_in_an_error_or_a_repr(source):
    """The platform repeats in its error whatever it was sent."""
    contract = contracts.of(source)
    who = sandbox_fixtures.account(source, contract.owner)
    known = sandbox_fixtures.credentials(who.conn_id)
    secrets = [known.password, *(str(known.extra[name]) for name in known.extra if name not in PUBLIC)]

    def echoes(request):
        told = " ".join(f"{key}={value}" for key, value in request.headers.items())
        return contract.echo(f"{told} {request.url.query.decode()} {' '.join(secrets)}")

    with pytest.raises(AdsyncError) as caught:
        await records(source, contract.longest, answering(echoes), account_id=who.account_id)
    shown = f"{caught.value} {caught.value!r} {known!r} {known} {who!r} {who}"
    assert "***" in str(caught.value)
    assert not [secret for secret in [*secrets, *basic(known)] if secret in shown]
    assert str(sandbox_fixtures.CUSTOMER_KEY) not in shown


# What a connection contains besides its secrets.
PUBLIC = {"api_version", "app_id", "client_id", "token_url", "redirect_uri", "rest_route", "expires"}


def basic(known):
    """Login and password as a browser would send them."""
    if not known.login:
        return []
    return [httpx.BasicAuth(known.login, known.password)._auth_header.partition(" ")[2]]

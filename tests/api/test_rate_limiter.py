"""Call budgets in a real Redis, shared by real processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import replace

import httpx
import pytest

import sandbox_fixtures
from adsync import registry
from adsync.api import rate_limiter
from adsync.api.client import MAX_WAIT, ApiClient
from adsync.api.rate_limiter import NO_RATE_LIMIT, LimitOwners
from adsync.errors import ConfigError, RateLimited, TemporaryError
from adsync.models import Account, Credentials, RateLimit, Token
from sandbox_fixtures import Pauses, answering

WHO = sandbox_fixtures.account("meta")
OTHER = replace(WHO, account_id="902")
BASE = "http://platform"
KNOWN = Credentials("meta_acme", BASE, password="t")
TOKEN = Token("t")


def limited(*limits):
    return replace(registry.load("meta"), rate_limits=limits)


def limiter(url, *limits, who=WHO, known=KNOWN, platform="meta"):
    return rate_limiter.open_rate_limiter(url, platform, limits, LimitOwners.of(who.account_id, known))


async def taken(url, times, *limits, path="insights", max_wait=60.0, **more):
    """The waits of so many calls at once, in milliseconds."""
    async with limiter(url, *limits, **more) as mine:
        return [round(1000 * await mine.reserve(path, max_wait)) for _ in range(times)]


async def test_without_redis_nothing_is_limited():
    async with limiter(None, RateLimit("app", 1, 60)) as mine:
        assert mine is NO_RATE_LIMIT
        assert await mine.reserve("x", 1) == 0
        await mine.block(3600)
        assert await mine.reserve("x", 1) == 0


async def test_calls_are_spaced_evenly_after_a_short_burst(redis_url):
    waits = await taken(redis_url, 6, RateLimit("account", 10, 1))
    assert waits[:2] == [0, 0]
    assert waits[2:] == pytest.approx([100, 200, 300, 400], abs=60)


async def test_each_slot_is_reserved_once_even_while_waiting(redis_url):
    many = await asyncio.gather(*(taken(redis_url, 4, RateLimit("app", 10, 1)) for _ in range(5)))
    waits = sorted(wait for one in many for wait in one)
    assert waits[-1] == pytest.approx(1800, abs=200)
    assert len(set(waits[2:])) == 18


async def test_a_slot_beyond_max_wait_is_not_reserved(redis_url):
    limit = RateLimit("account", 1, 10)
    assert (await taken(redis_url, 2, limit))[1] == pytest.approx(9000, abs=100)
    refused = await taken(redis_url, 3, limit, max_wait=5)
    assert refused == pytest.approx([19000] * 3, abs=200)


@pytest.mark.parametrize(
    ("scope", "who", "known", "shared"),
    [
        ("account", OTHER, KNOWN, False),
        ("account", WHO, replace(KNOWN, password="other"), True),
        ("token", OTHER, KNOWN, True),
        ("token", WHO, replace(KNOWN, password="other"), False),
        ("app", OTHER, KNOWN, True),
        ("app", WHO, replace(KNOWN, password="other"), False),
        ("app", OTHER, replace(KNOWN, password="other", extra={"app_id": "7"}), False),
    ],
)
async def test_a_limit_is_shared_within_its_scope(redis_url, scope, who, known, shared):
    limit = RateLimit(scope, 1, 10)
    await taken(redis_url, 1, limit)
    [wait] = await taken(redis_url, 1, limit, who=who, known=known)
    assert (wait > 0) is shared


async def test_an_app_shares_one_limit_across_tokens(redis_url):
    limit = RateLimit("app", 1, 10)
    apps = [replace(KNOWN, password=token, extra={"app_id": "7"}) for token in "ab"]
    await taken(redis_url, 1, limit, known=apps[0])
    assert (await taken(redis_url, 1, limit, known=apps[1]))[0] > 0


async def test_a_limit_of_one_path_does_not_delay_other_paths(redis_url):
    limits = (RateLimit("app", 1000, 1), RateLimit("app", 1, 10, path="task/create"))
    assert await taken(redis_url, 1, *limits, path="report/task/create/") == [0]
    assert await taken(redis_url, 1, *limits, path="campaign/get/") == [0]
    assert (await taken(redis_url, 1, *limits, path="report/task/create/"))[0] > 1000


async def test_a_rejected_reservation_uses_no_bucket(redis_url):
    narrow, wide = RateLimit("account", 1, 100), RateLimit("account", 2, 10)
    await taken(redis_url, 1, narrow)
    await taken(redis_url, 5, narrow, wide, max_wait=1)
    assert await taken(redis_url, 1, wide) == [0]


async def test_a_block_stops_all_clients_of_that_account_only(redis_url):
    async with limiter(redis_url) as one, limiter(redis_url) as two, limiter(redis_url, who=OTHER) as other:
        await one.block(300)
        assert await two.reserve("x", 5) == pytest.approx(300, abs=1)
        assert await other.reserve("x", 5) == 0
        await two.block(2)
        assert await one.reserve("x", 5) == pytest.approx(300, abs=1)


async def test_a_block_expires(redis_url):
    async with limiter(redis_url) as mine:
        await mine.block(0.05)
        assert 0 < await mine.reserve("x", 5) <= 0.05
        await asyncio.sleep(0.06)
        assert await mine.reserve("x", 5) == 0


def call(url, calls, results):
    async def one():
        async with limiter(url, RateLimit("app", 20, 1)) as mine:
            for _ in range(calls):
                await asyncio.sleep(await mine.reserve("x", 60))
                results.put(time.time())

    asyncio.run(one())


def test_a_limit_is_kept_across_processes(redis_url):
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    workers = [fork.Process(target=call, args=(redis_url, 15, results)) for _ in range(2)]
    for worker in workers:
        worker.start()
    moments = sorted(results.get(timeout=30) for _ in range(30))
    for worker in workers:
        worker.join()
    assert moments[-1] - moments[0] >= 26 / 20
    assert all(moments[n + 23] - moments[n] > 0.95 for n in range(len(moments) - 23))


async def test_an_unreachable_redis_is_a_temporary_error():
    async with limiter("redis://127.0.0.1:1/0", RateLimit("app", 1, 1)) as mine:
        with pytest.raises(TemporaryError, match=r"cannot read the rate limits in Redis .*adsync_redis"):
            await mine.reserve("x", 1)
        with pytest.raises(TemporaryError, match="rate limits in Redis"):
            await mine.block(1)


async def test_an_invalid_redis_url_is_a_configuration_error():
    with pytest.raises(ConfigError, match="invalid Redis URL"):
        async with limiter("http://127.0.0.1"):
            pass


async def test_a_blocked_app_stops_all_its_accounts_and_no_other_app(redis_url):
    one, same, another = [replace(KNOWN, password=token, extra={"app_id": app}) for token, app in ("a7", "b7", "c8")]
    async with limiter(redis_url, known=one) as mine:
        await mine.block(300, "app")
    for known, seconds in ((same, 300), (another, 0)):
        async with limiter(redis_url, who=OTHER, known=known) as theirs:
            assert await theirs.reserve("x", 5) == pytest.approx(seconds, abs=1)


# Through the client


async def get(url, times, *limits, pause=None, answers=lambda _: httpx.Response(200, json={}), who=WHO):
    source = limited(*limits)
    async with (
        limiter(url, *limits, who=who) as mine,
        httpx.AsyncClient(transport=answering(answers), base_url=BASE) as http,
    ):
        client = ApiClient(http, source, KNOWN, TOKEN, rate_limiter=mine, sleep=Pauses() if pause is None else pause)
        for _ in range(times):
            await client.get("insights")
        return client.stats.calls


async def test_a_wait_of_seconds_is_slept(redis_url):
    pause = Pauses()
    assert await get(redis_url, 3, RateLimit("account", 2, 4), pause=pause) == 3
    assert pause == [pytest.approx(1.6, abs=0.1), pytest.approx(3.6, abs=0.1)]


async def test_a_longer_wait_is_raised_with_its_delay(redis_url):
    pause = Pauses()
    with pytest.raises(RateLimited, match="the rate limit of meta is used up") as caught:
        await get(redis_url, 3, RateLimit("account", 1, 10), pause=pause)
    assert caught.value.retry_after == pytest.approx(9, abs=0.2)
    assert caught.value.retry_after > MAX_WAIT
    assert pause == []


async def test_an_account_close_to_its_limit_is_blocked_for_all_clients(redis_url):
    def nearly(_):
        return httpx.Response(200, json={}, headers={"x-app-usage": '{"call_count": 96}'})

    assert await get(redis_url, 1, answers=nearly) == 1
    with pytest.raises(RateLimited) as caught:
        await get(redis_url, 1)
    assert caught.value.retry_after == pytest.approx(300, abs=1)
    assert await get(redis_url, 1, who=Account("acme", "meta", "903", "meta_acme")) == 1


@pytest.mark.parametrize(("code", "rests"), [(40100, True), (40016, True), (40133, False), (40132, False)])
async def test_a_minute_limit_of_tiktok_s_app_blocks_its_other_accounts_and_one_of_an_advertiser_does_not(
    redis_url, code, rests
):
    tiktok, known = registry.load("tiktok"), replace(KNOWN, extra={"app_id": "7"})
    body = {"code": code, "message": "App reaches the QPM limit."}

    async def call(who, answer):
        async with (
            limiter(redis_url, *tiktok.rate_limits, who=who, known=known, platform="tiktok") as mine,
            httpx.AsyncClient(transport=answering(lambda _: httpx.Response(200, json=answer)), base_url=BASE) as http,
        ):
            return await ApiClient(http, tiktok, known, TOKEN, rate_limiter=mine, sleep=Pauses()).get("campaign/get/")

    with pytest.raises(RateLimited, match=str(code)):
        await call(WHO, body)
    others = call(OTHER, {"code": 0, "data": {}})
    if not rests:
        assert (await others).status == 200
        return
    with pytest.raises(RateLimited, match="rate limit of tiktok is used up") as caught:
        await others
    assert caught.value.retry_after == pytest.approx(300, abs=1)

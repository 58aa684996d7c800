"""WooCommerce sites as they are: plain permalinks, REST closed to visitors, and what an admin is told."""

import json
import re

import httpx
import pytest

from adsync.errors import ConfigError, RateLimited, ReauthRequired, TemporaryError
from adsync.models import Account, Credentials
from adsync.ranges import TimeRange
from adsync.sources.woocommerce.errors import SiteCrashed
from adsync.sources.woocommerce.source import SOURCE
from reading import connected, records, refusal
from sandbox_fixtures import NOW

KEY = Credentials("woo", host="https://shop.example/souq", login="ck_1", password="cs_1")
DAY = TimeRange(NOW.replace(hour=0), NOW)
PLAIN = Credentials(
    "woo", host="https://shop.example/souq", login="ck_1", password="cs_1", extra={"rest_route": "true"}
)


def account(timezone="UTC"):
    return Account("w", "woocommerce", "nakhla", "woo", timezone=timezone, customer_key=b"k" * 32)


def saying(status, **code):
    return httpx.Response(status, json={**code, "message": "", "data": {"status": status}})


def site(request, *, index=None, orders=(), currency=None):
    """A site as a browser sees it: keys count only where the address as sent contains wp-json/wc/."""
    route = request.url.params.get("rest_route") or request.url.path.partition("/wp-json")[2]
    if route == "/":
        return index or httpx.Response(
            200, json={"name": "n", "url": "u", "timezone_string": "Asia/Riyadh", "gmt_offset": 3}
        )
    if b"wp-json/wc/" not in request.url.raw_path or "authorization" not in request.headers:
        return saying(401, code="woocommerce_rest_cannot_view")
    if route.endswith("/currencies/current"):
        return currency or httpx.Response(200, json={"code": "SAR"})
    return httpx.Response(200, json=list(orders))


async def store(known=KEY, who=None, **more):
    transport = httpx.MockTransport(lambda request: site(request, **more))
    [record] = await records(SOURCE, who or account(), "stores", transport, known=known)
    return SOURCE.account_info(record.payload)


async def test_plain_permalinks_are_read_by_an_address_in_which_woocommerce_looks_at_keys():
    asked = []

    def note(request):
        asked.append(request.url)
        return site(request)

    await records(SOURCE, account(), "orders", httpx.MockTransport(note), DAY, known=PLAIN)
    assert await store(PLAIN) == ("n", "SAR", "Asia/Riyadh")
    assert {url.path for url in asked} == {"/souq/index.php/wp-json/wc/"}
    assert {url.params["rest_route"] for url in asked} == {"/wc/v3/orders"}


CLOSED = saying(401, code="rest_not_logged_in")
SUMMER, WINTER = ("2026-08-01T15:00:00", "2026-08-01T12:00:00"), ("2026-11-20T14:00:00", "2026-11-20T12:00:00")


def created(local, gmt):
    return {"date_created": local, "date_created_gmt": gmt}


@pytest.mark.parametrize(
    ("order", "known", "zone"),
    [
        (SUMMER, "Africa/Cairo", "Africa/Cairo"),
        (WINTER, "Africa/Cairo", "Africa/Cairo"),
        (WINTER, "Asia/Riyadh", "Etc/GMT-2"),
        (("2026-11-20T07:00:00", "2026-11-20T12:00:00"), "Asia/Riyadh", "Etc/GMT+5"),
    ],
)
@pytest.mark.parametrize("index", [CLOSED, saying(403, code="rest_forbidden"), httpx.Response(404, text="<html>")])
async def test_a_site_that_closes_rest_to_visitors_is_read_by_its_key_alone(order, known, zone, index):
    info = await store(who=account(known), index=index, orders=[created(*order)])
    assert info == ("nakhla", "SAR", zone)


async def test_a_closed_site_without_orders_keeps_the_time_zone_of_its_workspace():
    assert (await store(who=account("Asia/Dubai"), index=CLOSED)).timezone == "Asia/Dubai"


async def test_a_user_without_manage_woocommerce_is_named():
    with pytest.raises(ReauthRequired, match=r"role Shop manager.*manage_woocommerce for the currency"):
        await store(currency=saying(403, code="woocommerce_rest_cannot_view"))


def test_a_key_over_http_is_named():
    with pytest.raises(ConfigError, match="WooCommerce accepts keys only over https"):
        SOURCE.base_url(Credentials("woo", host="http://shop.example"), "x")


async def test_a_host_with_blanks_around_it_is_read():
    spaced = Credentials("woo", host=" https://shop.example/souq ", login="ck_1", password="cs_1")
    async with connected(SOURCE, account(), httpx.MockTransport(site), known=spaced) as client:
        assert str(client.http.base_url) == "https://shop.example/souq/"


MAINTENANCE = b"<h1>Briefly unavailable for scheduled maintenance. Check back in a minute.</h1>"


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "sentence"),
    [
        (503, MAINTENANCE, {"retry_after": "600"}, RateLimited, r"maintenance mode.*delete the file \.maintenance"),
        (503, MAINTENANCE, {}, TemporaryError, r"maintenance mode.*delete the file \.maintenance"),
        (502, b"", {}, TemporaryError, "the site's server is down or overloaded"),
        (500, b"", {}, SiteCrashed, "its host's error log names the plugin"),
        (301, b"", {"location": "https://www.shop.example/souq/wp-json/wc/v3/orders?consumer_key=ck_1"}, TemporaryError,
         "redirected to https://www.shop.example/souq/wp-json/wc/v3/orders: if that is the site's own address"),
        (404, b"<html>", {}, Exception, 'plain permalinks needs "rest_route": "true"'),
        (200, b"<html>the front page</html>", {}, TemporaryError, 'plain permalinks needs "rest_route": "true"'),
        (401, json.dumps({"code": "woocommerce_rest_cannot_view"}).encode(), {}, ReauthRequired, "only over https"),
    ],
)  # fmt: skip
def test_each_answer_of_a_site_says_what_to_do(status, body, headers, kind, sentence):
    error = refusal(SOURCE, status, body, **headers)
    assert isinstance(error, kind)
    assert re.search(sentence, str(error))
    assert "ck_1" not in str(error)


async def test_the_plan_counts_the_trash_too():
    def answers(request):
        total = {"any": "130", "trash": "7"}[request.url.params["status"]]
        return httpx.Response(200, json=[], headers={"X-WP-Total": total})

    async with connected(SOURCE, account(), httpx.MockTransport(answers), known=KEY) as client:
        assert (await SOURCE.stream("orders").count(client, account(), DAY)).records == 137

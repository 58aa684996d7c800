import json

import httpx
import pytest

from adsync_sandbox.faults.script import Fault
from adsync_sandbox.server.app import create_app
from adsync_sandbox.server.behavior import Behavior

SHOP = "acme.myshopify.com"
TOKEN = {"X-Shopify-Access-Token": "sandbox-shopify-token-of-acme"}
RUN = """
mutation($q: String!, $grouped: Boolean = false) {
  bulkOperationRunQuery(query: $q, groupObjects: $grouped) {
    bulkOperation { id status } userErrors { code field message }
  }
}
"""
POLL = """
query($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url partialDataUrl }
}
"""
SINCE = "updated_at:>='{}T00:00:00Z'"
ORDERS = '{{ orders(query: "{}") {{ edges {{ node {{ id updatedAt {} }} }} }} }}'
ITEMS = "lineItems { edges { node { id quantity } } }"


async def ask(client, query, version="2026-10", shop=SHOP, token=TOKEN, **variables):
    url = f"/shopify/{shop}/admin/api/{version}/graphql.json"
    return (await client.post(url, json={"query": query, "variables": variables}, headers=token)).json()


async def run(client, query, **variables):
    return (await ask(client, RUN, q=query, **variables))["data"]["bulkOperationRunQuery"]


async def finished(client, query, **variables):
    started = await run(client, query, **variables)
    assert started["userErrors"] == []
    while True:
        found = (await ask(client, POLL, id=started["bulkOperation"]["id"]))["data"]["bulkOperation"]
        if found["status"] not in {"CREATED", "RUNNING"}:
            return found


async def lines(client, url):
    return [json.loads(line) for line in (await client.get(url)).text.splitlines()]


def orders(day="2026-11-15", fields=ITEMS):
    return ORDERS.format(SINCE.format(day), fields)


async def test_a_bulk_operation_returns_every_order_and_counts_as_strings(sandbox, small_world):
    client = sandbox()
    done = await finished(client, orders("2020-01-01", "name"))
    found = await lines(client, done["url"])
    assert {one["id"] for one in found} == {order.id for order in small_world.store_orders(SHOP)}
    assert done["objectCount"] == done["rootObjectCount"] == str(len(found))


async def test_children_are_separate_lines_in_any_order(sandbox):
    client = sandbox()
    done = await finished(client, orders())
    found = await lines(client, done["url"])
    assert done["objectCount"] == str(len(found)) == str(3 * int(done["rootObjectCount"]))
    seen, early = set(), 0
    for line in found:
        early += line.get("__parentId", line["id"]) not in seen and "__parentId" in line
        seen.add(line["id"])
    assert early > 0
    grouped = await lines(client, (await finished(client, orders(), grouped=True))["url"])
    assert all(one["__parentId"] == grouped[n - n % 3]["id"] for n, one in enumerate(grouped) if n % 3)


async def test_a_result_without_rows_has_no_url(sandbox):
    done = await finished(sandbox(), orders("2030-01-01"))
    assert (done["status"], done["url"], done["objectCount"]) == ("COMPLETED", None, "0")


async def test_one_operation_runs_at_a_time(sandbox):
    client = sandbox()
    await run(client, orders())
    refused = await run(client, orders())
    assert (refused["bulkOperation"], refused["userErrors"][0]["code"]) == (None, "OPERATION_IN_PROGRESS")


@pytest.mark.parametrize(
    "query",
    [
        "{ shop { id } }",
        "{ orders { edges { node { id colour } } } }",
        "{ orders { edges { node { id customerJourneySummary { moments { nodes { occurredAt } } } } } } }",
        "{ orders {",
    ],
)
async def test_a_query_that_cannot_run_in_bulk_is_invalid(sandbox, query):
    assert (await run(sandbox(), query))["userErrors"][0]["code"] == "INVALID"


async def test_before_2026_an_operation_is_not_found_by_id(sandbox):
    client = sandbox()
    started = await run(client, orders())
    answer = await ask(client, POLL, "2025-10", id=started["bulkOperation"]["id"])
    assert answer["errors"][0]["extensions"]["code"] == "undefinedField"
    current = await ask(client, "{ currentBulkOperation { id } }", "2025-10")
    assert current["data"]["currentBulkOperation"]["id"] == started["bulkOperation"]["id"]


async def test_a_failed_operation_leaves_part_of_its_data(sandbox):
    client = sandbox(Fault("shopify", "bulk_failed"), Fault("shopify", "bulk_short", path="/bulk/"))
    done = await finished(client, orders())
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "INTERNAL_SERVER_ERROR", None)
    assert done["partialDataUrl"]


async def test_a_download_may_have_fewer_lines_than_counted(sandbox):
    client = sandbox(Fault("shopify", "bulk_short", path="/bulk/"))
    done = await finished(client, orders())
    assert 0 < len(await lines(client, done["url"])) < int(done["objectCount"])


async def test_without_the_scope_orders_older_than_sixty_days_are_missing_silently(world):
    app = create_app(world, (), Behavior(read_all_orders=False))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox")
    query = "{ orders(first: 5, sortKey: CREATED_AT) { nodes { createdAt } } }"
    nodes = (await ask(client, query))["data"]["orders"]["nodes"]
    assert nodes[0]["createdAt"] > "2026-09-23T09:30:00Z"
    old = world.store_orders(SHOP)[0].id
    assert (await ask(client, "query($i: [ID!]!) { nodes(ids: $i) { id } }", i=[old]))["data"]["nodes"] == [None]


async def test_a_journey_becomes_ready_and_updated_at_does_not_move(world):
    app = create_app(world, (), Behavior(journeys_ready_after=1))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox")
    waiting = next(order.id for order in world.store_orders(SHOP) if not order.journey.ready)
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { updatedAt customerJourneySummary {
        ready moments(first: 5) { nodes { occurredAt ... on CustomerVisit { landingPage } } } } } } }"""
    first, second = [(await ask(client, query, ids=[waiting]))["data"]["nodes"][0] for _ in range(2)]
    assert first["updatedAt"] == second["updatedAt"]
    assert [one["customerJourneySummary"]["ready"] for one in (first, second)] == [False, True]
    assert second["customerJourneySummary"]["moments"]["nodes"][0]["landingPage"]


async def test_a_used_refresh_token_works_until_the_new_access_token_is_used(sandbox, links):
    client, extra, shop = sandbox(), links["shopify_juniper"]["extra"], "juniper.myshopify.com"
    form = {name: extra[name] for name in ("refresh_token", "client_id", "client_secret")}
    form["grant_type"] = "refresh_token"
    lost = (await client.post(extra["token_url"], json=form)).json()
    fresh = (await client.post(extra["token_url"], json=form)).json()
    assert fresh["refresh_token"] != extra["refresh_token"]
    for token, answers in ((lost, False), (fresh, True)):
        header = {"X-Shopify-Access-Token": token["access_token"]}
        assert ("data" in await ask(client, "{ shop { id } }", shop=shop, token=header)) == answers
    again = await client.post(extra["token_url"], json=form)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_client_credentials_return_a_token_for_a_day(sandbox, links):
    client, extra = sandbox(), links["shopify_juniper"]["extra"]
    form = {"client_id": extra["client_id"], "client_secret": extra["client_secret"]}
    fresh = (await client.post(extra["token_url"], json={"grant_type": "client_credentials", **form})).json()
    assert fresh["expires_in"] == 86_399
    header = {"X-Shopify-Access-Token": fresh["access_token"]}
    assert "data" in await ask(client, "{ shop { id } }", shop="juniper.myshopify.com", token=header)

import pytest

from adsync_sandbox.server.leaky_bucket import Limits

SHOP = "acme.myshopify.com"
TOKEN = {"X-Shopify-Access-Token": "sandbox-shopify-token-of-acme"}
ORDERS = """
query Orders($first: Int = 40, $q: String, $after: String) {
  orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id updatedAt }
  }
}
"""
WIDE = """
query Wide($q: String!, $after: String) {
  orders(first: 15, after: $after, query: $q, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id name test createdAt updatedAt cancelledAt displayFinancialStatus paymentGatewayNames
      currencyCode presentmentCurrencyCode
      totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
      totalRefundedSet { shopMoney { amount } } netPaymentSet { shopMoney { amount } }
      customAttributes { key value } customer { id }
      refunds(first: 20) { id createdAt totalRefundedSet { shopMoney { amount currencyCode } } }
      customerJourneySummary { ready customerOrderIndex daysToConversion momentsCount { count precision }
        firstVisit { ...V } lastVisit { ...V }
        moments(first: 10) { nodes { occurredAt ... on CustomerVisit { ...V } } pageInfo { hasNextPage } } }
    }
  }
}
# A comment, and the fragment after its use.
fragment V on CustomerVisit {
  id occurredAt landingPage referrerUrl source utmParameters { source medium campaign content term }
}
"""
FOR_EVER = "updated_at:>='2020-01-01T00:00:00Z'"


def url(shop=SHOP, version="2026-10"):
    return f"/shopify/{shop}/admin/api/{version}/graphql.json"


async def ask(client, query, **variables):
    answer = await client.post(url(), json={"query": query, "variables": variables}, headers=TOKEN)
    assert answer.status_code == 200
    return answer.json()


async def all_nodes(client, query, **variables):
    nodes, after = [], None
    while True:
        found = (await ask(client, query, after=after, **variables))["data"]["orders"]
        nodes += found["nodes"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            return nodes


async def code_of(client, query, **variables):
    return (await ask(client, query, **variables))["errors"][0]["extensions"]["code"]


async def test_the_shop_has_zone_and_currency(sandbox):
    answer = await ask(sandbox(), "{ shop { id name myshopifyDomain ianaTimezone currencyCode } }")
    assert answer["data"]["shop"]["ianaTimezone"] == "Asia/Riyadh"
    assert answer["data"]["shop"]["currencyCode"] == "SAR"


async def test_a_wrong_token_is_a_401_and_a_wrong_shop_a_404(sandbox):
    client, body = sandbox(), {"query": "{ shop { id } }"}
    wrong = {"X-Shopify-Access-Token": "sandbox-shopify-token-of-nakhla"}
    assert (await client.post(url(), json=body, headers=wrong)).status_code == 401
    assert (await client.post(url("other.myshopify.com"), json=body, headers=TOKEN)).status_code == 404


async def test_an_unknown_version_falls_forward_and_is_named_in_a_header(sandbox):
    answer = await sandbox().post(url(version="2019-04"), json={"query": "{ shop { id } }"}, headers=TOKEN)
    assert answer.headers["X-Shopify-API-Version"] == "2025-10"


async def test_pages_add_up_to_every_order_with_test_and_cancelled_ones(sandbox, small_world):
    nodes = await all_nodes(sandbox(), WIDE, q=FOR_EVER)
    orders = {order.id: order for order in small_world.store_orders(SHOP)}
    assert [node["id"] for node in nodes] == list(dict.fromkeys(node["id"] for node in nodes))
    assert {node["id"] for node in nodes} == set(orders)
    assert [node["updatedAt"] for node in nodes] == sorted(node["updatedAt"] for node in nodes)
    assert any(node["test"] for node in nodes)
    assert any(node["cancelledAt"] for node in nodes)
    for node in nodes:
        order = orders[node["id"]]
        assert int(node["totalPriceSet"]["shopMoney"]["amount"].replace(".", "")) == order.total
        assert int(node["totalRefundedSet"]["shopMoney"]["amount"].replace(".", "")) == order.payment.refunded


async def test_a_response_has_exactly_the_selected_fields(sandbox):
    query = "{ orders(first: 1) { found: nodes { __typename number: name refunds(first: 0) { id } } } }"
    answer = await ask(sandbox(), query)
    assert answer["data"]["orders"]["found"][0].keys() == {"__typename", "number", "refunds"}


async def test_the_filter_is_half_open_the_way_it_is_written(sandbox, small_world):
    moments = sorted(order.payment.updated_at for order in small_world.store_orders(SHOP))
    since, until = moments[20], moments[40]
    for quote in "'\"":
        first, last = (f"{quote}{at:%Y-%m-%dT%H:%M:%SZ}{quote}" for at in (since, until))
        q = f"updated_at:>={first} AND updated_at:<{last}"
        nodes = await all_nodes(sandbox(), ORDERS, q=q)
        assert len(nodes) == sum(since <= at < until for at in moments)


async def test_an_unquoted_date_or_unknown_term_filters_nothing(sandbox, small_world):
    q = "updated_at:>=2026-11-21T00:00:00Z colour:blue"
    assert len(await all_nodes(sandbox(), ORDERS, q=q)) == len(small_world.store_orders(SHOP))


async def test_without_a_sort_key_orders_are_sorted_by_processing_time(sandbox):
    nodes = (await ask(sandbox(), "{ orders(first: 100) { nodes { processedAt updatedAt } } }"))["data"]["orders"][
        "nodes"
    ]
    assert nodes == sorted(nodes, key=lambda node: node["processedAt"])
    assert nodes != sorted(nodes, key=lambda node: node["updatedAt"])


async def test_a_cursor_belongs_to_its_query_and_sort_key(sandbox):
    client = sandbox()
    cursor = (await ask(client, ORDERS, q=FOR_EVER))["data"]["orders"]["pageInfo"]["endCursor"]
    assert await code_of(client, ORDERS, q=None, after=cursor) == "BAD_REQUEST"
    other = ORDERS.replace("UPDATED_AT", "CREATED_AT")
    assert await code_of(client, other, q=FOR_EVER, after=cursor) == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ orders(first: 5) { nodes { id colour } } }", "undefinedField"),
        (
            "{ orders(first: 5) { nodes { customerJourneySummary { moments { nodes { landingPage } } } } } }",
            "undefinedField",
        ),
        ("{ orders(first: 5, colour: 1) { nodes { id } } }", "argumentNotAccepted"),
        ("{ orders(first: 5) { nodes { customer } } }", "selectionMismatch"),
        ("{ orders(first: 5) { nodes { ...Gone } } }", "useAndDefineFragment"),
        ("{ orders(first: $n) { nodes { id } } }", "variableNotDefined"),
        ("{ orders(first: 251) { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders { nodes { id } } }", "BAD_REQUEST"),
        ("{ orders(first: 5) { nodes { id }", "PARSE_ERROR"),
    ],
)
async def test_an_invalid_query_is_rejected_with_the_name(sandbox, query, code):
    assert await code_of(sandbox(), query) == code


async def test_cost_counts_objects_and_sizes_connections(sandbox):
    answer = await ask(sandbox(), "{ orders(first: 10) { pageInfo { hasNextPage } nodes { id customer { id } } } }")
    cost = answer["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 1 + 10 * 2
    assert cost["actualQueryCost"] <= cost["requestedQueryCost"]


async def test_a_query_above_a_thousand_points_is_rejected(sandbox):
    answer = await ask(sandbox(), WIDE.replace("first: 15", "first: 50"), q=FOR_EVER)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert answer["errors"][0]["extensions"]["maxCost"] == 1000


async def test_an_empty_bucket_throttles_and_reports_its_restore_rate(sandbox):
    client = sandbox(shopify_limits=Limits(bucket=100, restore=1))
    query = "{ orders(first: 80) { nodes { id } } }"
    assert "data" in await ask(client, query)
    answer = await ask(client, query)
    status = answer["extensions"]["cost"]["throttleStatus"]
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer["extensions"]["cost"]["actualQueryCost"] is None
    assert "data" not in answer
    assert (status["restoreRate"], status["maximumAvailable"]) == (1.0, 100.0)
    assert status["currentlyAvailable"] < 80


async def test_orders_can_be_read_again_by_id(sandbox, small_world):
    wanted = [order.id for order in small_world.store_orders(SHOP)[:2]]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { name } } }"
    nodes = (await ask(sandbox(), query, ids=[*wanted, "gid://shopify/Order/1"]))["data"]["nodes"]
    assert [node and node["id"] for node in nodes] == [*wanted, None]
    assert nodes[0]["name"].startswith("#")


async def test_journeys_may_be_missing_pending_or_longer_than_a_page(sandbox):
    nodes = await all_nodes(sandbox(), WIDE, q=FOR_EVER)
    journeys = [node["customerJourneySummary"] for node in nodes]
    assert None in journeys
    present = [journey for journey in journeys if journey]
    assert any(
        not journey["ready"] and journey["moments"] is None and journey["momentsCount"] is None for journey in present
    )
    visits = [journey["lastVisit"] for journey in present if journey["lastVisit"]]
    assert any(visit["utmParameters"] is None and "utm_id=" in visit["landingPage"] for visit in visits)
    for journey in present:
        if journey["moments"]:
            assert len(journey["moments"]["nodes"]) == min(10, journey["momentsCount"]["count"])

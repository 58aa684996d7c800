"""Validates every query against Shopify's official schema."""

from __future__ import annotations

from datetime import UTC, datetime

import graphql
import pytest

import shopify_schema
from adsync.ranges import TimeRange
from adsync.sources.shopify import queries
from adsync.sources.shopify.search_filter import updated_within

if reason := shopify_schema.missing():
    pytest.skip(reason, allow_module_level=True)

SPAN = TimeRange(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
TEXTS = {
    **{name: text for name, text in vars(queries).items() if name.isupper() and "{" in str(text)},
    "bulk_orders": queries.bulk_orders(updated_within(SPAN)),
}
# Parts of the others, which are no documents of their own.
PARTS = {"VISIT", "ORDER"}
DOCUMENTS = {name: text for name, text in TEXTS.items() if name not in PARTS}


@pytest.fixture(scope="module")
def introspection():
    return shopify_schema.introspection()


@pytest.fixture(scope="module")
def schema(introspection):
    return graphql.build_client_schema(introspection, assume_valid=True)


@pytest.fixture(scope="module")
def protected(introspection):
    """(type, field) of everything that Shopify marks as personal."""
    types = introspection["__schema"]["types"]
    return {
        (kind["name"], field["name"]) for kind in types for field in kind["fields"] or () if field.get("isProtected")
    }


def selected(schema, text):
    """(type, field) of everything that a text selects."""
    found, types = set(), graphql.TypeInfo(schema)

    class Fields(graphql.Visitor):
        def enter_field(self, node, *_):
            found.add((types.get_parent_type().name, node.name.value))

    graphql.visit(graphql.parse(text), graphql.TypeInfoVisitor(types, Fields()))
    return found


def test_there_are_queries_to_look_at():
    reading = {"STORE", "ORDERS", "ORDERS_COUNT", "ORDERS_BY_ID", "ORDER_IDS", "CURRENT_TOTALS", "MOMENTS"}
    assert reading | {"BULK_RUN", "BULK_STATE", "bulk_orders"} == set(DOCUMENTS)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_query_is_valid_in_the_official_schema(schema, name):
    assert graphql.validate(schema, graphql.parse(DOCUMENTS[name])) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_deprecated_field_is_selected(schema, name):
    for kind, field in selected(schema, DOCUMENTS[name]):
        assert schema.type_map[kind].fields[field].deprecation_reason is None, f"{kind}.{field}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_quirk_10_no_protected_field_is_selected(schema, protected, name):
    assert ("Customer", "email") in protected
    assert selected(schema, DOCUMENTS[name]) & protected == set()


def test_a_field_that_does_not_exist_would_be_found(schema):
    wrong = queries.ORDERS.replace("closedAt", "closedOn")
    assert "closedOn" in str(graphql.validate(schema, graphql.parse(wrong)))


def test_quirk_8_only_shop_money_of_sums_that_refunds_leave_alone_is_selected(schema):
    for text in (queries.ORDERS, queries.ORDERS_BY_ID, DOCUMENTS["bulk_orders"]):
        fields = selected(schema, text)
        assert ("MoneyBag", "presentmentMoney") not in fields
        assert ("Order", "totalPriceSet") in fields
        assert not [name for kind, name in fields if kind == "Order" and name.startswith("currentTotal")]

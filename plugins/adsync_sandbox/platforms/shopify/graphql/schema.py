"""The part of Shopify's schema that the sandbox supports (sheet on Shopify, sections 2 to 4)."""

from __future__ import annotations

SCALAR = None

_MONEY_FIELDS = (
    "totalPriceSet",
    "currentTotalPriceSet",
    "originalTotalPriceSet",
    "totalRefundedSet",
    "totalDiscountsSet",
    "totalTaxSet",
    "totalShippingPriceSet",
    "netPaymentSet",
    "totalReceivedSet",
)
_ORDER_SCALARS = """
    id legacyResourceId name number test createdAt processedAt updatedAt cancelledAt cancelReason closedAt
    displayFinancialStatus displayFulfillmentStatus returnStatus edited sourceName currencyCode
    presentmentCurrencyCode paymentGatewayNames
"""
_BULK_SCALARS = """
    id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl
"""
_VISIT_SCALARS = "id occurredAt landingPage referrerUrl referralCode source sourceDescription sourceType"

# Type -> field -> the field's type; SCALAR for numbers, texts, enums and lists of them.
TYPES: dict[str, dict[str, str | None]] = {
    "QueryRoot": {
        "shop": "Shop",
        "order": "Order",
        "nodes": "Node",
        "orders": "OrderConnection",
        "ordersCount": "Count",
        "bulkOperation": "BulkOperation",
        "currentBulkOperation": "BulkOperation",
        "currentAppInstallation": "AppInstallation",
    },
    "AppInstallation": {"accessScopes": "AccessScope"},
    "AccessScope": {"handle": SCALAR},
    "MutationRoot": {"bulkOperationRunQuery": "BulkOperationRunQueryPayload"},
    "BulkOperationRunQueryPayload": {"bulkOperation": "BulkOperation", "userErrors": "UserError"},
    "UserError": dict.fromkeys(("code", "field", "message"), SCALAR),
    "BulkOperation": dict.fromkeys(_BULK_SCALARS.split(), SCALAR),
    "Shop": dict.fromkeys(("id", "name", "myshopifyDomain", "ianaTimezone", "currencyCode"), SCALAR),
    "Node": {"id": SCALAR},
    "OrderConnection": {"pageInfo": "PageInfo", "nodes": "Order", "edges": "OrderEdge"},
    "OrderEdge": {"cursor": SCALAR, "node": "Order"},
    "PageInfo": dict.fromkeys(("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"), SCALAR),
    "Order": {
        **dict.fromkeys(_ORDER_SCALARS.split(), SCALAR),
        **dict.fromkeys(_MONEY_FIELDS, "MoneyBag"),
        "customAttributes": "Attribute",
        "customer": "Customer",
        "refunds": "Refund",
        "lineItems": "LineItemConnection",
        "customerJourneySummary": "CustomerJourneySummary",
    },
    "LineItemConnection": {"pageInfo": "PageInfo", "nodes": "LineItem", "edges": "LineItemEdge"},
    "LineItemEdge": {"cursor": SCALAR, "node": "LineItem"},
    "LineItem": dict.fromkeys(("id", "title", "quantity"), SCALAR),
    "MoneyBag": {"shopMoney": "MoneyV2", "presentmentMoney": "MoneyV2"},
    "MoneyV2": {"amount": SCALAR, "currencyCode": SCALAR},
    "Attribute": {"key": SCALAR, "value": SCALAR},
    "Customer": {"id": SCALAR, "email": SCALAR, "displayName": SCALAR},
    "Refund": {
        **dict.fromkeys(("id", "createdAt", "processedAt", "updatedAt"), SCALAR),
        "totalRefundedSet": "MoneyBag",
    },
    "CustomerJourneySummary": {
        **dict.fromkeys(("ready", "customerOrderIndex", "daysToConversion"), SCALAR),
        "momentsCount": "Count",
        "firstVisit": "CustomerVisit",
        "lastVisit": "CustomerVisit",
        "moments": "CustomerMomentConnection",
    },
    "Count": {"count": SCALAR, "precision": SCALAR},
    "CustomerMomentConnection": {
        "pageInfo": "PageInfo",
        "nodes": "CustomerMoment",
        "edges": "CustomerMomentEdge",
    },
    "CustomerMomentEdge": {"cursor": SCALAR, "node": "CustomerMoment"},
    "CustomerMoment": {"occurredAt": SCALAR},
    "CustomerVisit": {
        **dict.fromkeys(_VISIT_SCALARS.split(), SCALAR),
        "utmParameters": "UTMParameters",
    },
    "UTMParameters": dict.fromkeys(("source", "medium", "campaign", "content", "term"), SCALAR),
}

# The interfaces of a type; other fields need a fragment.
INTERFACES = {"Order": {"Node"}, "CustomerVisit": {"CustomerMoment", "Node"}}

PAGING = {"first", "after", "last", "before", "reverse"}
ARGUMENTS = {
    ("QueryRoot", "orders"): PAGING | {"query", "sortKey", "savedSearchId"},
    ("QueryRoot", "ordersCount"): {"query", "limit", "savedSearchId"},
    ("QueryRoot", "order"): {"id"},
    ("QueryRoot", "nodes"): {"ids"},
    ("QueryRoot", "bulkOperation"): {"id"},
    ("QueryRoot", "currentBulkOperation"): {"type"},
    ("MutationRoot", "bulkOperationRunQuery"): {"query", "groupObjects"},
    ("Order", "refunds"): {"first"},
    ("Order", "lineItems"): PAGING,
    ("CustomerJourneySummary", "moments"): PAGING,
}


def is_connection(type_name: str) -> bool:
    return type_name.endswith("Connection")

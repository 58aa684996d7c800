"""The GraphQL queries; a test validates each against Shopify's official schema.

Only shop money is requested, and no field that Shopify protects. An object costs one point, a scalar none.
"""

from __future__ import annotations

# Points of one order as selected below; one query may cost 1,000.
ORDER_POINTS = 15

VISIT = "id occurredAt landingPage referrerUrl source utmParameters { source medium campaign content term }"
ORDER = f"""
id legacyResourceId name test createdAt processedAt updatedAt cancelledAt closedAt
displayFinancialStatus displayFulfillmentStatus currencyCode paymentGatewayNames edited
totalPriceSet {{ shopMoney {{ amount currencyCode }} }}
totalRefundedSet {{ shopMoney {{ amount }} }}
netPaymentSet {{ shopMoney {{ amount }} }}
customAttributes {{ key value }}
customer {{ id }}
customerJourneySummary {{
  ready customerOrderIndex momentsCount {{ count }}
  firstVisit {{ {VISIT} }}
  lastVisit {{ {VISIT} }}
}}
"""

STORE = """
query Store {
  shop { id name myshopifyDomain ianaTimezone currencyCode }
  currentAppInstallation { accessScopes { handle } }
}
"""
# Sorted: Shopify's default order is by processing and changes while it is read.
ORDERS = f"""
query OrdersUpdated($filter: String!, $after: String, $first: Int!) {{
  orders(first: $first, after: $after, query: $filter, sortKey: UPDATED_AT) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {ORDER} }}
  }}
}}
"""
ORDER_IDS = """
query OrderIds($filter: String!, $after: String, $first: Int!) {
  orders(first: $first, after: $after, query: $filter, sortKey: CREATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id }
  }
}
"""
# The default limit of the count is 10,000.
ORDERS_COUNT = """
query OrdersCount($filter: String!) {
  ordersCount(query: $filter, limit: null) { count }
}
"""
ORDERS_BY_ID = f"""
query OrdersById($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Order {{ {ORDER} }} }}
}}
"""
# Asked for edited orders only: in every page it would cost a tenth of the orders.
CURRENT_TOTALS = """
query CurrentTotals($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { id currentTotalPriceSet { shopMoney { amount } } } }
}
"""
MOMENTS = f"""
query Moments($ids: [ID!]!, $most: Int!) {{
  nodes(ids: $ids) {{
    ... on Order {{
      id customerJourneySummary {{
        moments(first: $most) {{ nodes {{ occurredAt ... on CustomerVisit {{ {VISIT} }} }} }}
      }}
    }}
  }}
}}
"""
BULK_RUN = """
mutation BulkRun($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status }
    userErrors { code field message }
  }
}
"""
BULK_STATE = """
query BulkState($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount url }
}
"""


def bulk_orders(search: str) -> str:
    """Returns the query of a bulk operation, which has no variables and only the first and last visit."""
    return f'{{ orders(query: "{search}") {{ edges {{ node {{ {ORDER} }} }} }} }}'

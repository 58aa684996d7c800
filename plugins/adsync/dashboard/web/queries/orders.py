"""View orders: why an order was attributed to its campaign, or to none; the latest orders, or those found.

data: orders [{store_platform, store_id, order_id, number, order_date, value, outcome, reason, sentence, touches}],
newest first, at most `MAX_ROWS`; touches [{touch, at, platform, campaign_id, campaign_name, rule, verdict, why}].
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import ViewRequest
from adsync.status.order_explanation import FIND

MAX_ROWS = 20
# A day's orders are read, not all: within one time zone a later order has no earlier day.
LATEST = """
select workspace_id, platform as store_platform, store_id, order_id, order_date, net_reporting
from marts.orders
where workspace_id = %(workspace)s
order by local_date desc, order_date desc, order_id desc
limit %(most)s
"""
# The inner limit has each order explained by its key: joined freely, the planner has read every order's explanation.
EXPLAINED = """
with found as materialized ({found})

select
    explained.store_platform,
    explained.store_id,
    explained.order_id,
    explained.number,
    explained.order_date,
    latest.net_reporting as value,
    explained.outcome,
    explained.reason,
    explained.sentence,
    explained.touches
from (select * from found order by order_date desc, order_id desc limit %(most)s) as latest
cross join lateral (
    select *
    from marts.order_explanations as explanations
    where
        explanations.workspace_id = latest.workspace_id
        and explanations.store_platform = latest.store_platform
        and explanations.store_id = latest.store_id
        and explanations.order_id = latest.order_id
    limit 1
) as explained
order by latest.order_date desc, latest.order_id desc
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    key = request.about.strip()
    values = request.values | {"key": key, "store": None, "most": MAX_ROWS}
    query = EXPLAINED.format(found=FIND if key else LATEST)
    return {"orders": marts.rows("order_explanations", query, values)}

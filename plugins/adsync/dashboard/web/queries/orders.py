"""View orders: why an order was attributed to its campaign, or to none; the latest orders, or those found.

data: orders [{store_platform, store_id, order_id, number, order_date, value, outcome, reason, sentence, touches}],
newest first, at most `MAX_ROWS`; touches [{touch, at, platform, campaign_id, campaign_name, rule, verdict, why}].
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import ViewRequest

MAX_ROWS = 20
# Orders are selected first because explaining them is expensive. Some ids are paths that end in a number.
ORDERS = """
with found as (

    select workspace_id, platform, store_id, order_id, order_date, net_reporting
    from marts.orders
    where
        workspace_id = %(workspace)s
        and (
            %(about)s = ''
            or number in (%(about)s, '#' || %(about)s)
            or order_id = %(about)s
            or right(order_id, length(%(about)s) + 1) = '/' || %(about)s
        )
    order by order_date desc, order_id desc
    limit %(most)s

)

select
    explained.store_platform,
    explained.store_id,
    explained.order_id,
    explained.number,
    explained.order_date,
    found.net_reporting as value,
    explained.outcome,
    explained.reason,
    explained.sentence,
    explained.touches
from found
inner join marts.order_explanations as explained
    on
        found.workspace_id = explained.workspace_id
        and found.platform = explained.store_platform
        and found.store_id = explained.store_id
        and found.order_id = explained.order_id
order by found.order_date desc, found.order_id desc
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    about = request.about.strip()
    values = request.values | {"about": about, "most": MAX_ROWS}
    return {"orders": marts.rows("order_explanations", ORDERS, values)}

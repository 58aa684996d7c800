"""View reconciliation: from all orders placed to the revenue attributed to campaigns.

data: sums {gross, test, cancelled, unpaid, refunded, store_revenue, attributed, unattributed, claimed, residual} of the
period, null without days; reasons [{reason, amount}], the largest first; days [{date, ...}], newest first.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row
from adsync.dashboard.web.request import ViewRequest

IN_PERIOD = """
with days as (

    select reconciliation.*
    from marts.reconciliation as reconciliation
    inner join marts.dashboard_metrics as periods
        on
            reconciliation.workspace_id = periods.workspace_id
            and reconciliation.date between periods.first_day and periods.last_day
    where periods.workspace_id = %(workspace)s and periods.period = %(period)s

)
"""
# A sum with an unknown part is unknown.
SUMS = """select
    case when count(*) = count(gross) then sum(gross) end as gross,
    case when count(*) = count(test) then sum(test) end as test,
    case when count(*) = count(cancelled) then sum(cancelled) end as cancelled,
    case when count(*) = count(unpaid) then sum(unpaid) end as unpaid,
    case when count(*) = count(refunded) then sum(refunded) end as refunded,
    case when count(*) = count(store_revenue) then sum(store_revenue) end as store_revenue,
    case when count(*) = count(attributed) then sum(attributed) end as attributed,
    case when count(*) = count(unattributed) then sum(unattributed) end as unattributed,
    case when count(*) = count(claimed) then sum(claimed) end as claimed,
    case when count(*) = count(residual) then sum(residual) end as residual
from days
having count(*) > 0
"""
REASONS = """select
    parts.reason,
    case when count(*) = count(parts.amount) then sum(cast(parts.amount as numeric)) end as amount
from days
cross join lateral jsonb_each_text(days.unattributed_by_reason) as parts (reason, amount)
group by parts.reason
order by amount desc nulls last, parts.reason
"""
DAYS = """select
    date, gross, test, cancelled, unpaid, refunded, store_revenue, attributed, unattributed, claimed, residual
from days
order by date desc
"""


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    return {
        "sums": marts.row("reconciliation", IN_PERIOD + SUMS, request.values),
        "reasons": marts.rows("reconciliation", IN_PERIOD + REASONS, request.values),
        "days": marts.rows("reconciliation", IN_PERIOD + DAYS, request.values),
    }

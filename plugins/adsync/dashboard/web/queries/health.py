"""View health: the sync status of every account and the required action, as in `python -m adsync status`.

data: accounts [{platform, account_id, kind, name, status, is_stale, last_success_at, age_seconds, covered_from,
covered_through, final_through, next_try, calls_24h, error_class, action, needs_action}], those that require action
first; rejected [{platform, account_id, stream, record_key, reason, attempts, first_seen_at}], the latest records that
could not be read, as they are now; rejected_total, the number of all; issues [{type, platform, account_id, campaign_id,
date, detail}], at most `MAX_ROWS`; total, the number of issues.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row, split_total
from adsync.dashboard.web.request import ViewRequest
from adsync.status import accounts, rejected_records
from adsync.status.accounts import AccountStatus

MAX_ROWS = 200
HEALTH = """
select
    platform, account_id, kind, name, status, is_stale, last_success_at, extract(epoch from age)::bigint as age_seconds,
    covered_from, covered_through, final_through, calls_24h, error_class
from marts.sync_health
where workspace_id = %(workspace)s and is_active
order by
    array_position(array['reauth_required', 'failed', 'never_synced', 'retrying', 'paused', 'ok'], status),
    not is_stale, platform, account_id
"""
ISSUES = """
select type, platform, account_id, campaign_id, date, detail, count(*) over () as total
from marts.consistency_issues
where workspace_id = %(workspace)s
order by date desc nulls last, type, subject
limit %(most)s
"""
REJECTED_FIELDS = ("platform", "account_id", "stream", "record_key", "reason", "attempts", "first_seen_at")
NO_ACTION = {
    "ok": "none",
    "retrying": "none: retried automatically",
    "paused": "none: the account is paused",
    "new": "none: waiting for the first sync",
}
STALE = "no sync for hours without an error: check whether the sync DAG is paused"


def read(marts: MartReader, request: ViewRequest, _: Row | None) -> dict[str, Any]:
    statuses = {(each.platform, each.native_id): each for each in accounts.read(marts.connection)}
    rows = [row | _status(row, statuses) for row in marts.rows("sync_health", HEALTH, request.values)]
    issues, total = split_total(marts.rows("consistency_issues", ISSUES, request.values | {"most": MAX_ROWS}))
    rejected = rejected_records.read(marts.connection, str(request.values["workspace"]))
    return {
        "accounts": rows,
        "rejected": [{name: getattr(each, name) for name in REJECTED_FIELDS} for each in rejected],
        "rejected_total": rejected[0].total if rejected else 0,
        "issues": issues,
        "total": total,
    }


def _status(row: Row, statuses: Mapping[tuple[str, str], AccountStatus]) -> Row:
    found = statuses.get((row["platform"], row["account_id"]))
    if found is None:
        return {"next_try": None, "action": NO_ACTION["paused"], "needs_action": False}
    action = _required_action(found, is_stale=row["is_stale"])
    return {
        "next_try": found.next_try,
        "action": action or NO_ACTION[found.status],
        "needs_action": action is not None,
    }


def _required_action(account: AccountStatus, *, is_stale: bool) -> str | None:
    if account.status in accounts.NEEDS_ACTION:
        return account.required_action
    return STALE if is_stale and account.status == "ok" else None

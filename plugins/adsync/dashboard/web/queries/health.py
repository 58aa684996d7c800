"""How every account's sync is, and what a person should do; in the words of `python -m adsync status`.

data: accounts [{platform, account_id, kind, name, status, is_stale, last_success_at, age_seconds, covered_from,
covered_through, final_through, next_try, calls_24h, error_class, advice}], those in need first; issues [{type,
platform, account_id, campaign_id, date, detail}], what does not add up, at most `MOST`; total, how many there are.
"""

from __future__ import annotations

from typing import Any

from adsync.dashboard.web.queries.base import MartReader, Row, counted
from adsync.dashboard.web.request import Question
from adsync.status import accounts

MOST = 200
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
CALM = {
    "ok": "nothing",
    "retrying": "nothing: it is tried again by itself",
    "paused": "nothing while it is meant to rest",
    "new": "nothing: its first sync is about to come",
}
STALE = "it says well, and yet was not read for hours: look whether its DAG is paused"


def read(marts: MartReader, asked: Question, _: Row | None) -> dict[str, Any]:
    known = {(each.platform, each.native_id): each for each in accounts.read(marts.connection)}
    rows = [row | _standing(row, known) for row in marts.rows("sync_health", HEALTH, asked.values)]
    issues, total = counted(marts.rows("consistency_issues", ISSUES, asked.values | {"most": MOST}))
    return {"accounts": rows, "issues": issues, "total": total}


def _standing(row: Row, known: dict[tuple[str, str], accounts.AccountStatus]) -> Row:
    found = known.get((row["platform"], row["account_id"]))
    if found is None:
        return {"next_try": None, "advice": CALM["paused"]}
    return {"next_try": found.next_try, "advice": _advice(found, is_stale=row["is_stale"])}


def _advice(standing: accounts.AccountStatus, *, is_stale: bool) -> str:
    if standing.status in accounts.NEEDS_ACTION:
        return standing.plea
    return STALE if is_stale and standing.status == "ok" else CALM[standing.status]

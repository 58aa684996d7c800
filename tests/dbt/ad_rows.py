"""Campaigns and their days, in the shapes that the loaders store.

A day is told as `impressions`, `clicks`, `spend`, `ctr`, `cpc`, `name`, `currency`, `purchases`; Snapchat's also as
`settled`. Meta's purchases are {action type: (count, value)}, for it reports one under several, and its `roas` {action
type: ratio}; others' (count, value) and a ratio.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

Payload = dict[str, object]


def _meta_campaign(campaign_id: str, name: str) -> Payload:
    created = "2026-01-05T09:15:00+0300"
    status = {"status": "ACTIVE", "effective_status": "ACTIVE"}
    return {"id": campaign_id, "name": name, **status, "objective": "OUTCOME_SALES", "created_time": created}


def _tiktok_campaign(campaign_id: str, name: str) -> Payload:
    status = {"operation_status": "ENABLE", "secondary_status": "CAMPAIGN_STATUS_ENABLE"}
    created = "2026-01-05 06:15:00"
    return {"campaign_id": campaign_id, "campaign_name": name, **status, "create_time": created}


def _meta_metrics(account_id: str, campaign_id: str, day: date, row: Payload) -> Payload:
    payload: Payload = {"account_id": account_id, "campaign_id": campaign_id, "campaign_name": row.get("name", "Sale")}
    payload |= {"account_currency": row.get("currency", "USD"), "date_start": str(day), "date_stop": str(day)}
    payload |= {key: str(row[key]) for key in ("impressions", "clicks", "spend", "ctr", "cpc") if key in row}
    if purchases := row.get("purchases"):
        payload["actions"] = [_action(kind, count) for kind, (count, _) in purchases.items()]
        payload["action_values"] = [_action(kind, value) for kind, (_, value) in purchases.items()]
    if told := row.get("roas"):
        payload["purchase_roas"] = [_action(kind, value) for kind, value in told.items()]
    return payload


def _action(kind: str, value: object) -> Payload:
    return {"action_type": kind, "value": str(value)}


def _tiktok_metrics(_account_id: str, campaign_id: str, day: date, row: Payload) -> Payload:
    count, value = row.get("purchases", ("-", "-"))
    measured = {key: str(row[key]) for key in ("impressions", "clicks", "spend", "ctr", "cpc") if key in row}
    claimed = {"complete_payment": str(count), "total_complete_payment_rate": str(value)}
    claimed |= {"complete_payment_roas": str(row["roas"])} if "roas" in row else {}
    return {
        "dimensions": {"campaign_id": campaign_id, "stat_time_day": f"{day} 00:00:00"},
        "metrics": {"campaign_name": row.get("name", "Sale"), **measured, **claimed},
    }


def _snapchat_campaign(campaign_id: str, name: str) -> Payload:
    created = "2026-01-05T06:15:00.000Z"
    return {"id": campaign_id, "name": name, "status": "ACTIVE", "delivery_status": ["VALID"], "created_at": created}


def _snapchat_metrics(_account_id: str, campaign_id: str, day: date, row: Payload) -> Payload:
    """Days in Riyadh's time zone; without `settled` the row does not report whether it is final."""
    count, value = row.get("purchases", (0, 0))
    claimed = {"conversion_purchases": count, "conversion_purchases_value": _micros(value)}
    stats = {"impressions": row["impressions"], "swipes": row["clicks"], "spend": _micros(row["spend"]), **claimed}
    end = _riyadh_midnight(day + timedelta(days=1))
    finalized = {None: None, True: end, False: _riyadh_midnight(day)}[row.get("settled")]
    return {
        "campaign_id": campaign_id,
        "start_time": _riyadh_midnight(day),
        "end_time": end,
        "stats": stats,
        "finalized_data_end_time": finalized,
        "conversion_data_processed_end_time": finalized,
    }


def _micros(amount: object) -> int:
    return int(Decimal(str(amount)) * 1_000_000)


def _riyadh_midnight(day: date) -> str:
    return f"{day}T00:00:00.000+03:00"


CAMPAIGNS = {"meta": _meta_campaign, "tiktok": _tiktok_campaign, "snapchat": _snapchat_campaign}
METRICS = {"meta": _meta_metrics, "tiktok": _tiktok_metrics, "snapchat": _snapchat_metrics}

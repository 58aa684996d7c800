"""Hand-made raw rows, in the shapes that the loaders store.

Amounts are strings and absent keys stay absent, as the platforms send them. Each call of `put` is a load of its own:
`loaded_at` is the database's clock unless `at` says otherwise.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from urllib.parse import urlencode

import psycopg

Payload = dict[str, object]

WORKSPACE = """insert into adsync.workspaces (workspace_id, name, currency, timezone, alerts, attribution)
    values (%s, %s, %s, %s, %s, %s)"""
ACCOUNT = """insert into adsync.accounts (workspace_id, platform, native_id, kind, conn_id, currency, timezone, options)
    values (%s, %s, %s, %s, 'some_connection', %s, %s, %s)"""
COVERAGE = """insert into adsync.sync_state
    (platform, account_id, stream, status, covered_from, covered_through, last_success_at, error_message)
    values (%s, %s, %s, %s, %s, %s, %s, %s)"""
PUT = """insert into raw.{table} (account_id, record_key, metric_date, payload, observed_at, loaded_at, run_id)
    values (%(account)s, %(key)s, %(day)s, %(payload)s, coalesce(%(at)s, now()), coalesce(%(at)s, clock_timestamp()), 'r')
    on conflict (account_id, record_key) do update
    set payload = excluded.payload, observed_at = excluded.observed_at, loaded_at = excluded.loaded_at
    where {table}.payload is distinct from excluded.payload"""
OBSERVE = """insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
    values (%s, 'campaign_metrics', %s, %s, %s, coalesce(%s, now()), null)"""


def workspace(db: psycopg.Connection, name: str, currency: str, timezone: str, **settings: Payload) -> None:
    alerts, attribution = json.dumps(settings.get("alerts", {})), json.dumps(settings.get("attribution", {}))
    db.execute(WORKSPACE, (name, name.title(), currency, timezone, alerts, attribution))


def account(
    db: psycopg.Connection,
    workspace_id: str,
    platform: str,
    native_id: str,
    currency: str,
    timezone: str,
    **options: str,
) -> None:
    kind = "store" if platform == "shopify" else "ad_account"
    db.execute(ACCOUNT, (workspace_id, platform, native_id, kind, currency, timezone, json.dumps(options)))


def synced(
    db: psycopg.Connection, platform: str, account_id: str, days: tuple[date, date], at: datetime | None, **more: str
) -> None:
    stream = "orders" if platform == "shopify" else "campaign_metrics"
    status, message = more.get("status", "ok"), more.get("error_message")
    db.execute(COVERAGE, (platform, account_id, stream, status, *days, at, message))


def put(
    db: psycopg.Connection,
    table: str,
    account_id: str,
    key: str,
    payload: Payload,
    *,
    day: date | None = None,
    at: datetime | None = None,
) -> None:
    row = {"account": account_id, "key": key, "day": day, "payload": json.dumps(payload), "at": at}
    db.execute(PUT.format(table=table), row)


def campaign(
    db: psycopg.Connection, platform: str, account_id: str, campaign_id: str, name: str, *, at: datetime | None = None
) -> None:
    put(db, f"{platform}_campaigns", account_id, campaign_id, CAMPAIGNS[platform](campaign_id, name), at=at)


def metrics(
    db: psycopg.Connection,
    platform: str,
    account_id: str,
    campaign_id: str,
    day: date,
    *,
    at: datetime | None = None,
    **row,
) -> None:
    """One campaign's day: `impressions`, `clicks`, `spend`, `purchases` (count, value), `name`, and more as it comes."""
    payload = METRICS[platform](account_id, campaign_id, day, row)
    put(db, f"{platform}_campaign_metrics", account_id, f"{campaign_id}:{day}", payload, day=day, at=at)


def withdraw(
    db: psycopg.Connection, platform: str, account_id: str, campaign_id: str, day: date, *, at: datetime | None = None
) -> None:
    key = f"{campaign_id}:{day}"
    db.execute(
        f"delete from raw.{platform}_campaign_metrics where (account_id, record_key) = (%s, %s)", (account_id, key)
    )
    db.execute(OBSERVE, (platform, account_id, key, day, at))


def order(
    db: psycopg.Connection, store: str, number: int, created: datetime, *, at: datetime | None = None, **row
) -> None:
    """One Shopify order: `total`, `refunded`, `received`, `status`, `visits`, `attributes`, `cancelled`, `test`, ..."""
    gid = f"gid://shopify/Order/{number}"
    put(db, "shopify_orders", store, gid, shopify_order(gid, number, created, row), at=at)


def visit(number: int, moment: datetime, *, source: str = "unknown", **query: str) -> Payload:
    """One visit whose landing page carries the query; `utm` stays empty, as it does when Shopify did not read it."""
    return {
        "id": f"gid://shopify/CustomerVisit/{number}",
        "occurredAt": _utc(moment),
        "landingPage": "https://shop.example/?" + urlencode(query),
        "referrerUrl": None,
        "source": source,
        "utmParameters": None,
    }


def shopify_order(gid: str, number: int, created: datetime, row: Payload) -> Payload:
    currency = row.get("currency", "SAR")
    visits = row.get("visits", [])
    return {
        "id": gid,
        "name": f"#{number}",
        "test": row.get("test", False),
        "createdAt": _utc(created),
        "updatedAt": _utc(created),
        "cancelledAt": row.get("cancelled"),
        "closedAt": None,
        "displayFinancialStatus": row.get("status", "PAID"),
        "paymentGatewayNames": [row.get("gateway", "shopify_payments")],
        "currencyCode": currency,
        "totalPriceSet": _money(row["total"], currency),
        "totalRefundedSet": _money(row.get("refunded", "0.0"), currency),
        "netPaymentSet": _money(row.get("received", row["total"]), currency),
        "customAttributes": [{"key": key, "value": value} for key, value in row.get("attributes", {}).items()],
        "customer": {"id": "5f0c"},
        "customerJourneySummary": _journey(visits) if visits else None,
    }


def _journey(visits: list[Payload]) -> Payload:
    moments = {"nodes": visits, "pageInfo": {"hasNextPage": False}}
    return {
        "ready": True,
        "customerOrderIndex": 0,
        "firstVisit": visits[0],
        "lastVisit": visits[-1],
        "moments": moments,
    }


def _money(amount: str, currency: str) -> Payload:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _meta_campaign(campaign_id: str, name: str) -> Payload:
    created = "2026-01-05T09:15:00+0300"
    status = {"status": "ACTIVE", "effective_status": "ACTIVE"}
    return {"id": campaign_id, "name": name, **status, "objective": "OUTCOME_SALES", "created_time": created}


def _tiktok_campaign(campaign_id: str, name: str) -> Payload:
    status = {"operation_status": "ENABLE", "secondary_status": "CAMPAIGN_STATUS_ENABLE"}
    created = "2026-01-05 06:15:00"
    return {"campaign_id": campaign_id, "campaign_name": name, **status, "create_time": created}


def _meta_metrics(account_id: str, campaign_id: str, day: date, row: Payload) -> Payload:
    """`purchases` maps action types to (count, value): Meta reports one purchase under several."""
    payload: Payload = {"account_id": account_id, "campaign_id": campaign_id, "campaign_name": row.get("name", "Sale")}
    payload |= {"account_currency": row.get("currency", "USD"), "date_start": str(day), "date_stop": str(day)}
    payload |= {key: str(row[key]) for key in ("impressions", "clicks", "spend", "ctr", "cpc") if key in row}
    if purchases := row.get("purchases"):
        payload["actions"] = [{"action_type": kind, "value": str(count)} for kind, (count, _) in purchases.items()]
        payload["action_values"] = [
            {"action_type": kind, "value": str(value)} for kind, (_, value) in purchases.items()
        ]
    return payload


def _tiktok_metrics(_account_id: str, campaign_id: str, day: date, row: Payload) -> Payload:
    count, value = row.get("purchases", ("-", "-"))
    measured = {key: str(row[key]) for key in ("impressions", "clicks", "spend", "ctr", "cpc") if key in row}
    claimed = {"complete_payment": str(count), "total_complete_payment_rate": str(value)}
    return {
        "dimensions": {"campaign_id": campaign_id, "stat_time_day": f"{day} 00:00:00"},
        "metrics": {"campaign_name": row.get("name", "Sale"), **measured, **claimed},
    }


CAMPAIGNS = {"meta": _meta_campaign, "tiktok": _tiktok_campaign}
METRICS = {"meta": _meta_metrics, "tiktok": _tiktok_metrics}

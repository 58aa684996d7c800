"""Hand-made raw rows, in the shapes that the loaders store.

Amounts are strings and absent keys stay absent, as the platforms send them. One `Load` stands for one run of a sync:
its rows carry the database's clock as `loaded_at` unless `at` says otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg
from psycopg.sql import SQL, Identifier

Payload = dict[str, object]

WORKSPACE = "insert into adsync.workspaces (workspace_id, name, currency, timezone) values (%s, %s, %s, %s)"
ACCOUNT = """insert into adsync.accounts (workspace_id, platform, native_id, kind, conn_id, currency, timezone)
    values (%s, %s, %s, %s, 'some_connection', %s, %s)"""
COVERAGE = """insert into adsync.sync_state
    (platform, account_id, stream, status, covered_from, covered_through, last_success_at, error_message)
    values (%s, %s, %s, %s, %s, %s, %s, %s)"""
PUT = SQL("""insert into raw.{table} (account_id, record_key, metric_date, payload, observed_at, loaded_at, run_id)
    values (%(account)s, %(key)s, %(day)s, %(payload)s, coalesce(%(at)s, now()),
        coalesce(%(at)s, clock_timestamp()), 'run')
    on conflict (account_id, record_key) do update
    set payload = excluded.payload, observed_at = excluded.observed_at, loaded_at = excluded.loaded_at
    where {table}.payload is distinct from excluded.payload""")
DELETE = SQL("delete from raw.{table} where (account_id, record_key) = (%s, %s)")
OBSERVE = """insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
    values (%s, 'campaign_metrics', %s, %s, %s, coalesce(%s, now()), null)"""


class Account(NamedTuple):
    """An ad account or a store, as everybody names it."""

    platform: str
    native_id: str

    @property
    def kind(self) -> str:
        return "store" if self.platform == "shopify" else "ad_account"

    @property
    def stream(self) -> str:
        return "orders" if self.kind == "store" else "campaign_metrics"


@dataclass(frozen=True)
class Load:
    """Everything that one run writes."""

    db: psycopg.Connection
    at: datetime | None = None

    def workspace(self, name: str, currency: str, timezone: str) -> None:
        self.db.execute(WORKSPACE, (name, name.title(), currency, timezone))

    def account(self, workspace: str, account: Account, currency: str, timezone: str) -> None:
        self.db.execute(ACCOUNT, (workspace, *account, account.kind, currency, timezone))

    def synced(self, account: Account, days: tuple[date, date], at: datetime, error: str | None = None) -> None:
        status = "failed" if error else "ok"
        self.db.execute(COVERAGE, (*account, account.stream, status, *days, at, error))

    def campaign(self, account: Account, campaign_id: str, name: str) -> None:
        payload = CAMPAIGNS[account.platform](campaign_id, name)
        self._put(account, "campaigns", campaign_id, payload)

    def metrics(self, account: Account, campaign_id: str, day: date, **row) -> None:
        """A campaign's day: `impressions`, `clicks`, `spend`, `ctr`, `cpc`, `name`, `currency` and `purchases`.

        Meta's purchases are {action type: (count, value)}, for it reports one under several; TikTok's (count, value).
        """
        payload = METRICS[account.platform](account.native_id, campaign_id, day, row)
        self._put(account, "campaign_metrics", f"{campaign_id}:{day}", payload, day)

    def withdraw(self, account: Account, campaign_id: str, day: date) -> None:
        key, table = f"{campaign_id}:{day}", Identifier(f"{account.platform}_campaign_metrics")
        self.db.execute(DELETE.format(table=table), (account.native_id, key))
        self.db.execute(OBSERVE, (*account, key, day, self.at))

    def order(self, store: Account, number: int, created: datetime, **row) -> None:
        """`row`: total, refunded, received, status, gateway, currency, cancelled, test, visits, attributes."""
        gid = f"gid://shopify/Order/{number}"
        self._put(store, "orders", gid, shopify_order(gid, number, created, row))

    def _put(self, account: Account, stream: str, key: str, payload: Payload, day: date | None = None) -> None:
        row = {"account": account.native_id, "key": key, "day": day, "payload": json.dumps(payload), "at": self.at}
        self.db.execute(PUT.format(table=Identifier(f"{account.platform}_{stream}")), row)


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
    payload: Payload = {"account_id": account_id, "campaign_id": campaign_id, "campaign_name": row.get("name", "Sale")}
    payload |= {"account_currency": row.get("currency", "USD"), "date_start": str(day), "date_stop": str(day)}
    payload |= {key: str(row[key]) for key in ("impressions", "clicks", "spend", "ctr", "cpc") if key in row}
    if purchases := row.get("purchases"):
        payload["actions"] = [_action(kind, count) for kind, (count, _) in purchases.items()]
        payload["action_values"] = [_action(kind, value) for kind, (_, value) in purchases.items()]
    return payload


def _action(kind: str, value: object) -> Payload:
    return {"action_type": kind, "value": str(value)}


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

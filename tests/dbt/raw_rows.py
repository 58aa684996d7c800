"""Raw rows for tests, written as one sync run writes them.

Amounts are strings and absent keys stay absent, as the platforms send them. Rows carry the database's clock as
`loaded_at` unless `at` says otherwise.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg
from ad_rows import CAMPAIGNS, METRICS, Payload
from order_rows import ORDERS
from psycopg.sql import SQL, Identifier

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
CLICK = """insert into raw.clicks
        (workspace_id, click_id, visitor_hash, order_key, clicked_at, url, referrer, loaded_at)
    values (%s, %s, %s, %s, %s, %s, %s, coalesce(%s, clock_timestamp()))"""
DELETE = SQL("delete from raw.{table} where (account_id, record_key) = (%s, %s)")
OBSERVE = """insert into raw.observations (source, stream, account_id, record_key, metric_date, observed_at, payload)
    values (%s, 'campaign_metrics', %s, %s, %s, coalesce(%s, now()), %s)"""


class Account(NamedTuple):
    """The key of an ad account or a store."""

    platform: str
    native_id: str

    @property
    def kind(self) -> str:
        return "store" if self.platform in ORDERS else "ad_account"

    @property
    def stream(self) -> str:
        return "orders" if self.kind == "store" else "campaign_metrics"


@dataclass(frozen=True)
class Load:
    """The rows of one sync run."""

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

    def ad(self, account: Account, ad_id: str, campaign_id: str) -> None:
        self._put(account, "ads", ad_id, {"id": ad_id, "kind": "ad", "campaign_id": campaign_id})

    def metrics(self, account: Account, campaign_id: str, day: date, **row) -> None:
        """A campaign's day, with the same arguments for every platform; see ad_rows."""
        payload = METRICS[account.platform](account.native_id, campaign_id, day, row)
        key = f"{campaign_id}:{day}"
        if self._put(account, "campaign_metrics", key, payload, day):
            self.db.execute(OBSERVE, (*account, key, day, self.at, json.dumps(payload)))

    def withdraw(self, account: Account, campaign_id: str, day: date) -> None:
        key, table = f"{campaign_id}:{day}", Identifier(f"{account.platform}_campaign_metrics")
        self.db.execute(DELETE.format(table=table), (account.native_id, key))
        self.db.execute(OBSERVE, (*account, key, day, self.at, None))

    def order(self, store: Account, number: int, created: datetime, **row) -> None:
        """An order; see order_rows for the arguments of each store."""
        payload = ORDERS[store.platform](number, created, row)
        self._put(store, "orders", str(payload["id"]), payload)

    def click(self, workspace: str, click_id: str, moment: datetime, **row: str | None) -> None:
        """A click of the workspace's own log: `visitor`, `order` and `referrer` are optional; the rest is its query."""
        about = [row.pop(name, None) for name in ("visitor", "order", "referrer")]
        url = "https://shop.example/?" + urlencode(row)
        self.db.execute(CLICK, (workspace, click_id, *about[:2], moment, url, about[2], self.at))

    def _put(self, account: Account, stream: str, key: str, payload: Payload, day: date | None = None) -> int:
        """Returns the number of rows written: 0 for unchanged rows."""
        row = {"account": account.native_id, "key": key, "day": day, "payload": json.dumps(payload), "at": self.at}
        return self.db.execute(PUT.format(table=Identifier(f"{account.platform}_{stream}")), row).rowcount

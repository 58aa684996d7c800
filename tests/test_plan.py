from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sandboxed
from adsync import plan

NOW = datetime.now(UTC)
LATER, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
STORES = ["acme.myshopify.com", "juniper.myshopify.com", "nakhla.myshopify.com"]


@pytest.fixture
def url(monkeypatch, warehouse_url):
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandboxed.new_key())
    sandboxed.link(warehouse_url)
    return warehouse_url


def known(url, stream="orders", **columns):
    names, values = list(columns), list(columns.values())
    with psycopg.connect(url) as connection:
        connection.execute(
            f"insert into adsync.sync_state (platform, account_id, stream, {', '.join(names)})"
            f" values ('shopify', 'acme.myshopify.com', '{stream}', {', '.join(['%s'] * len(values))})",
            values,
        )


def test_an_account_that_was_never_synced_is_due(url):
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": LATER, "lease_owner": "somebody"},
        {"retry_at": LATER, "status": "retrying"},
        {"status": "paused"},
    ],
)
def test_an_account_that_is_read_that_waits_or_that_is_paused_is_not_due(url, state):
    known(url, **state)
    known(url, stream="stores", status="ok")
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES[1:]


@pytest.mark.parametrize(
    "state",
    [
        {"lease_until": EARLIER, "lease_owner": "somebody killed"},
        {"retry_at": EARLIER, "status": "retrying"},
        {"status": "failed"},
        {"status": "reauth_required"},
        {"status": "ok"},
    ],
)
def test_an_account_whose_lease_or_wait_is_over_or_that_failed_is_due(url, state):
    known(url, **state)
    assert plan.due_accounts(url, "shopify", now=NOW) == STORES


def test_a_retired_account_is_not_due(url):
    with psycopg.connect(url) as connection:
        connection.execute("update adsync.accounts set is_active = false where native_id = 'acme.myshopify.com'")
    assert plan.due_shards(url, "shopify", now=NOW) == [["juniper.myshopify.com"], ["nakhla.myshopify.com"]]


@given(st.integers(0, 1000), st.integers(1, 100))
def test_shards_hold_every_account_once_and_are_never_too_many(number, most):
    ids = [str(n) for n in range(number)]
    dealt = plan.shards(ids, most)
    assert [each for shard in dealt for each in shard] == ids
    assert len(dealt) <= most
    assert all(dealt)
    if number <= most:
        assert all(len(shard) == 1 for shard in dealt)

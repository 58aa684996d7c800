"""`raw.former_names`: what a campaign was called before, kept by the database whoever writes its listing."""

from __future__ import annotations

import json

import psycopg

from adsync.warehouse import migrations

PUT = """
insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id) values ('a', %s, %s, now(), 'run')
on conflict (account_id, record_key) do update set payload = excluded.payload, loaded_at = clock_timestamp()
"""
KEPT = """
select source, account_id, campaign_id, former_names.name, replaced_at = loaded_at
from raw.former_names inner join raw.meta_campaigns using (account_id) where campaign_id = record_key
"""


def listed(db: psycopg.Connection, campaign: str, **payload: object) -> None:
    db.execute(PUT, (campaign, json.dumps(payload)))


def test_a_rename_keeps_the_former_name_and_when_it_ended(warehouse_url):
    migrations.migrate(warehouse_url, [("meta", "campaigns")])
    with psycopg.connect(warehouse_url) as db:
        listed(db, "c", name="Old", status="ACTIVE")
        listed(db, "c", name="Old", status="PAUSED")
        listed(db, "c", name="New", status="PAUSED")
        listed(db, "d", name="Always")
        assert db.execute(KEPT).fetchall() == [("meta", "a", "c", "Old", True)]


def test_what_a_platform_calls_campaign_name_is_the_name_too(warehouse_url):
    migrations.migrate(warehouse_url, [("meta", "campaigns")])
    with psycopg.connect(warehouse_url) as db:
        listed(db, "c", campaign_name="Old")
        listed(db, "c", campaign_name="New")
        assert [row[3] for row in db.execute(KEPT)] == ["Old"]


def test_a_table_is_watched_once_however_often_it_is_asked_for(warehouse_url):
    for _ in range(2):
        migrations.migrate(warehouse_url, [("meta", "campaigns"), ("meta", "campaign_metrics")])
    with psycopg.connect(warehouse_url) as db:
        watched = db.execute("select cast(tgrelid as regclass)::text from pg_trigger where tgname = 'keep_former_name'")
        assert [name for (name,) in watched if name.startswith("raw.meta")] == ["raw.meta_campaigns"]

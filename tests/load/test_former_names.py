"""`raw.former_names`: former names of campaigns, recorded by a trigger on the entity tables."""

from __future__ import annotations

import json

import psycopg

from adsync.warehouse import migrations

UPSERT_CAMPAIGN = """
insert into raw.meta_campaigns (account_id, record_key, payload, observed_at, run_id) values ('a', %s, %s, now(), 'run')
on conflict (account_id, record_key) do update set payload = excluded.payload, loaded_at = clock_timestamp()
"""
SELECT_FORMER_NAMES = """
select source, account_id, campaign_id, former_names.name, replaced_at = loaded_at
from raw.former_names inner join raw.meta_campaigns using (account_id) where campaign_id = record_key
"""


def write_campaign(db: psycopg.Connection, campaign: str, **payload: object) -> None:
    db.execute(UPSERT_CAMPAIGN, (campaign, json.dumps(payload)))


def test_a_rename_records_the_former_name_and_when_it_ended(warehouse_url):
    migrations.migrate(warehouse_url, [("meta", "campaigns")])
    with psycopg.connect(warehouse_url) as db:
        write_campaign(db, "c", name="Old", status="ACTIVE")
        write_campaign(db, "c", name="Old", status="PAUSED")
        write_campaign(db, "c", name="New", status="PAUSED")
        write_campaign(db, "d", name="Always")
        assert db.execute(SELECT_FORMER_NAMES).fetchall() == [("meta", "a", "c", "Old", True)]


def test_the_field_campaign_name_is_a_name_too(warehouse_url):
    migrations.migrate(warehouse_url, [("meta", "campaigns")])
    with psycopg.connect(warehouse_url) as db:
        write_campaign(db, "c", campaign_name="Old")
        write_campaign(db, "c", campaign_name="New")
        assert [row[3] for row in db.execute(SELECT_FORMER_NAMES)] == ["Old"]


def test_migrating_twice_creates_the_trigger_once(warehouse_url):
    for _ in range(2):
        migrations.migrate(warehouse_url, [("meta", "campaigns"), ("meta", "campaign_metrics")])
    with psycopg.connect(warehouse_url) as db:
        triggers = db.execute(
            "select cast(tgrelid as regclass)::text from pg_trigger where tgname = 'keep_former_name'"
        )
        assert [name for (name,) in triggers if name.startswith("raw.meta")] == ["raw.meta_campaigns"]

"""Whether a filled warehouse matches the day of the sandbox's data."""

from datetime import UTC, datetime

import psycopg
import pytest

from adsync_demo.services import world_day

KEY = {
    "now": "2026-11-22T20:30:00Z",
    "seed": 7,
    "campaign_days": [
        {"platform": "meta", "account_id": "901", "date": "2026-07-27", "spend": "1"},
        {"platform": "meta", "account_id": "901", "date": "2026-07-26", "spend": "1"},
    ],
    "alerts": [{"campaign_id": "1", "type": "roas_drop", "date": "2026-11-21"}],
}


def test_a_later_start_on_the_same_day_is_the_same_day(tmp_path):
    today = [*KEY["campaign_days"], {"platform": "meta", "account_id": "901", "date": "2026-11-22", "spend": "3"}]
    world_day.remember(tmp_path, world_day.of(KEY))
    assert world_day.remembered(tmp_path) == world_day.of(KEY | {"campaign_days": today})


def test_a_history_that_starts_a_day_later_is_another_day():
    assert world_day.of(KEY) != world_day.of(KEY | {"campaign_days": KEY["campaign_days"][:1]})


def test_another_seed_is_another_day():
    assert world_day.of(KEY) != world_day.of(KEY | {"seed": 8})


def test_an_empty_state_folder_remembers_nothing(tmp_path):
    assert world_day.remembered(tmp_path) is None


@pytest.mark.parametrize(
    ("now", "zones"),
    [
        (datetime(2026, 11, 22, 20, 59, tzinfo=UTC), []),
        (datetime(2026, 11, 22, 21, 1, tzinfo=UTC), ["Asia/Riyadh"]),
    ],
)
def test_a_new_day_is_reported_for_the_zone_in_which_it_began(warehouse_url, now, zones):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute("""
            insert into adsync.workspaces (workspace_id, name, currency, timezone)
            values ('acme', 'Acme', 'SAR', 'Asia/Riyadh');
            insert into adsync.accounts (workspace_id, platform, native_id, kind, conn_id, timezone) values
            ('acme', 'meta', '1', 'ad_account', 'meta_acme', 'Asia/Riyadh'),
            ('acme', 'meta', '2', 'ad_account', 'meta_acme', 'Europe/London'),
            ('acme', 'meta', '3', 'ad_account', 'meta_acme', null);
        """)
        assert world_day.midnight_passed(connection, KEY, now) == zones

import pytest

from adsync.alerts.episodes import Changes

ROWS = "select xmin::text, * from adsync.alerts order by alert_id"
STATUS = "select campaign_id, status, last_date - first_date, closed_at is null from adsync.alerts order by alert_id"


def test_an_alert_opens_one_episode(warehouse):
    warehouse.fires("c1")
    warehouse.fires("c2")
    assert warehouse.update() == Changes(opened=2, updated=0, closed=0)
    assert warehouse.execute(STATUS) == [("c1", "open", 0, True), ("c2", "open", 0, True)]


def test_unchanged_marts_do_not_rewrite_an_episode(warehouse):
    warehouse.fires()
    warehouse.update()
    before = warehouse.execute(ROWS)
    assert warehouse.update() == Changes(opened=0, updated=0, closed=0)
    assert warehouse.execute(ROWS) == before


def test_a_continuing_alert_stays_one_episode_with_its_latest_values(warehouse):
    warehouse.fires(days_ago=2)
    warehouse.update()
    warehouse.quiet()
    warehouse.fires(days_ago=1, current=0.4)
    assert warehouse.update() == Changes(opened=0, updated=1, closed=0)
    assert warehouse.execute("select status, last_date - first_date, current::text from adsync.alerts") == [
        ("open", 1, "0.400000")
    ]


def test_an_update_is_not_delivered_again_but_a_closing_is(warehouse):
    warehouse.fires()
    warehouse.update()
    warehouse.execute("update adsync.alerts set delivered_at = now()")
    warehouse.quiet()
    warehouse.fires(current=0.5)
    warehouse.update()
    assert warehouse.execute("select delivered_at is null from adsync.alerts") == [(False,)]
    warehouse.quiet()
    warehouse.update()
    assert warehouse.execute("select delivered_at is null from adsync.alerts") == [(True,)]


def test_an_alert_that_no_longer_fires_closes(warehouse):
    warehouse.fires("c1")
    warehouse.fires("c2")
    warehouse.update()
    warehouse.execute("delete from marts.performance_alerts where campaign_id = 'c1'")
    assert warehouse.update() == Changes(opened=0, updated=0, closed=1)
    assert warehouse.execute(STATUS) == [("c1", "closed", 0, False), ("c2", "open", 0, True)]


@pytest.mark.parametrize(
    "not_evaluated",
    [
        "update marts.sync_health set is_stale = true",
        "update marts.sync_health set complete_through = complete_through - 1",
        "update marts.sync_health set last_success_at = now() + interval '1 minute'",
        "update marts.sync_health set is_stale = null, last_success_at = null, complete_through = null",
        "truncate marts.sync_health",
    ],
    ids=["stale", "behind", "read after the build began", "never read", "unknown"],
)
def test_an_episode_stays_open_while_its_account_is_not_evaluated(warehouse, not_evaluated):
    warehouse.fires()
    warehouse.update()
    warehouse.quiet()
    warehouse.execute(not_evaluated)
    assert warehouse.update() == Changes(opened=0, updated=0, closed=0)


def test_disconnecting_an_account_closes_its_alerts(warehouse):
    warehouse.fires()
    warehouse.update()
    warehouse.quiet()
    warehouse.execute("update marts.sync_health set is_stale = true")
    warehouse.execute("update adsync.accounts set is_active = false")
    assert warehouse.update().closed == 1


def test_a_recurring_alert_is_a_new_episode(warehouse):
    for _ in range(2):
        warehouse.fires()
        warehouse.update()
        warehouse.quiet()
        warehouse.update()
    assert warehouse.execute("select status from adsync.alerts") == [("closed",), ("closed",)]

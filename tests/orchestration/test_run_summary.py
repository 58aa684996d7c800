import psycopg
import pytest

from adsync.orchestration.run_summary import PartialSync, account_names, join_limited, summarize_run

ACCOUNTS = ["9011", "9012", "9013"]


@pytest.fixture
def url(warehouse_url):
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(
            "insert into adsync.workspaces (workspace_id, name, currency, timezone)"
            " values ('acme', 'Acme', 'SAR', 'Asia/Riyadh')"
        )
        for account in ACCOUNTS:
            connection.execute(
                "insert into adsync.accounts (platform, native_id, workspace_id, kind, conn_id, name)"
                " values ('meta', %s, 'acme', 'ad_account', 'meta_acme', %s)",
                (account, "متجر" if account == "9011" else None),
            )
    return warehouse_url


def attempt(url, account, outcome, message=None, run="r1", platform="meta"):
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into adsync.sync_runs (run_id, platform, account_id, calls, rows_seen, rows_changed, bytes,"
            " started_at, duration_seconds, outcome, error_message) values (%s, %s, %s, 1, 1, 1, 1, now(), 1, %s, %s)",
            (run, platform, account, outcome, message),
        )


def test_a_run_whose_accounts_are_all_done_is_summarized(url):
    for account in ACCOUNTS:
        attempt(url, account, "retrying", "hiccup")
        attempt(url, account, "ok")
    assert summarize_run(url, "r1", {"meta": [ACCOUNTS[:2], ACCOUNTS[2:]]}) == "meta: 3 of 3 accounts done"


def test_the_latest_attempt_of_this_run_counts(url):
    attempt(url, "9011", "ok")
    attempt(url, "9012", "ok")
    attempt(url, "9012", "failed", "the token was revoked")
    attempt(url, "9012", "ok", run="another run")
    with pytest.raises(PartialSync) as caught:
        summarize_run(url, "r1", {"meta": [["9011", "9012"]]})
    assert str(caught.value) == "PARTIAL: 1 of 2 accounts failed: meta 9012 (acme): the token was revoked"


def test_an_account_without_any_attempt_has_failed(url):
    attempt(url, "9011", "ok", platform="tiktok")
    with pytest.raises(PartialSync, match=r"meta 9011 \(acme\): not attempted"):
        summarize_run(url, "r1", {"meta": [["9011"]]})


def test_an_account_still_waiting_for_its_report_is_not_done(url):
    attempt(url, "9011", "waiting")
    with pytest.raises(PartialSync, match="still waiting for its report"):
        summarize_run(url, "r1", {"meta": [["9011"]]})


def test_five_failures_are_listed_and_the_rest_counted(url):
    with pytest.raises(PartialSync, match=r"8 of 8 accounts failed.*; and 3 more$") as caught:
        summarize_run(url, "r1", {"meta": [[str(number) for number in range(8)]]})
    assert str(caught.value).count("not attempted") == 5


def test_a_run_without_planned_accounts_is_complete(url):
    assert summarize_run(url, "r1", {"meta": []}) == "meta: no accounts due"


def test_a_run_whose_planning_failed_is_partial(url):
    with pytest.raises(PartialSync, match="planning failed"):
        summarize_run(url, "r1", {"meta": None})


def test_account_names_are_the_platforms_or_the_id(url):
    assert account_names(url, "meta", ["9012", "9011"]) == ["9012", "متجر"]


def test_items_up_to_the_limit_are_all_listed():
    assert join_limited(["a", "b"], 2, ", ") == "a, b"
    assert join_limited(["a", "b", "c"], 2, ", ") == "a, b, and 1 more"

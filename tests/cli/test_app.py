"""The command line as a shell sees it: one sentence and an exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import yaml

import sandbox_fixtures
from adsync.cli.app import COMMANDS as WORDS
from adsync.cli.app import CONFIGURATION_ERROR as INVALID
from adsync.cli.app import OK, main
from adsync.cli.app import TEMPORARY_FAILURE as FAILED
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server import files, serve
from polling import eventually
from sandbox_fixtures import META, SHOPIFY, served, world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def live():
    """The command line uses the machine's clock, so the world ends at this moment."""
    return World.create(7, datetime.now(UTC), days=sandbox_fixtures.DAYS, orders=4)


@pytest.fixture(scope="module")
def base(live):
    with served(known=live) as url:
        yield url


@pytest.fixture
def shell(monkeypatch, tmp_path, warehouse_url, base):
    """Sets up a valid environment and returns its configuration file."""
    file = tmp_path / "workspaces.yaml"
    file.write_text(yaml.safe_dump(files.workspaces(world())), encoding="utf-8")
    monkeypatch.setenv("ADSYNC_CONFIG", str(file))
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    for conn_id, connection in files.connections(world(), base).items():
        connect(monkeypatch, conn_id, **connection)
    return file


def connect(monkeypatch, conn_id, **fields):
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))


def rows(url, query):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def raw_rows(url):
    tables = [name for (name,) in rows(url, "select tablename from pg_tables where schemaname = 'raw'")]
    return sum(rows(url, f"select count(*) from raw.{name}")[0][0] for name in tables)


def error_line(capsys):
    """Returns the only line on standard error that starts with the program's name."""
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("adsync: ")]
    assert len(lines) == 1
    return lines[0]


@pytest.mark.usefixtures("shell")
def test_config_check_counts_workspaces_and_accounts(capsys):
    assert main(["config", "check"]) == OK
    assert capsys.readouterr().out.endswith("3 workspaces, 19 accounts, all connections set\n")


@pytest.mark.usefixtures("shell")
def test_sync_loads_one_account_and_prints_its_result(capsys, warehouse_url):
    assert main(["sync", "--source", "shopify", "--account", SHOPIFY]) == OK
    assert f"shopify {SHOPIFY} (acme): ok; " in capsys.readouterr().err
    assert raw_rows(warehouse_url) > 100


@pytest.mark.usefixtures("shell")
def test_until_is_inclusive(capsys, warehouse_url, live):
    since, until = (str(live.today("Europe/London") - timedelta(days=ago)) for ago in (5, 3))
    assert main(["sync", "--source", "meta", "--account", META, "--since", since, "--until", until]) == OK
    assert f"{since} to {until}" in capsys.readouterr().err
    days = rows(warehouse_url, "select min(metric_date)::text, max(metric_date)::text from raw.meta_campaign_metrics")
    assert days == [(since, until)]


NOT_DUE = """
insert into adsync.sync_state (platform, account_id, stream, status, lease_until, retry_at)
select platform, native_id, 'orders', %s, %s, %s from adsync.accounts where platform = 'zid'
"""


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (("paused", None, None), "is paused"),
        (("ok", "2999-01-01", None), "is being synced by another run"),
        (("retrying", None, "2999-01-01T10:00Z"), "backs off after a failure until 2999-01-01 10:00 UTC"),
    ],
)
def test_a_sync_without_due_accounts_says_why(shell, capsys, warehouse_url, state, sentence):
    assert main(["accounts", "import", str(shell)]) == OK
    with psycopg.connect(warehouse_url) as connection:
        connection.execute(NOT_DUE, state)
    assert main(["sync", "--source", "zid"]) == OK
    assert sentence in capsys.readouterr().err


def test_a_sync_of_a_source_without_accounts_says_so(shell, capsys):
    document = yaml.safe_load(shell.read_text(encoding="utf-8"))
    for workspace in document["workspaces"]:
        workspace["stores"] = [one for one in workspace["stores"] if one["platform"] != "zid"]
    shell.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert main(["sync", "--source", "zid"]) == OK
    assert "zid: no active account (add one to workspaces.yaml)" in capsys.readouterr().err


def test_accounts_import_counts_what_it_imported(shell, capsys, warehouse_url):
    assert main(["accounts", "import", str(shell)]) == OK
    assert "3 workspaces and 19 accounts imported" in capsys.readouterr().out
    assert rows(warehouse_url, "select count(*) from adsync.accounts") == [(19,)]


def rewritten(file, change):
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(document["workspaces"])
    file.write_text(yaml.safe_dump(document), encoding="utf-8")


def twice(workspaces):
    workspaces[1]["ad_accounts"].append(dict(workspaces[0]["ad_accounts"][0]))


CHANGES = {
    "platform": (lambda all_: all_[0]["ad_accounts"][0].update(platform="facebook"), "ad_accounts[0].platform"),
    "zone": (lambda all_: all_[0].update(timezone="Asia/Riyad"), "workspaces[0].timezone"),
    "currency": (lambda all_: all_[1].update(currency="DHS"), "workspaces[1].currency"),
    "twin": (twice, "is linked to both 'acme' and 'nakhla'"),
    "number": (lambda all_: all_[0]["ad_accounts"][0].update(account_id=901), "write it in quotes"),
}
COMMANDS = {
    "sync": ["sync", "--source", "meta"],
    "import": ["accounts", "import", "FILE"],
    "check": ["config", "check"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", CHANGES)
def test_an_invalid_file_is_one_error_sentence_and_nothing_is_written(shell, capsys, warehouse_url, command, name):
    change, sentence = CHANGES[name]
    rewritten(shell, change)
    assert main([str(shell) if word == "FILE" else word for word in COMMANDS[command]]) == INVALID
    message = error_line(capsys)
    assert str(shell) in message
    assert sentence in message
    assert rows(warehouse_url, "select count(*) from adsync.accounts") == [(0,)]
    assert raw_rows(warehouse_url) == 0


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("text", "sentence"), [(None, "does not exist"), ("a: [", "invalid YAML"), ("", "expected the key `workspaces`")]
)
def test_a_missing_or_malformed_file_is_named(shell, capsys, command, text, sentence):
    shell.unlink() if text is None else shell.write_text(text)
    assert main([str(shell) if word == "FILE" else word for word in COMMANDS[command]]) == INVALID
    message = error_line(capsys)
    assert str(shell) in message
    assert sentence in message


@pytest.mark.parametrize("arguments", [["config", "check"], ["sync", "--source", "meta", "--account", META]])
def test_a_missing_connection_is_named_with_file_and_remedy(shell, capsys, monkeypatch, warehouse_url, arguments):
    monkeypatch.delenv("AIRFLOW_CONN_META_ACME")
    assert main(arguments) == INVALID
    message = error_line(capsys)
    assert str(shell) in message
    assert "unknown connection 'meta_acme' in conn_id" in message
    assert "AIRFLOW_CONN_META_ACME" in message
    if "sync" in arguments:
        assert raw_rows(warehouse_url) == 0


ACCOUNTS = [
    ("meta", META, "meta_acme"),
    ("tiktok", sandbox_fixtures.TIKTOK, "tiktok_nakhla"),
    ("shopify", SHOPIFY, "shopify_acme"),
]


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(("source", "account_id", "conn_id"), ACCOUNTS)
def test_an_invalid_token_is_reported_without_its_value(
    capsys, monkeypatch, warehouse_url, base, source, account_id, conn_id
):
    connect(monkeypatch, conn_id, **files.connections(world(), base)[conn_id] | {"password": "wr0ng-t0ken"})
    assert main(["sync", "--source", source, "--account", account_id]) == INVALID
    message = error_line(capsys)
    assert account_id in message
    assert "token" in message
    assert "wr0ng-t0ken" not in message
    assert raw_rows(warehouse_url) == 0


@pytest.mark.usefixtures("shell")
def test_a_notice_is_delivered_once_when_it_opens_and_once_when_it_closes_without_airflow(caplog, monkeypatch, base):
    right = files.connections(world(), base)["meta_acme"]
    for password, code in (
        ("wr0ng", INVALID),
        ("wr0ng", INVALID),
        (right["password"], OK),
        (right["password"], OK),
    ):
        connect(monkeypatch, "meta_acme", **right | {"password": password})
        assert main(["sync", "--source", "meta", "--account", META]) == code
    notices = [message for message in caplog.messages if META in message or "Acme" in message]
    assert [each.split(" for ")[0] for each in notices] == ["Sync stopped", "Sync resumed"]
    assert "ReauthRequired" in notices[0]


@pytest.mark.usefixtures("shell")
def test_repeated_failures_open_a_notice_without_airflow(caplog, monkeypatch):
    monkeypatch.setenv("MAX_RETRY_ATTEMPTS", "2")
    connect(monkeypatch, "meta_acme", host="http://127.0.0.1:1", password="t")
    notices = []
    for _ in range(4):
        assert main(["sync", "--source", "meta", "--account", META]) in {FAILED, INVALID}
        notices.append(sum("Sync stopped" in message and "TemporaryError: " in message for message in caplog.messages))
    assert notices == [0, 0, 1, 1]


@pytest.mark.usefixtures("shell")
def test_notification_channels_are_connections_of_the_environment(caplog, monkeypatch, base):
    monkeypatch.setenv("ADSYNC_NOTIFY", "log,webhook_crm")
    connect(monkeypatch, "meta_acme", host=f"{base}/meta")
    connect(monkeypatch, "webhook_crm", host=f"{base}/health")
    assert main(["sync", "--source", "meta", "--account", META]) == INVALID
    assert "channel webhook_crm rejected the message: HTTP 405" in caplog.text


@pytest.mark.usefixtures("shell")
def test_an_empty_token_is_reported(capsys, monkeypatch, base):
    connect(monkeypatch, "meta_acme", host=f"{base}/meta")
    assert main(["sync", "--source", "meta", "--account", META]) == INVALID
    assert "missing password in connection meta_acme" in error_line(capsys)


@pytest.mark.usefixtures("shell")
def test_an_unreachable_host_is_a_temporary_failure(capsys, monkeypatch, warehouse_url):
    connect(monkeypatch, "meta_acme", host="http://127.0.0.1:1", password="t")
    assert main(["sync", "--source", "meta", "--account", META]) == FAILED
    assert "http://127.0.0.1:1/" in error_line(capsys)
    assert raw_rows(warehouse_url) == 0


@pytest.mark.usefixtures("shell")
def test_a_host_without_scheme_is_a_configuration_error(capsys, monkeypatch):
    connect(monkeypatch, "meta_acme", host="graph.facebook.com", password="t")
    assert main(["sync", "--source", "meta", "--account", META]) == INVALID
    assert "use a full URL (https://...)" in error_line(capsys)


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        (None, INVALID, "missing environment variable ADSYNC_WAREHOUSE_URL"),
        ("postgresql://adsync:hidden@127.0.0.1:1/adsync", FAILED, "127.0.0.1:1/adsync is unreachable"),
        ("not a url", INVALID, "invalid warehouse URL"),
        ("http://adsync:hidden@127.0.0.1/adsync", INVALID, "invalid warehouse URL"),
    ],
)
def test_a_missing_or_unreachable_warehouse_is_reported_without_its_password(capsys, monkeypatch, url, code, sentence):
    monkeypatch.delenv("ADSYNC_WAREHOUSE_URL")
    if url:
        monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", url)
    assert main(["sync", "--source", "meta"]) == code
    message = error_line(capsys)
    assert sentence in message
    assert "hidden" not in message


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("key", [None, "nonsense", "another"])
def test_a_missing_or_wrong_token_key_is_reported(capsys, monkeypatch, warehouse_url, key):
    assert main(["accounts", "import", os.environ["ADSYNC_CONFIG"]]) == OK
    monkeypatch.delenv("ADSYNC_TOKEN_KEY")
    if key:
        monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key() if key == "another" else key)
    assert main(["sync", "--source", "meta", "--account", META]) == INVALID
    assert "ADSYNC_TOKEN_KEY" in error_line(capsys)
    assert raw_rows(warehouse_url) == 0


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--source", "facebook"], "expected one of meta, tiktok, snapchat, shopify"),
        (["--source", "meta", "--account", "1"], "unknown meta account 1 in "),
        (["--source", "meta", "--until", "2026-11-01"], "--until requires --since"),
        (["--source", "meta", "--since", "2026-11-02", "--until", "2026-11-01"], "swap them"),
    ],
)
def test_invalid_arguments_are_a_configuration_error(capsys, more, sentence):
    assert main(["sync", *more]) == INVALID
    assert sentence in error_line(capsys)


@pytest.mark.parametrize(
    "arguments", [[], ["sing"], ["sync"], ["sync", "--source", "meta", "--since", "soon"], ["config", "burn"]]
)
def test_invalid_usage_exits_with_2_and_shows_the_usage(capsys, arguments):
    assert main(arguments) == INVALID
    assert "Usage: adsync" in capsys.readouterr().err


def test_an_invalid_date_names_option_value_and_format(capsys):
    assert main(["sync", "--source", "meta", "--since", "2026-13-01"]) == INVALID
    assert "Invalid value for '--since': invalid date '2026-13-01' (expected YYYY-MM-DD)" in capsys.readouterr().err


def test_the_help_lists_every_command_in_plain_text(capsys):
    assert main(["--help"]) == OK
    text = capsys.readouterr().out
    assert text.isascii()
    assert {line.split()[0] for line in text.partition("Commands:\n")[2].splitlines()} == set(WORDS)


def test_the_sandbox_receives_its_arguments_unchanged(monkeypatch):
    received = []
    monkeypatch.setattr(serve, "main", lambda arguments: received.append(arguments) or 2)
    arguments = ["--seed", "3", "--port=0", "-x", "--faults", "faults.yaml", "--help"]
    assert main(["sandbox", *arguments]) == 2
    assert received == [arguments]


@pytest.mark.usefixtures("shell")
def test_a_killed_sync_leaves_no_partial_batch_and_the_next_sync_completes(capsys, monkeypatch, warehouse_url, live):
    """Sends SIGKILL during a page request; the lease that is left behind is moved into the past."""
    with served([Fault("meta", "slow", path="/insights", wait=3, calls=(2,))], known=live) as slow:
        connect(monkeypatch, "meta_acme", **files.connections(world(), slow)["meta_acme"])
        command = [sys.executable, "-m", "adsync", "sync", "--source", "meta", "--account", META]
        surroundings = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
        with subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL, cwd=ROOT) as running:
            stored = "select from raw.meta_campaign_metrics limit 1"
            eventually(lambda: rows(warehouse_url, stored), "a row is stored", seconds=30, pause=0.02)
            running.send_signal(signal.SIGKILL)
        assert running.returncode == -signal.SIGKILL
        before = rows(warehouse_url, "select record_key, loaded_at from raw.meta_campaign_metrics")
        assert main(["sync", "--source", "meta", "--account", META]) == OK
        assert "another run is syncing it" in capsys.readouterr().err
        assert rows(warehouse_url, "select record_key, loaded_at from raw.meta_campaign_metrics") == before
        with psycopg.connect(warehouse_url) as connection:
            connection.execute("update adsync.sync_state set lease_until = now() - interval '1 second'")
        assert main(["sync", "--source", "meta", "--account", META]) == OK
    after = rows(warehouse_url, "select record_key, loaded_at from raw.meta_campaign_metrics")
    assert {f"{row.campaign.id}:{row.date}" for row in live.deliveries(META)} == {key for key, _ in after}
    assert len(after) == len({key for key, _ in after})
    assert set(before) <= set(after)
    assert rows(warehouse_url, "select count(*) from raw.observations") == [(len(after),)]

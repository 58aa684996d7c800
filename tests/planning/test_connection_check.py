"""What `config check` finds in connections: the sandbox's, changed in one place each."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import yaml

import sandbox_fixtures
from adsync.cli.app import CONFIGURATION_ERROR, OK, TEMPORARY_FAILURE, main
from adsync.config.workspaces import AccountLink, Configuration
from adsync.models import Credentials
from adsync.planning import connection_check
from adsync_sandbox.faults.script import Fault
from adsync_sandbox.generator.world import World
from adsync_sandbox.server import files
from sandbox_fixtures import META, served, world

NOWHERE = "http://127.0.0.1:1"


def chosen():
    """One connection per platform; of an account whose tokens can be refreshed, where there is one."""
    known = files.connections(world(), NOWHERE)
    accounts = sorted(
        [*world().ad_accounts, *world().stores], key=lambda one: "refresh_token" in known[one.conn_id]["extra"]
    )
    return {one.platform: one.conn_id for one in accounts}


CHOSEN = chosen()


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch):
    for name in ("ADSYNC_NOTIFY", "ADSYNC_WAREHOUSE_URL", "ADSYNC_REDIS_URL", "ADSYNC_TOKEN_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checked(monkeypatch, tmp_path, capsys):
    """Returns a function that sets all connections and returns the exit code and what was printed."""
    file = tmp_path / "workspaces.yaml"
    monkeypatch.setenv("ADSYNC_CONFIG", str(file))

    def check(*arguments, changes=None, channels=(), base=NOWHERE):
        document = files.workspaces(world())
        document["workspaces"][0]["alerts"] = {"channels": ["log", *channels]}
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        for conn_id, fields in (files.connections(world(), base) | (changes or {})).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))
        code = main(["config", "check", *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return check


def changed(platform, *, extra=None, without=(), **fields):
    known = files.connections(world(), NOWHERE)[CHOSEN[platform]]
    kept = {name: value for name, value in (known["extra"] | (extra or {})).items() if name not in without}
    return {CHOSEN[platform]: known | fields | {"extra": kept}}


PLATFORMS = ["meta", "tiktok", "snapchat", "shopify", "woocommerce", "salla", "zid"]
APP = ("client_id", "client_secret", "refresh_token", "app_id", "app_secret")
PROBLEMS = [
    *((name, {"password": "", "without": APP}, f"missing password in connection {{}} ({name})") for name in PLATFORMS),
    *((name, {"password": " s3cret"}, f"invalid password in connection {{}} ({name}): remove") for name in PLATFORMS),
    *((name, {"extra": {"refreshtoken": "s3cret"}}, "unknown key in the extra of connection {}") for name in PLATFORMS),
    *((name, {"extra": {"expires": "s3cret"}}, "invalid expires in the extra of connection {}") for name in PLATFORMS),
    *((name, {"host": "shop.example"}, "invalid host 'shop.example' in connection {}") for name in PLATFORMS),
    ("woocommerce", {"login": ""}, "missing login in connection {}"),
    ("woocommerce", {"host": "http://shop.example"}, "use the site's URL with https://"),
    ("woocommerce", {"host": "https://shop.example", "schema": "blog"}, "unused schema in connection {}"),
    ("woocommerce", {"extra": {"query_keys": "yes"}}, "invalid query_keys in the extra of connection {}"),
    ("zid", {"without": ("authorization",)}, "missing authorization in the extra of connection {}"),
    ("zid", {"without": ("redirect_uri",)}, "missing redirect_uri in the extra of connection {}"),
    ("salla", {"without": ("client_secret",)}, "missing client_secret in the extra of connection {}"),
    ("snapchat", {"without": ("client_id",)}, "missing client_id in the extra of connection {}"),
    ("shopify", {"without": ("client_id",), "extra": {"client_secret": "s3cret"}}, "missing client_id in the extra"),
    ("meta", {"without": ("app_id",), "extra": {"expires": 1796126400}}, "missing app_id"),
    ("meta", {"extra": {"system_user": "perhaps"}}, "invalid system_user in the extra of connection {}"),
]


def test_the_connections_of_the_sandbox_have_no_problem(checked):
    code, printed = checked()
    assert code == OK
    assert printed.endswith("3 workspaces, 19 accounts, all connections set\n")


@pytest.mark.parametrize(("platform", "fields", "says"), PROBLEMS)
def test_what_a_connection_lacks_is_named_without_its_values(checked, platform, fields, says):
    code, printed = checked(changes=changed(platform, **fields))
    assert code == CONFIGURATION_ERROR
    assert says.format(CHOSEN[platform]) in printed
    assert "s3cret" not in printed


@pytest.mark.parametrize(
    ("store", "found"),
    [("shop.example", []), ("oud", ["missing host in connection woo (woocommerce): add the address"])],
)
def test_a_site_without_a_host_needs_its_address_as_its_name(store, found):
    links = (AccountLink("acme", "woocommerce", "store", store, "woo", {}),)
    known = Credentials("woo", login="ck_1", password="cs_1")
    problems = connection_check.problems(Configuration((), links), (), lambda _: known)
    assert [problem.partition(" of ")[0] for problem in problems] == found


@pytest.mark.parametrize("platform", ["snapchat", "salla"])
def test_a_connection_whose_first_token_can_be_requested_needs_no_password(checked, platform):
    assert checked(changes=changed(platform, password=""))[0] == OK


def test_every_problem_is_listed_at_once(checked):
    changes = changed("meta", password="", without=APP) | changed("zid", without=("authorization",))
    code, printed = checked(changes=changes, channels=["slack_ops"])
    assert code == CONFIGURATION_ERROR
    for words in ("missing password", "missing authorization", "unknown connection 'slack_ops'", "3 problems"):
        assert words in printed


VARIABLES = [
    ("ADSYNC_REDIS_URL", "redis://:s3cret@127.0.0.1/0?database=1", "invalid Redis URL"),
    ("ADSYNC_REDIS_URL", "http://:s3cret@127.0.0.1", "invalid Redis URL"),
    ("ADSYNC_REDIS_URL", "redis://:s3cret@127.0.0.1:s3cret/0", "invalid Redis URL"),
    ("ADSYNC_WAREHOUSE_URL", "postgresql://adsync:s3cret s3cret@127.0.0.1/adsync", "invalid warehouse URL"),
    ("ADSYNC_WAREHOUSE_URL", "postgresql://adsync:s3cret@127.0.0.1/adsync?ssl=1", "invalid warehouse URL"),
    ("ADSYNC_TOKEN_KEY", "s3cret", "invalid key in ADSYNC_TOKEN_KEY"),
]


@pytest.mark.parametrize(("name", "value", "says"), VARIABLES)
def test_an_invalid_variable_is_named_without_its_value(checked, monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    code, printed = checked()
    assert code == CONFIGURATION_ERROR
    assert says in printed
    assert "s3cret" not in printed


CHANNELS = [
    ("slack_ops", {"host": "https://hooks.slack.com/services", "password": "T/B/x"}, ""),
    ("slack_ops", {"host": "https://hooks.slack.com/services"}, "missing password in connection slack_ops"),
    ("slack_ops", {"password": "s3cret"}, "missing host in connection slack_ops"),
    ("webhook_crm", {"host": "https://crm.example/in"}, ""),
    ("webhook_crm", {"host": "crm.example"}, "invalid host in connection webhook_crm: use a full URL"),
    ("email_owners", {"host": "smtp.example", "extra": {"to": "a@example.com", "from": "b@example.com"}}, ""),
    ("email_owners", {"host": "smtp.example", "login": "b@example.com"}, "missing to in connection email_owners"),
    ("email_owners", {"host": "smtp.example", "extra": {"to": "a@example.com"}}, "missing from or login"),
    ("email_owners", {"host": "smtp.example:x", "login": "b", "extra": {"to": "a"}}, "expected a server"),
    ("email_owners", {"host": "s", "login": "b", "extra": {"to": "a", "security": "tls"}}, "invalid security"),
    ("email_owners", {"host": "s", "login": "b", "extra": {"to": "a", "cc": "c"}}, "unknown key in the extra"),
    ("pager_ops", {"host": "https://pager.example"}, "unknown channel 'pager_ops'"),
]


@pytest.mark.parametrize(("name", "fields", "says"), CHANNELS)
@pytest.mark.parametrize("is_for_admins", [True, False])
def test_a_channel_has_what_it_needs(checked, monkeypatch, name, fields, says, is_for_admins):
    if is_for_admins:
        monkeypatch.setenv("ADSYNC_NOTIFY", f"log,{name}")
    code, printed = checked(changes={name: fields}, channels=[] if is_for_admins else [name])
    assert code == (CONFIGURATION_ERROR if says else OK)
    assert says in printed
    assert "s3cret" not in printed


@pytest.fixture
def live(monkeypatch, warehouse_url):
    """A world of this moment, and the variables of a command that uses the warehouse."""
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    return World.create(7, datetime.now(UTC), days=sandbox_fixtures.DAYS, orders=4)


def test_online_every_platform_says_name_currency_and_zone(checked, live):
    with served(known=live) as base:
        code, printed = checked("--online", base=base)
    assert code == OK
    lines = printed.splitlines()[1:]
    assert len(lines) == 19
    for one in (*live.ad_accounts, *live.stores):
        [line] = [each for each in lines if each.startswith(f"{one.platform} {one.id} (")]
        assert one.currency in line
    assert {line.split()[0] for line in lines} == set(PLATFORMS)


def test_online_a_rejected_token_is_a_problem_of_its_account_alone(checked, live):
    with served(known=live) as base:
        wrong = {"meta_acme": files.connections(world(), base)["meta_acme"] | {"password": "s3cret"}}
        code, printed = checked("--online", base=base, changes=wrong)
    assert code == CONFIGURATION_ERROR
    assert f"meta {META} (acme): ReauthRequired: " in printed
    assert "of 19 accounts could not be asked" in printed
    assert "s3cret" not in printed
    assert printed.count(": ReauthRequired: ") == sum(one.conn_id == "meta_acme" for one in world().ad_accounts)


def test_online_a_platform_that_is_down_is_asked_again_later(checked, live):
    with served([Fault("tiktok", "server_error")], known=live) as base:
        code, printed = checked("--online", base=base)
    assert code == TEMPORARY_FAILURE
    assert "TemporaryError: tiktok returned HTTP 500" in printed

"""The commands of "An analyst's first hour" in docs/analysts.md work as written, on a small world of today."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg
import pytest
from cryptography.fernet import Fernet
from dbt_process import PROJECT, copy_of, dbt, libpq, rows
from order_rows import visit
from raw_rows import Account, Load

ROOT = PROJECT.parent
PAGE = ROOT / "docs" / "analysts.md"
META, SHOP = Account("meta", "901234567890"), Account("shopify", "acme.myshopify.com")
CAMPAIGN = "120211111111110001"
CONFIG = """
workspaces:
- id: acme
  name: Acme Trading
  currency: SAR
  timezone: Asia/Riyadh
  ad_accounts:
  - {platform: meta, account_id: "901234567890", conn_id: meta_acme}
  stores:
  - {platform: shopify, store_id: acme.myshopify.com, conn_id: shopify_acme}
"""
# Environment and documentation have tests of their own.
MAKE = """#!/bin/sh
case "$*" in "-s services") cat "$ADSYNC_STATE/services.sh";; *) echo "make $*";; esac
"""
TIMEOUT = 1200


class Step(NamedTuple):
    """One command of the page and its output."""

    command: str
    output: str


def commands() -> list[str]:
    """Every line of the shell blocks of the section."""
    section = PAGE.read_text(encoding="utf-8").split("\n## An analyst's first hour\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def load(db: psycopg.Connection) -> None:
    """A campaign whose click-through rate fell to 90 % of its average yesterday, and two orders."""
    run, now = Load(db), datetime.now(UTC)
    today = now.astimezone(ZoneInfo("Asia/Riyadh")).date()
    run.workspace("acme", "SAR", "Asia/Riyadh")
    for account, currency in ((META, "USD"), (SHOP, "SAR")):
        run.account("acme", account, currency, "Asia/Riyadh")
        run.synced(account, (today - timedelta(days=30), today), now)
    run.campaign(META, CAMPAIGN, "Riyadh sale")
    for back in range(1, 20):
        clicks = 18 if back == 1 else 20
        day = {"spend": "100", "impressions": 1000, "clicks": clicks, "purchases": {"purchase": (4, "500")}}
        run.metrics(META, CAMPAIGN, today - timedelta(days=back), name="Riyadh sale", **day)
    for number in (1, 2):
        placed = now - timedelta(days=number)
        visits = [visit(number, placed - timedelta(hours=1), utm_source="fb", utm_campaign=CAMPAIGN)]
        run.order(SHOP, 1000 + number, placed, total="300.00", visits=visits)


@pytest.fixture(scope="module")
def url(local_servers) -> Iterator[str]:
    with copy_of(local_servers, "adsync", "analyst") as url:
        with psycopg.connect(url) as db:
            load(db)
        yield url


@pytest.fixture(scope="module")
def hour(url, tmp_path_factory) -> list[Step]:
    """All commands in one shell, in a checkout like the reader's, on a machine without psql."""
    checkout = tmp_path_factory.mktemp("hour")
    state, programs = checkout / ".adsync", checkout / "programs"
    dbt(url, state / "dbt", "build", "--exclude-resource-type", "unit_test", "test", now=datetime.now(UTC).isoformat())
    shutil.copytree(PROJECT, checkout / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    for words in (["init", "-q"], ["add", "dbt_project"], ["commit", "-q", "-m", "state of the checkout"]):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words], check=True, cwd=checkout)
    programs.mkdir()
    (programs / "make").write_text(MAKE)
    (programs / "psql").write_text("#!/bin/sh\necho 'psql: not installed' >&2; exit 127\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    (state / "workspaces.yaml").write_text(CONFIG)
    (state / "services.sh").write_text("".join(f"export {name}='{value}'\n" for name, value in addresses(url).items()))
    (state / "environment.sh").write_text(
        "".join(f"export {name}='{value}'\n" for name, value in environment(state).items())
    )
    return run(checkout, programs)


def addresses(url: str) -> dict[str, str]:
    """What `make -s services` exports."""
    return {"ADSYNC_WAREHOUSE_URL": url, **libpq(url)}


def environment(state: Path) -> dict[str, str]:
    """What the demo's `environment.sh` exports, as far as this page needs it."""
    return {
        "ADSYNC_CONFIG": str(state / "workspaces.yaml"),
        "ADSYNC_STATE": str(state),
        "ADSYNC_TOKEN_KEY": Fernet.generate_key().decode(),
        "PYTHONPATH": str(ROOT / "plugins"),
    }


def run(checkout: Path, programs: Path) -> list[Step]:
    script = ["set -euo pipefail"]
    for number, command in enumerate(commands()):
        script += [f"echo '@@ {number}'", command]
    path = f"{programs}:{Path(sys.executable).parent}:/usr/bin:/bin"
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("ADSYNC", "DBT", "PG", "PYTHON"))
    }
    quiet = {"PATH": path, "ADSYNC_STATE": str(checkout / ".adsync"), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=checkout,
        env={**clean, **quiet, "GIT_PAGER": "cat", "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    parts = re.split(r"^@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    steps = [Step(*pair) for pair in zip(commands(), parts, strict=False)]
    assert done.returncode == 0, f"{steps[-1].command}\n{steps[-1].output}"
    return steps


def outputs(hour: list[Step], words: str) -> list[str]:
    return [step.output for step in hour if words in step.command]


def test_every_command_of_the_page_succeeds(hour):
    assert [step.command for step in hour] == commands()
    assert len(hour) > 20


def test_the_threshold_changes_which_alerts_there_are(hour):
    before, after = outputs(hour, "from marts.performance_alerts")
    assert "ctr_drop" not in before
    assert "ctr_drop" in after
    [backtest] = outputs(hour, "alerts backtest")
    assert "90%" in backtest


def test_the_new_column_is_in_the_developers_schema_and_then_in_production(hour):
    for output in outputs(hour, "conversion_rate from"):
        assert "conversion_rate" in output
        assert output.count(CAMPAIGN[:12]) == 5
        assert "20.0" in output


def test_the_target_dev_reads_from_production_what_it_does_not_build(hour):
    [output] = outputs(hour, "--target dev")
    assert "dev_sara_marts.campaign_metrics" in output
    # Its inputs exist in production's schemas only.
    assert "1 incremental model" in output
    assert "ERROR=0" in output


def test_a_failing_unit_test_leaves_the_table_as_it_was(hour, url):
    [output] = outputs(hour, "as expected")
    assert "FAIL" in output
    assert "a unit test failed, as expected" in output
    assert rows(url, "select 1 from marts.campaign_metrics where clicks = 20 and ctr <> 2") == []


def test_metrics_and_the_list_of_marts_have_rows(hour):
    by_platform, by_day = outputs(hour, "mf query")
    assert "meta" in by_platform
    assert "acme" in by_day
    [models] = outputs(hour, "dbt ls")
    assert "adsync.marts.workspace_roas" in models

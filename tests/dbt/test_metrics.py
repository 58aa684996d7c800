"""Metrics of MetricFlow equal the marts: `mf` itself runs against the built warehouse."""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dbt_process import PROJECT, libpq, rows

MF = str(Path(sys.executable).parent / "mf")
PLATFORMS = """select workspace_id as workspace, platform as campaign_day__platform, sum(spend) as spend,
        sum(attributed_orders) as conversions, sum(attributed_revenue) / nullif(sum(spend), 0) as attributed_roas,
        sum(claimed_revenue) / nullif(sum(spend), 0) as claimed_roas
    from marts.workspace_roas where platform <> 'all' and workspace_id <> 'blue' group by 1, 2"""
WORKSPACES = """select workspace_id as workspace, sum(store_revenue) / nullif(sum(spend), 0) as blended_roas,
        sum(store_revenue) as store_revenue
    from marts.workspace_roas where platform = 'all' and workspace_id <> 'blue' group by 1"""
CAMPAIGNS = """select campaign_id as campaign_day__campaign_id,
        100.0 * sum(clicks) / nullif(sum(impressions), 0) as ctr,
        sum(spend_reporting) / nullif(sum(clicks), 0) as cpc,
        1000 * sum(spend_reporting) / nullif(sum(impressions), 0) as cpm
    from marts.campaign_metrics where workspace_id = 'acme' group by 1"""


@pytest.fixture(scope="module")
def project(built, tmp_path_factory) -> Path:
    """A copy of the project: `mf` reads the manifest only from the project's folder."""
    copy = tmp_path_factory.mktemp("metrics") / "dbt_project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("target", "logs"))
    _run(built, copy, sys.executable, "-m", "dbt.cli.main", "--warn-error", "parse")
    return copy


def test_ratios_and_sums_by_platform_are_those_of_the_daily_mart(built, project):
    # The average of daily ratios would differ: no two days of acme are equal.
    asked = ("attributed_roas", "claimed_roas", "spend", "conversions")
    answer = query(built, project, asked, "workspace,campaign_day__platform")
    assert {row["workspace"] for row in answer if row["spend"] == "nan"} == {"blue"}
    assert_same([row for row in answer if row["workspace"] != "blue"], rows(built, PLATFORMS))


def test_blended_roas_sets_all_that_stores_earned_against_all_spend(built, project):
    answer = query(built, project, ("blended_roas", "store_revenue"), "workspace")
    assert_same([row for row in answer if row["workspace"] != "blue"], rows(built, WORKSPACES))


def test_ctr_cpc_and_cpm_of_a_campaign_come_from_its_sums(built, project):
    only = ("--where", "{{ Dimension('campaign_day__workspace_id') }} = 'acme'")
    answer = query(built, project, ("ctr", "cpc", "cpm"), "campaign_day__campaign_id", *only)
    assert_same(answer, rows(built, CAMPAIGNS))


def test_amounts_of_several_workspaces_are_not_added(built, project):
    """SAR, AED and USD have no sum; counts have one."""
    asked = ("spend", "attributed_roas", "conversions", "cpc")
    answer = query(built, project, asked, "campaign_day__platform")
    shared = [row for row in answer if row["campaign_day__platform"] == "meta"]
    assert [(row["spend"], row["attributed_roas"], row["cpc"]) for row in shared] == [("nan", "nan", "nan")]
    assert all(row["conversions"] != "nan" for row in answer)


def test_a_saved_query_answers_day_by_day(built, project):
    answer = table(built, project, "--saved-query", "platform_days")
    days = rows(built, "select 1 from marts.workspace_roas where platform <> 'all'")
    assert len(answer) == len(days)


def query(url: str, project: Path, metrics: tuple[str, ...], group_by: str, *words: str) -> list[dict[str, str]]:
    return table(url, project, "--metrics", ",".join(metrics), "--group-by", group_by, *words)


def table(url: str, project: Path, *words: str) -> list[dict[str, str]]:
    _run(url, project, MF, "query", *words, "--csv", "answer.csv")
    with (project / "answer.csv").open(encoding="utf-8") as answer:
        return list(csv.DictReader(answer))


def assert_same(answer: list[dict[str, str]], expected: list[dict[str, object]]) -> None:
    assert len(answer) == len(expected)
    for wanted in expected:
        keys = {name: value for name, value in wanted.items() if isinstance(value, str)}
        (row,) = [row for row in answer if keys.items() <= row.items()]
        for name in wanted.keys() - keys.keys():
            assert_number(row[name], wanted[name])


def assert_number(text: str, wanted: object) -> None:
    assert (text == "") is (wanted is None)
    assert wanted is None or math.isclose(float(text), float(wanted), rel_tol=1e-9)


def _run(url: str, project: Path, *command: str) -> None:
    environment = {**os.environ, **libpq(url), "DBT_PROFILES_DIR": str(project)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

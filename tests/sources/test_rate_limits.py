"""Rate limits: what each platform declares and what its responses report."""

from __future__ import annotations

import json

import httpx
import pytest

from adsync import registry
from adsync.models import ApiResponse, RateLimit


def meta_rest(**headers):
    named = {name.replace("_", "-"): json.dumps(value) for name, value in headers.items()}
    return registry.load("meta").throttle(ApiResponse(200, httpx.Headers(named), b"{}"))


def business(percent, minutes=0):
    calm = {"type": "ads_management", "call_count": 1, "total_cputime": 1, "total_time": 1}
    busy = {"type": "ads_insights", "call_count": 3, "total_cputime": percent, "total_time": 2}
    return {"901": [calm, busy | {"estimated_time_to_regain_access": minutes}]}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"x_business_use_case_usage": business(94.9)}, 0),
        ({"x_business_use_case_usage": business(95)}, 300),
        ({"x_business_use_case_usage": business(100, minutes=7)}, 420),
        ({"x_business_use_case_usage": business(12, minutes=2)}, 120),
        ({"x_ad_account_usage": {"acc_id_util_pct": 94, "reset_time_duration": 100}}, 0),
        ({"x_ad_account_usage": {"acc_id_util_pct": 96.5, "reset_time_duration": 100}}, 100),
        ({"x_ad_account_usage": {"acc_id_util_pct": 96.5, "reset_time_duration": 0}}, 300),
        ({"x_app_usage": {"call_count": 28, "total_time": 99, "total_cputime": 25}}, 300),
        ({"x_fb_ads_insights_throttle": {"app_id_util_pct": 100, "acc_id_util_pct": 10}}, 300),
        ({"x_fb_ads_insights_throttle": "nonsense", "x_business_use_case_usage": [1]}, 0),
    ],
)
def test_meta_pauses_before_a_block_given_in_minutes_or_seconds(headers, seconds):
    assert meta_rest(**headers) == seconds


def test_tiktok_s_limits_are_those_of_the_lowest_tier_per_app_and_narrower_for_ordering_reports():
    assert registry.load("tiktok").rate_limits == (
        RateLimit("app", 10, 1),
        RateLimit("app", 600, 60),
        RateLimit("app", 2, 1, path="report/task/create"),
        RateLimit("app", 60, 60, path="report/task/create"),
    )


def shopify_rest(requested, available, rate=100):
    status = {"maximumAvailable": 2000, "currentlyAvailable": available, "restoreRate": rate}
    cost = {"requestedQueryCost": requested, "actualQueryCost": 3, "throttleStatus": status}
    body = json.dumps({"data": {}, "extensions": {"cost": cost}}).encode()
    return registry.load("shopify").throttle(ApiResponse(200, {}, body))


@pytest.mark.parametrize(("requested", "available", "seconds"), [(400, 1600, 0), (400, 400, 0), (400, 150, 2.5)])
def test_shopify_pauses_until_the_bucket_allows_the_same_query(requested, available, seconds):
    assert shopify_rest(requested, available) == seconds


def test_an_enterprise_bucket_refills_faster():
    assert shopify_rest(1000, 0, rate=2000) == 0.5


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"data": {}}', b'{"extensions": {"cost": {}}}'])
def test_shopify_responses_without_a_cost_cause_no_pause(body):
    assert registry.load("shopify").throttle(ApiResponse(200, {}, body)) == 0

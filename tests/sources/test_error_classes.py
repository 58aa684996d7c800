"""Bodies that platforms return in practice, re-typed from public reports, and the class of error that heals each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adsync import registry
from adsync.errors import (
    MAX_RETRY_AFTER,
    AdsyncError,
    PermanentError,
    RateLimited,
    ReauthRequired,
    TemporaryError,
    TokenExpired,
    TooMuchData,
)
from reading import refusal


def graph(code: object, message: object = "", subcode: object = None, **more: object) -> bytes:
    subcodes = {} if subcode is None else {"error_subcode": subcode}
    return json.dumps({"error": {"message": message, "code": code, "fbtrace_id": "A", **subcodes, **more}}).encode()


def tiktok(code: object, message: str | None, **more: object) -> bytes:
    return json.dumps({"code": code, "message": message, "request_id": "2026", "data": {}} | more).encode()


def snap(message: str, code: str | None = None, **more: object) -> bytes:
    body = {"request_status": "ERROR", "request_id": "5f", "debug_message": message, "error_code": code} | more
    return json.dumps(body).encode()


def salla(message: str, code: object = 401) -> bytes:
    body = {"status": 401, "success": False, "error": {"code": code, "message": message}}
    return json.dumps(body, ensure_ascii=False).encode()


def shopify(errors: object) -> bytes:
    return json.dumps({"errors": errors}).encode()


REDUCE = "Please reduce the amount of data you're asking for, then retry your request"
UNSUPPORTED = (
    "Unsupported get request. Object with ID 'act_901' does not exist, cannot be loaded due to missing permissions, or "
    "does not support this operation. Please read the Graph API documentation"
)
OLD_TOKEN = (
    "[API] Non-expiring access tokens are no longer accepted for the Admin API. Start using expiring offline tokens: "
    "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens"
)

META = [
    (500, graph(1, REDUCE), TooMuchData, "reduce the amount"),
    (500, graph(1, REDUCE.upper()), TooMuchData, "1/0"),
    (400, graph(100, "Timeout", 1504018), TooMuchData, "100/1504018"),
    (400, graph(100, "Too big", "1487534"), TooMuchData, "100/1487534"),
    (400, graph(100, "Too big", [1487534]), TooMuchData, "100/1487534"),
    (400, graph(100, "Too big", 1487534) + graph(2, "later"), TooMuchData, "100/1487534"),
    (400, b"\xef\xbb\xbf " + graph(190, "expired", 463) + b"\n" + graph(1, "x"), ReauthRequired, "190/463"),
    (200, graph(190, "expired", 463) + graph(190, "expired", 463), ReauthRequired, "190/463"),
    (500, graph(1, "An unknown error occurred", 99), TemporaryError, "1/99"),
    (500, graph(2, "Service temporarily unavailable", 1504044, is_transient=False), TemporaryError, "2/1504044"),
    (500, graph(2, "Service temporarily unavailable"), TemporaryError, "2/0"),
    (400, graph(100, "(#100) Cannot include spend in summary param because they weren't there"), TemporaryError, "100"),
    (400, graph(100, "(#100) Missing permissions"), ReauthRequired, "grant ads_read"),
    (403, graph(100, "(#100) Missing perms"), ReauthRequired, "grant ads_read"),
    (400, graph(100, "(#100) The user does not have permission for this action"), ReauthRequired, "grant ads_read"),
    (400, graph(100, UNSUPPORTED, 33), ReauthRequired, "act_901.*grant ads_read"),
    (400, graph(100, UNSUPPORTED), ReauthRequired, "act_901.*check the account's id"),
    (403, graph(200, "(#200) Ad account owner has NOT grant ads_read permission"), ReauthRequired, "grant ads_read"),
    (400, graph(190, "changed", [460]), ReauthRequired, "changed the password"),
    (400, graph(100, "(#100) Tried accessing nonexisting field (x)"), PermanentError, "nonexisting"),
    (400, graph(100, None, None), PermanentError, "100/0"),
    (400, graph(2642, "no", error_user_msg="Start the list again."), PermanentError, "Start the list again"),
    (400, graph(17, None, 2446079), RateLimited, "17/2446079"),
    (500, graph(1, "x", is_transient=None), TemporaryError, "1/0"),
]
TIKTOK = [
    (200, tiktok(40067, "Your query is too large, please reduce the query size"), TooMuchData, "40067"),
    (200, tiktok(40002, "The query is too large. Please reduce the query size."), TooMuchData, "40002"),
    (200, tiktok(51001, "Internal time out"), TooMuchData, "51001"),
    (200, tiktok(40101, "You are requesting too frequently, please slow down"), RateLimited, "40101"),
    (200, tiktok(40101, "The app id or secret is invalid"), PermanentError, "40101"),
    (200, tiktok("40100", "App reaches the QPS limit."), RateLimited, "40100"),
    (200, tiktok(51021, "Too many requests, please retry later"), RateLimited, "51021"),
    (200, tiktok(40001, "Requests made too frequently"), RateLimited, "40001"),
    (200, tiktok(40001, "No permission to operate the advertiser 7000"), ReauthRequired, "grant this app"),
    (200, tiktok(40105, "Access token is incorrect or has been revoked."), ReauthRequired, "authorize the app again"),
    (200, tiktok(51010, "Internal service error"), TemporaryError, "51010"),
    (200, tiktok(60001, None), TemporaryError, "60001: no message"),
    (200, tiktok(40002, "start_date: Invalid date"), PermanentError, "40002"),
]
SNAPCHAT = [
    (401, snap("Invalid scope"), ReauthRequired, "Invalid scope.*snapchat-marketing-api"),
    (403, snap("Invalid scope", "E2001"), ReauthRequired, "snapchat-marketing-api"),
    (400, snap("Invalid scope"), ReauthRequired, "snapchat-marketing-api"),
    (200, snap("Invalid scope", "E2001"), ReauthRequired, "snapchat-marketing-api"),
    (401, b'{"error":"insufficient_scope","error_description":"no"}', ReauthRequired, "snapchat-marketing-api"),
    (401, snap("The access token is expired or invalid."), TokenExpired, "expired or invalid"),
    (500, snap("shard 7 timed out", "E9"), TemporaryError, "HTTP 500 E9: shard 7 timed out"),
    (503, snap("overloaded"), TemporaryError, "HTTP 503 overloaded"),
    (502, snap(None, None, display_message="We are sorry"), TemporaryError, "We are sorry"),
    (504, snap("took too long"), TooMuchData, "took too long"),
    (403, snap("You have no role on this ad account."), ReauthRequired, "a role on this ad account"),
    (429, snap("Too many requests."), RateLimited, "429"),
    (500, snap("shard 7 timed out", "E9") + snap("again"), TemporaryError, "shard 7 timed out"),
]
SALLA = [
    (401, salla("The User is not exists."), ReauthRequired, "must reinstall"),
    (401, salla("حسابك غير مفعل"), ReauthRequired, "must reinstall"),
    (401, salla("المستخدم غير موجود"), ReauthRequired, "must reinstall"),
    (401, salla("Your account is not activated"), ReauthRequired, "must reinstall"),
    (401, salla("The store is suspended."), ReauthRequired, "must reinstall"),
    (401, salla("تم حذف التطبيق من المتجر"), ReauthRequired, "must reinstall"),
    (401, salla("انتهى اشتراك المتجر"), ReauthRequired, "must reinstall"),
    (401, salla("المستخدم محذوف"), ReauthRequired, "must reinstall"),
    (
        401,
        b'{"error":"invalid_grant","error_description":"The refresh token is invalid."}',
        ReauthRequired,
        "reinstall",
    ),
    (401, salla("Your access token has expired, refresh it in your app"), TokenExpired, "expired"),
    (401, salla("رمز الوصول غير صالح"), TokenExpired, "401"),
    (401, salla("Unauthenticated."), TokenExpired, "401"),
    (401, salla("حسابك غير مفعل") + salla("later"), ReauthRequired, "must reinstall"),
    (401, salla("The access token is invalid"), TokenExpired, "invalid"),
    (401, salla("The access token is invalid or expired."), TokenExpired, "expired"),
    (401, salla("انتهت صلاحية رمز الوصول"), TokenExpired, "401"),
    (401, salla("ليس لديك الصلاحيات الكافية"), ReauthRequired, "scope orders.read"),
    (401, salla("should have access to one of those scopes: orders.read"), ReauthRequired, "scope orders.read"),
    (403, salla("ليس لديك صلاحيات", 403), ReauthRequired, "scope orders.read"),
    (403, salla("تم حظر الطلبات مؤقتا", 403), RateLimited, "temporary block"),
]
SHOPIFY = [
    (403, shopify(OLD_TOKEN), ReauthRequired, r"expiring=1.*docs/accounts\.md"),
    (401, shopify("[API] Invalid API key or access token"), TokenExpired, "Invalid API key"),
    (200, shopify([{"message": OLD_TOKEN, "extensions": {"code": "ACCESS_DENIED"}}]), ReauthRequired, "expiring=1"),
    (200, shopify([{"message": OLD_TOKEN}]), ReauthRequired, "expiring=1"),
    (403, shopify("[API] This action requires merchant approval for read_orders scope."), ReauthRequired, "approval"),
    (
        200,
        shopify([{"message": "odd"}, {"message": "x", "extensions": {"code": "TIMEOUT"}}]),
        TemporaryError,
        "TIMEOUT",
    ),
    (200, shopify([{"message": "odd"}, {"message": OLD_TOKEN}]), ReauthRequired, "expiring=1"),
    (200, shopify([{"message": "Throttled"}]), RateLimited, "Throttled"),
    (200, shopify([{"message": "Throttled", "extensions": None}]), RateLimited, "Throttled"),
    (200, shopify([{"message": "odd"}, {"message": "odder"}]), PermanentError, "odd$"),
    (402, shopify("Unavailable Shop"), ReauthRequired, "Unavailable Shop.*frozen"),
    (403, b"<html>", ReauthRequired, "frozen"),
]
TABLES = {"meta": META, "tiktok": TIKTOK, "snapchat": SNAPCHAT, "salla": SALLA, "shopify": SHOPIFY}
CASES = [(source, *case) for source, cases in TABLES.items() for case in cases]


def kind_of(error: AdsyncError) -> type:
    """The class of the tree, whatever a source made of it."""
    return next(each for each in type(error).__mro__ if each.__module__ == AdsyncError.__module__)


@pytest.mark.parametrize(("source", "status", "body", "kind", "says"), CASES)
def test_a_body_is_the_error_that_heals_it(source, status, body, kind, says):
    error = refusal(registry.load(source), status, body)
    assert error
    assert kind_of(error) is kind
    with pytest.raises(kind, match=says):
        raise error


DATE = "Tue, 01 Dec 2026 12:00:00 GMT"
NOW = 1796126400
WAITS = [
    ("2.0", 2),
    ("2", 2),
    (" 30 ", 30),
    ("0.5", 0.5),
    ("0", None),
    ("-5", None),
    ("nan", None),
    ("inf", None),
    ("soon", None),
    ("", None),
    ("Tue, 01 Dec 2026 12:00:45 GMT", 45),
    ("Tue, 01 Dec 2026 11:00:00 GMT", None),
    ("Wed, 01 Dec 2083 12:00:00 GMT", MAX_RETRY_AFTER),
    (str(NOW + 90), 90),
    (str(NOW - 90), None),
    (str((NOW + 90) * 1000), 90),
    ("999999", MAX_RETRY_AFTER),
    ("1e21", MAX_RETRY_AFTER),
    ("1" + "0" * 400, None),
]


@pytest.mark.parametrize("source", registry.names())
@pytest.mark.parametrize(("told", "wait"), WAITS)
def test_every_platform_reads_the_wait_of_a_429_by_one_rule(source, told, wait):
    error = refusal(registry.load(source), 429, b"", retry_after=told, date=DATE)
    silent = refusal(registry.load(source), 429, b"", date=DATE)
    assert isinstance(error, RateLimited)
    assert isinstance(silent, RateLimited)
    assert error.retry_after == (silent.retry_after if wait is None else wait)


@pytest.mark.parametrize(("told", "wait"), [(1e21, MAX_RETRY_AFTER), (-1, None), (float("nan"), None), (0, 0), (7, 7)])
def test_a_wait_is_at_most_a_day_whoever_computed_it(told, wait):
    assert RateLimited("slow down", told).retry_after == wait


def test_the_page_about_accounts_names_the_day_from_which_shopify_accepts_only_expiring_tokens():
    page = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
    section = page.partition("## Shopify")[2].partition("\n## ")[0]
    assert "2027-01-01" in section
    assert "expiring=1" in section

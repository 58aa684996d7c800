"""Rows of a click log: what is stored, and why a row is rejected."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adsync.errors import ConfigError
from adsync.load.click_log_parser import InvalidRow, ParserContext, parse_click, read_rows
from adsync.sources.common.pii import hash_customer

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CONTEXT = ParserContext({"acme": b"key of acme", "blue": b"another"}, NOW)
ROW = {
    "workspace_id": "acme",
    "visitor_key": "7781",
    "clicked_at": "2026-11-20T23:30:00+03:00",
    "url": "https://anna:pw@shop.example/oud?utm_campaign=Sale&email=anna@example.com&ScCid=1#top",
    "referrer": "https://L.facebook.com/l.php?u=secret",
}


def test_a_click_keeps_its_campaign_and_nothing_personal():
    click = parse_click(2, ROW, CONTEXT)
    assert click.url == "https://shop.example/oud?utm_campaign=Sale&ScCid=1"
    assert (click.visitor_hash, click.referrer) == (hash_customer("7781", b"key of acme"), "l.facebook.com")
    assert click.clicked_at == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def test_a_visitor_has_a_different_hash_in_each_workspace():
    hashes = {parse_click(2, {**ROW, "workspace_id": name}, CONTEXT).visitor_hash for name in ("acme", "blue")}
    assert len(hashes) == 2


def test_a_click_without_an_id_gets_one_derived_from_its_content():
    same = parse_click(9, {**ROW, "clicked_at": "2026-11-20T20:30:00Z"}, CONTEXT)
    other = parse_click(9, {**ROW, "visitor_key": "7782"}, CONTEXT)
    assert parse_click(2, ROW, CONTEXT).click_id == same.click_id != other.click_id
    assert parse_click(2, {**ROW, "click_id": "c-1"}, CONTEXT).click_id == "c-1"


def test_a_number_is_read_as_its_digits():
    assert parse_click(2, {**ROW, "order_key": 1001}, CONTEXT).order_key == "1001"


@pytest.mark.parametrize(
    "key", ["#1001", "SO.1001", "2026.1001", "k2Xe9b", "1001-0", "gid://shopify/Order/5512345678901"]
)
def test_an_order_key_may_be_any_text_that_an_order_can_have(key):
    assert parse_click(2, {**ROW, "order_key": key}, CONTEXT).order_key == key


@pytest.mark.parametrize("key", ["GA1.2.1234567890.1699999999", "1234567890.1699999999", "12e45678"])
def test_a_visitor_key_may_look_like_a_number(key):
    assert parse_click(2, {**ROW, "visitor_key": key}, CONTEXT).visitor_hash == hash_customer(key, b"key of acme")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"workspace_id": "unknown"}, "unknown workspace_id 'unknown'"),
        ({"workspace_id": None}, "workspace_id is empty"),
        ({"visitor_key": " "}, "visitor_key and order_key are both empty"),
        ({"clicked_at": "yesterday"}, "invalid clicked_at: 'yesterday'"),
        ({"clicked_at": "2026-11-20T23:30:00"}, "clicked_at without offset"),
        ({"clicked_at": "2026-11-24T09:00:01Z"}, "clicked_at is in the future"),
        ({"url": "https://[shop"}, "invalid url"),
        ({"url": ""}, "url is empty"),
        *(
            ({"order_key": key}, "invalid order_key: .* was formatted as a number")
            for key in ("1001.0", "#1001.00", "1001,0", "1.001E+3", "1,001e+03", "1E+16", "1e3", " 1001.0 ", "5.5e15")
        ),
        ({"order_key": 1001.0}, r"invalid order_key: 1001\.0 \(expected text or a whole number\)"),
        ({"visitor_key": "7781.0"}, "invalid visitor_key: '7781.0' was formatted as a number"),
        ({"visitor_key": "7.2E+12"}, "invalid visitor_key"),
        ({"order_key": "anna@example.com"}, "looks like an e-mail address"),
        ({"click_id": "x" * 201}, "longer than 200 characters"),
        ({"visitor_key": ["7781"]}, r"invalid visitor_key: \['7781'\]"),
        ({"visitor_key": "a\0b"}, "invalid visitor_key: contains a NUL character"),
    ],
)
def test_an_invalid_row_is_rejected_with_a_reason(change, reason):
    with pytest.raises(InvalidRow, match=reason):
        parse_click(2, {**ROW, **change}, CONTEXT)


def test_rows_are_numbered_by_the_line_they_end_on(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text('workspace_id,clicked_at,url\nacme,then,"a\nb"\nacme,now,c,d\n', encoding="utf-8-sig")
    (first, row), (second, bad) = read_rows(file)
    assert (first, row["url"], second) == (3, "a\nb", 4)
    assert str(bad) == "more values than columns in the header"


def test_an_invalid_quote_rejects_only_its_row(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text('workspace_id,clicked_at,url\nacme,then,"a"b\nacme,now,c\n', encoding="utf-8")
    (_, bad), (line, row) = read_rows(file)
    assert str(bad).startswith("invalid CSV")
    assert (line, row["url"]) == (3, "c")


def test_empty_json_lines_are_skipped_and_invalid_ones_rejected(tmp_path):
    file = tmp_path / "log.jsonl"
    file.write_text('{"url": "a"}\n\n[1]\n{"url"\n', encoding="utf-8")
    (first, row), (third, bad), (fourth, worse) = read_rows(file)
    assert (first, row, third, fourth) == (1, {"url": "a"}, 3, 4)
    assert str(bad) == str(worse) == "invalid JSON object"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"workspace_id,url\n", "missing column clicked_at in the header"),
        (b"", "missing column workspace_id in the header"),
        (b"workspace_id,clicked_at,url\n\xff\xfe,,\n", "invalid UTF-8"),
    ],
)
def test_an_unreadable_file_is_a_config_error(tmp_path, content, problem):
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=problem):
        list(read_rows(file))


def test_a_missing_file_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match=r"cannot read .*: No such file"):
        list(read_rows(tmp_path / "none.csv"))

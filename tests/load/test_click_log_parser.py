"""One row of a click log: what is kept of it, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adsync.errors import ConfigError
from adsync.load.click_log_parser import BadRow, Checks, checked, read
from adsync.sources.common.pii import hash_customer

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CHECKS = Checks({"acme": b"key of acme", "blue": b"another"}, NOW)
ROW = {
    "workspace_id": "acme",
    "visitor_key": "7781",
    "clicked_at": "2026-11-20T23:30:00+03:00",
    "url": "https://anna:pw@shop.example/oud?utm_campaign=Sale&email=anna@example.com&ScCid=1#top",
    "referrer": "https://L.facebook.com/l.php?u=secret",
}


def test_a_click_keeps_its_campaign_and_nothing_personal():
    click = checked(2, ROW, CHECKS)
    assert click.url == "https://shop.example/oud?utm_campaign=Sale&ScCid=1"
    assert (click.visitor_hash, click.referrer) == (hash_customer("7781", b"key of acme"), "l.facebook.com")
    assert click.clicked_at == datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def test_two_workspaces_never_know_a_visitor_by_one_hash():
    hashes = {checked(2, {**ROW, "workspace_id": name}, CHECKS).visitor_hash for name in ("acme", "blue")}
    assert len(hashes) == 2


def test_a_click_without_an_id_gets_one_from_what_it_says():
    same = checked(9, {**ROW, "clicked_at": "2026-11-20T20:30:00Z"}, CHECKS)
    other = checked(9, {**ROW, "visitor_key": "7782"}, CHECKS)
    assert checked(2, ROW, CHECKS).click_id == same.click_id != other.click_id
    assert checked(2, {**ROW, "click_id": "c-1"}, CHECKS).click_id == "c-1"


def test_a_number_stands_for_its_digits():
    assert checked(2, {**ROW, "order_key": 1001}, CHECKS).order_key == "1001"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"workspace_id": "nobody"}, "'nobody' is no workspace here"),
        ({"workspace_id": None}, "workspace_id is empty"),
        ({"visitor_key": " "}, "neither visitor_key nor order_key"),
        ({"clicked_at": "yesterday"}, "'yesterday' is no time"),
        ({"clicked_at": "2026-11-20T23:30:00"}, "has no offset"),
        ({"clicked_at": "2026-11-24T09:00:01Z"}, "lies in the future"),
        ({"url": "https://[shop"}, "url is no URL"),
        ({"url": ""}, "url is empty"),
        ({"order_key": "anna@example.com"}, "looks like an e-mail address"),
        ({"click_id": "x" * 201}, "longer than 200 characters"),
        ({"visitor_key": ["7781"]}, "visitor_key is neither text nor a whole number"),
        ({"visitor_key": "a\0b"}, "visitor_key holds a NUL character"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(change, reason):
    with pytest.raises(BadRow, match=reason):
        checked(2, {**ROW, **change}, CHECKS)


def test_rows_are_numbered_by_the_line_they_end_on(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text('workspace_id,clicked_at,url\nacme,then,"a\nb"\nacme,now,c,d\n', encoding="utf-8-sig")
    (first, row), (second, bad) = read(file)
    assert (first, row["url"], second) == (3, "a\nb", 4)
    assert str(bad) == "more values than the header has columns"


def test_a_broken_quote_spoils_its_row_alone(tmp_path):
    file = tmp_path / "log.csv"
    file.write_text('workspace_id,clicked_at,url\nacme,then,"a"b\nacme,now,c\n', encoding="utf-8")
    (_, bad), (line, row) = read(file)
    assert str(bad).startswith("no valid CSV")
    assert (line, row["url"]) == (3, "c")


def test_lines_of_json_may_be_empty_or_broken(tmp_path):
    file = tmp_path / "log.jsonl"
    file.write_text('{"url": "a"}\n\n[1]\n{"url"\n', encoding="utf-8")
    (first, row), (third, bad), (fourth, worse) = read(file)
    assert (first, row, third, fourth) == (1, {"url": "a"}, 3, 4)
    assert str(bad) == str(worse) == "no JSON object"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"workspace_id,url\n", "the header has no column clicked_at"),
        (b"", "the header has no column workspace_id"),
        (b"workspace_id,clicked_at,url\n\xff\xfe,,\n", "is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_one_sentence(tmp_path, content, problem):
    file = tmp_path / "log.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=problem):
        list(read(file))


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        list(read(tmp_path / "none.csv"))

"""`adsync clicks load`: valid rows are loaded, invalid ones reported by line, and loading again writes nothing."""

from __future__ import annotations

import json
import tracemalloc
from datetime import UTC, datetime

import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

import sandbox_fixtures
from adsync.cli.app import main
from adsync.load import click_log
from adsync.state import accounts

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEADER = "workspace_id,click_id,visitor_key,order_key,clicked_at,url,referrer\n"
GOOD = "acme,c1,7781,,2026-11-20T12:00:00+03:00,https://shop.example/?utm_campaign=Sale&email=a@b.c,https://t.co/x\n"
WORKSPACES = {
    "workspaces": [
        {"id": name, "name": name, "currency": "SAR", "timezone": "Asia/Riyadh"} for name in ("acme", "blue")
    ]
}


@pytest.fixture
def warehouse(warehouse_url, monkeypatch, tmp_path):
    """A warehouse with two workspaces and their customer keys."""
    file = tmp_path / "workspaces.yaml"
    file.write_text(yaml.safe_dump(WORKSPACES), encoding="utf-8")
    monkeypatch.setenv("ADSYNC_CONFIG", str(file))
    monkeypatch.setenv("ADSYNC_WAREHOUSE_URL", warehouse_url)
    monkeypatch.setenv("ADSYNC_TOKEN_KEY", sandbox_fixtures.new_key())
    accounts.import_file(warehouse_url, file)
    return warehouse_url


def stored(url):
    with psycopg.connect(url, row_factory=dict_row) as db:
        return db.execute("select * from raw.clicks order by workspace_id, click_id").fetchall()


def write(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / name)


def test_valid_rows_are_loaded_and_invalid_ones_reported_by_line(warehouse, tmp_path, capsys):
    invalid = "acme,c2,7781,,2026-11-20T12:00:00,https://shop.example/,\n"
    file = write(tmp_path, "log.csv", HEADER + GOOD + invalid + GOOD.replace("acme,c1", "blue,c1"))
    assert main(["clicks", "load", file]) == 2
    output = capsys.readouterr()
    assert f"{file} line 3: clicked_at without offset: '2026-11-20T12:00:00'" in output.err
    assert output.err.endswith(f"adsync: 1 of 3 rows in {file} were rejected (see above)\n")
    assert output.out == f"{file}: 2 clicks read, 2 new or changed\n"
    assert [(row["workspace_id"], row["click_id"]) for row in stored(warehouse)] == [("acme", "c1"), ("blue", "c1")]


def test_no_personal_data_is_stored(warehouse, tmp_path):
    assert main(["clicks", "load", write(tmp_path, "log.csv", HEADER + GOOD)]) == 0
    (row,) = stored(warehouse)
    assert row["url"] == "https://shop.example/?utm_campaign=Sale"
    assert row["referrer"] == "t.co"
    assert "7781" not in str(row)


def test_loading_a_file_again_changes_nothing_and_a_corrected_row_is_updated(warehouse, tmp_path, capsys):
    file = write(tmp_path, "log.csv", HEADER + GOOD)
    assert main(["clicks", "load", file]) == 0
    before = stored(warehouse)
    assert main(["clicks", "load", file]) == 0
    assert stored(warehouse) == before
    assert capsys.readouterr().out.endswith("1 clicks read, 0 new or changed\n")
    # Twice in one file: the last line counts.
    corrected = GOOD.replace("7781,,", "7781,#1001,")
    assert main(["clicks", "load", write(tmp_path, "log.csv", HEADER + GOOD + corrected)]) == 0
    (row,) = stored(warehouse)
    assert row["order_key"] == "#1001"
    assert row["loaded_at"] > before[0]["loaded_at"]


def test_json_lines_are_loaded(warehouse, tmp_path):
    row = {"workspace_id": "acme", "order_key": 1001, "clicked_at": "2026-11-20T09:00:00Z", "url": "/?utm_id=1"}
    assert main(["clicks", "load", write(tmp_path, "log.jsonl", json.dumps(row) + "\n")]) == 0
    (kept,) = stored(warehouse)
    assert (kept["order_key"], kept["url"], kept["visitor_hash"]) == ("1001", "/?utm_id=1", None)


def test_an_invalid_file_writes_nothing(warehouse, tmp_path, capsys):
    file = tmp_path / "log.csv"
    file.write_bytes((HEADER + GOOD).encode() * 3 + b"\xff\n")
    assert main(["clicks", "load", str(file)]) == 2
    assert "invalid UTF-8" in capsys.readouterr().err
    assert stored(warehouse) == []


def test_memory_is_bounded_by_a_row(warehouse, tmp_path):
    line = GOOD.replace("c1", "c{0}").replace("7781", "{0}")
    file = tmp_path / "log.csv"
    with file.open("w", encoding="utf-8") as log:
        log.write(HEADER)
        log.writelines(line.format(number) for number in range(20_000))
    tracemalloc.start()
    result = click_log.load(warehouse, file, NOW, pytest.fail)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (result.rows, result.written) == (20_000, 20_000)
    assert peak < file.stat().st_size / 2

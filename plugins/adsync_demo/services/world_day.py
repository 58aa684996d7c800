"""The day of the sandbox's data.

Its history and its anomalies are relative to today: a warehouse filled yesterday does not match today's answer key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

Key = Mapping[str, Any]


def of(key: Key) -> dict[str, Any]:
    """Returns what changes with the day only: the start of each account's history and the days of the alerts."""
    since: dict[str, str] = {}
    for row in key["campaign_days"]:
        account = f"{row['platform']} {row['account_id']}"
        since[account] = min(row["date"], since.get(account, row["date"]))
    alerts = sorted(f"{row['campaign_id']} {row['type']} {row['date']}" for row in key["alerts"])
    return {"seed": key["seed"], "since": since, "alerts": alerts}


def remembered(state: Path) -> dict[str, Any] | None:
    """Returns the day that the warehouse was filled for, or None."""
    file = _file(state)
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def remember(state: Path, day: Mapping[str, Any]) -> None:
    _file(state).write_text(json.dumps(day), encoding="utf-8")


def midnight_passed(connection: psycopg.Connection, key: Key, now: datetime) -> list[str]:
    """Returns the zones of accounts in which a new day began since the sandbox started."""
    made = datetime.fromisoformat(key["now"]).astimezone(UTC)
    query = "select distinct timezone from adsync.accounts where timezone is not null order by 1"
    zones = [zone for (zone,) in connection.execute(query)]
    return [zone for zone in zones if made.astimezone(ZoneInfo(zone)).date() != now.astimezone(ZoneInfo(zone)).date()]


def _file(state: Path) -> Path:
    return state / "world_day.json"

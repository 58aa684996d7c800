"""Which day the sandbox's world is at.

Its history and its anomalies move with today: what was right in a warehouse filled yesterday is wrong now.
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
    """What changes with the day and with nothing else: where each account's history starts, where alerts sit."""
    since: dict[str, str] = {}
    for row in key["campaign_days"]:
        account = f"{row['platform']} {row['account_id']}"
        since[account] = min(row["date"], since.get(account, row["date"]))
    alerts = sorted(f"{row['campaign_id']} {row['type']} {row['date']}" for row in key["alerts"])
    return {"seed": key["seed"], "since": since, "alerts": alerts}


def remembered(state: Path) -> dict[str, Any] | None:
    """The day of the world that the warehouse was filled from, if it was."""
    file = _file(state)
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def remember(state: Path, day: Mapping[str, Any]) -> None:
    _file(state).write_text(json.dumps(day), encoding="utf-8")


def midnight_passed(connection: psycopg.Connection, key: Key, now: datetime) -> list[str]:
    """Zones of accounts in which a new day has begun since the world was made."""
    made = datetime.fromisoformat(key["now"]).astimezone(UTC)
    query = "select distinct timezone from adsync.accounts where timezone is not null order by 1"
    zones = [zone for (zone,) in connection.execute(query)]
    return [zone for zone in zones if made.astimezone(ZoneInfo(zone)).date() != now.astimezone(ZoneInfo(zone)).date()]


def _file(state: Path) -> Path:
    return state / "world_day.json"

"""The dashboard's figures in Redis: one key per workspace, all replaced in one transaction.

They live an hour. A dashboard without figures is noticed; one with yesterday's figures is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import redis

PREFIX = "dashboard_metrics:"
# Answers of the Ads page, made from these figures.
PAGES = "ads_page:"
TTL = 3600
SECONDS = 10
# Decimals become JSON numbers with all their digits; nothing passes through a float.
JSON = msgspec.json.Encoder(decimal_format="number")


def refresh(redis_url: str, snapshots: Mapping[str, Mapping[str, Any]]) -> int:
    """Write every workspace's snapshot, drop those of workspaces that are gone and every page made from the old ones.

    Returns how many were written.
    """
    with redis.Redis.from_url(redis_url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
        fresh = {f"{PREFIX}{workspace}".encode(): JSON.encode(snapshot) for workspace, snapshot in snapshots.items()}
        gone = set(client.scan_iter(match=f"{PREFIX}*", count=1000)) - fresh.keys()
        gone |= set(client.scan_iter(match=f"{PAGES}*", count=1000))
        with client.pipeline(transaction=True) as pipeline:
            for key, value in fresh.items():
                pipeline.set(key, value, ex=TTL)
            if gone:
                pipeline.delete(*gone)
            pipeline.execute()
    return len(fresh)

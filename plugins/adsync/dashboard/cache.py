"""The dashboard cache in Redis: one key per workspace, all replaced in one transaction.

Keys expire after an hour, because missing figures are noticed and outdated ones are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import redis

PREFIX = "dashboard_metrics:"
# Responses of the Ads page, derived from these figures.
RESPONSE_PREFIX = "ads_page:"
TTL = 3600
TIMEOUT_SECONDS = 10
# Decimals are written as JSON numbers with all their digits, without a float in between.
JSON = msgspec.json.Encoder(decimal_format="number")


def refresh(redis_url: str, snapshots: Mapping[str, Mapping[str, Any]]) -> int:
    """Writes the snapshots; deletes those of removed workspaces and all cached responses of the Ads page.

    Returns the number of snapshots written.
    """
    with redis.Redis.from_url(
        redis_url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    ) as client:
        values = {f"{PREFIX}{workspace}".encode(): JSON.encode(snapshot) for workspace, snapshot in snapshots.items()}
        stale = set(client.scan_iter(match=f"{PREFIX}*", count=1000)) - values.keys()
        stale |= set(client.scan_iter(match=f"{RESPONSE_PREFIX}*", count=1000))
        with client.pipeline(transaction=True) as pipeline:
            for key, value in values.items():
                pipeline.set(key, value, ex=TTL)
            if stale:
                pipeline.delete(*stale)
            pipeline.execute()
    return len(values)

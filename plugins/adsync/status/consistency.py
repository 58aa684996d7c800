"""What `marts.consistency_issues` holds, in lines a person can read; an issue is news, never a failure."""

from __future__ import annotations

import logging

from adsync.warehouse.connection import connect_now

LOG = logging.getLogger(__name__)
SUMMARY = """
    select workspace_id, type, count(*), min(subject || coalesce(': ' || detail, ''))
    from marts.consistency_issues
    group by workspace_id, type
    order by workspace_id, count(*) desc, type
"""


def log_issues(url: str) -> int:
    """Warn once per workspace and type, the most frequent type of a workspace first; how many issues there are."""
    with connect_now(url) as connection:
        rows = connection.execute(SUMMARY).fetchall()
    for workspace, kind, number, example in rows:
        LOG.warning("%s: %d x %s, e.g. %s", workspace, number, kind, example)
    return sum(number for _, _, number, _ in rows)

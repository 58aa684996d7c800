"""Logs a summary of `marts.consistency_issues`. An issue is a warning and never fails a task."""

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
    """Logs one warning per workspace and type, the most frequent type first; returns the number of issues."""
    with connect_now(url) as connection:
        rows = connection.execute(SUMMARY).fetchall()
    for workspace, issue_type, number, example in rows:
        LOG.warning("%s: %d x %s, e.g. %s", workspace, number, issue_type, example)
    return sum(number for _, _, number, _ in rows)

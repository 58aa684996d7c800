"""What `marts.consistency_issues` holds, in lines a person can read; an issue is news, never a failure."""

from __future__ import annotations

from adsync.warehouse import connect_now

SUMMARY = """
    select
        workspace_id, type, count(*), min(concat_ws(' ', platform, subject, date::text) || coalesce(': ' || detail, ''))
    from marts.consistency_issues
    group by workspace_id, type
    order by workspace_id, count(*) desc, type
"""


def summary_lines(url: str) -> list[str]:
    """One line per workspace and type of issue, the most frequent type of a workspace first."""
    with connect_now(url) as connection:
        rows = connection.execute(SUMMARY).fetchall()
    return [f"{workspace}: {number} x {kind}, e.g. {example}" for workspace, kind, number, example in rows]

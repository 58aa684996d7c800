"""Under which name a run leases accounts and keeps its journal."""

from __future__ import annotations

from airflow.sdk import Context


def run_key(context: Context) -> str:
    """Unique over all DAGs: two of them that are due at the same moment have runs of the same id."""
    return f"{context['ti'].dag_id}/{context['run_id']}"

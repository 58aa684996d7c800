"""What the DAGs announce to each other, named so that OpenLineage finds the tables behind.

`adsync_warehouse` stands for the server: where it is, only the connection of that name knows. A source's table of facts
stands for all of its tables.
"""

from __future__ import annotations

from airflow.sdk import Asset

from adsync import registry

SERVER = "postgres://adsync_warehouse:5432/adsync"


def raw(source: str) -> Asset:
    """What one source has landed."""
    facts = "campaign_metrics" if source in registry.ad_platforms() else "orders"
    return Asset(f"raw_{source}", uri=f"{SERVER}/raw/{source}_{facts}", group="raw")


def marts() -> Asset:
    """What analysts and the dashboard read."""
    return Asset("marts", uri=f"{SERVER}/marts/workspace_roas", group="marts")

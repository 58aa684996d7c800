"""The assets that DAGs announce to each other, with URIs that OpenLineage resolves to tables.

`adsync_warehouse` is a placeholder for the server, whose address only the connection of that name contains. One table
of each source represents all of its tables.
"""

from __future__ import annotations

from airflow.sdk import Asset

from adsync import registry

SERVER = "postgres://adsync_warehouse:5432/adsync"


def raw(source: str) -> Asset:
    """Returns the asset of one source's raw tables."""
    table = "campaign_metrics" if source in registry.ad_platforms() else "orders"
    return Asset(f"raw_{source}", uri=f"{SERVER}/raw/{source}_{table}", group="raw")


def marts() -> Asset:
    """Returns the asset of the marts, which analysts and the dashboard read."""
    return Asset("marts", uri=f"{SERVER}/marts/workspace_roas", group="marts")

"""The Ads page inside Airflow: its application below /adsync/, its entry in the navigation; and when a run is late.

Airflow loads this file in every process, under the bare name `plugin`; only the API server asks for the application,
and only what makes or reads runs for the deadlines, so only there are they imported.
"""

# Importing the web application costs a task's process most of a second that it has no use for.
# ruff: noqa: PLC0415

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.sdk.plugins_manager import AirflowPlugin

PREFIX = "/adsync"


class AdsPlugin(AirflowPlugin):
    """What Airflow reads of a plugin: names and shapes are Airflow's."""

    name = "adsync"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        from adsync.dashboard.web.app import create_app
        from adsync.dashboard.web.service import Stores
        from adsync.hooks.plugin_access import require_plugin_access
        from adsync.hooks.redis_url import redis_url
        from adsync.hooks.warehouse import warehouse_url

        return [
            {
                "name": "Ads",
                "app": create_app(require_plugin_access, Stores(warehouse_url, redis_url)),
                "url_prefix": PREFIX,
            }
        ]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:
        return [
            {"name": "Ads", "href": f"{PREFIX}/", "destination": "nav", "url_route": "ads", "nav_top_level": True},
        ]

    @cached_property
    def deadline_references(self) -> list[type]:
        from adsync.operators.deadline import QueuedNow

        return [QueuedNow]

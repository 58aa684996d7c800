"""Airflow plugin: mounts the Ads page below /adsync/, adds it to the navigation and registers the deadline reference.

Airflow loads this file in every process, under the bare name `plugin`. Only the API server reads `fastapi_apps`, so the
web application is imported there and nowhere else.
"""

# Importing the web application would cost every task process most of a second.
# ruff: noqa: PLC0415

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.sdk.plugins_manager import AirflowPlugin

PREFIX = "/adsync"


class AdsPlugin(AirflowPlugin):
    """The attributes that Airflow reads; their names and shapes are Airflow's."""

    name = "adsync"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        from adsync.dashboard.web.app import create_app
        from adsync.dashboard.web.service import Stores
        from adsync.hooks.plugin_access import require_plugin_access
        from adsync.hooks.redis_url import redis_url
        from adsync.hooks.warehouse import warehouse_url

        app = create_app(require_plugin_access, Stores(warehouse_url, redis_url))
        return [{"name": "Ads", "app": app, "url_prefix": PREFIX}]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:
        return [
            {"name": "Ads", "href": f"{PREFIX}/", "destination": "nav", "url_route": "ads", "nav_top_level": True},
        ]

    @cached_property
    def deadline_references(self) -> list[type]:
        from adsync.operators.deadline import QueuedNow

        return [QueuedNow]

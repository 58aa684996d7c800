"""Airflow's login, as the Ads page wants it: one dependency that lets in whoever may see the pages of plugins."""

from __future__ import annotations

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
from fastapi import Request

_may_see_plugins = requires_access_view(AccessView.PLUGINS)


def require_plugin_access(request: Request, user: GetUserDep) -> None:
    """401 for nobody, 403 for somebody who may not; leaves the name in `request.state.user_name`."""
    _may_see_plugins(request, user)
    request.state.user_name = user.get_name()

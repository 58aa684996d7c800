"""Access check of the Ads page: a FastAPI dependency that requires Airflow's *Plugins* permission."""

from __future__ import annotations

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_view
from fastapi import Request

_check_plugins_access = requires_access_view(AccessView.PLUGINS)


def require_plugin_access(request: Request, user: GetUserDep) -> None:
    """Raises 401 without a login and 403 without the permission; stores the name in `request.state.user_name`."""
    _check_plugins_access(request, user)
    request.state.user_name = user.get_name()

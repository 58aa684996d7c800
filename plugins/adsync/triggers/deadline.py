"""Tells the admins of a run that should have been over: Airflow's triggerer calls it, so a stuck worker cannot hide it.

Connections are read in a thread: Airflow's own asynchronous call does not work everywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async

from adsync import settings
from adsync.errors import AdsyncError
from adsync.hooks.environment import open_channel
from adsync.hooks.warehouse import warehouse_url
from adsync.notifications.message import Message
from adsync.orchestration.run_summary import enumerate_few
from adsync.status import accounts

LOG = logging.getLogger(__name__)
NAMED = 5


async def tell_admins(context: Mapping[str, Any], hours: float, source: str | None = None) -> str | None:
    """Say which run is late and which accounts it may wait for; what was said.

    A run that has failed is over, and its own notice told of it; Airflow drops the deadlines of good runs only.
    """
    run = context["dag_run"]
    if run["state"] == "failed":
        return None
    return await sync_to_async(_tell)(run["dag_id"], run["dag_run_id"], hours, source)


def _tell(dag_id: str, run_id: str, hours: float, source: str | None) -> str:
    waiting = [
        each for each in accounts.list_accounts(warehouse_url()) if each.platform == source and each.status != "ok"
    ]
    reasons = enumerate_few([_reason(each) for each in waiting], NAMED) or "see its tasks in the grid"
    text = f"{dag_id} is not over after {hours:g} hours (run {run_id}): {reasons}"
    message = Message(f"adsync: {dag_id} is late", text, {"dag_id": dag_id, "run_id": run_id, "hours": hours})
    for name in settings.notify_channels():
        try:
            open_channel(name)(message)
        except AdsyncError as error:
            LOG.warning("%s was not told that %s is late: %s", name, dag_id, error)
    return text


def _reason(standing: accounts.AccountStatus) -> str:
    again = f", next try {standing.next_try:%Y-%m-%d %H:%M} UTC" if standing.next_try else ""
    name = standing.name or standing.native_id
    return (
        f"{standing.platform} {name} of {standing.workspace_id} is {standing.status}{again}: {standing.error_message}"
    )

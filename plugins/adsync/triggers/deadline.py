"""Deadline callback: notifies admins of a late run. It runs in the triggerer, so a stuck worker cannot hide the run.

Connections are read in a thread, because Airflow's asynchronous call fails in `airflow dags test`.
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
from adsync.orchestration.run_summary import join_limited
from adsync.status import accounts

LOG = logging.getLogger(__name__)
MAX_LISTED = 5


async def tell_admins(context: Mapping[str, Any], hours: float, source: str | None = None) -> str | None:
    """Sends a message with the late run and the source's accounts that are not ok, and returns its text.

    Returns None for a failed run: it is finished and has its own notice, but Airflow drops the deadlines of successful
    runs only.
    """
    run = context["dag_run"]
    if run["state"] == "failed":
        return None
    return await sync_to_async(_notify)(run["dag_id"], run["dag_run_id"], hours, source)


def _notify(dag_id: str, run_id: str, hours: float, source: str | None) -> str:
    not_ok = [
        each for each in accounts.list_accounts(warehouse_url()) if each.platform == source and each.status != "ok"
    ]
    reasons = join_limited([_reason(each) for each in not_ok], MAX_LISTED) or "see its tasks in the grid"
    text = f"{dag_id} has not finished after {hours:g} hours (run {run_id}): {reasons}"
    message = Message(f"adsync: {dag_id} is late", text, {"dag_id": dag_id, "run_id": run_id, "hours": hours})
    for name in settings.notify_channels():
        try:
            open_channel(name)(message)
        except AdsyncError as error:
            LOG.warning("could not notify channel %s that %s is late: %s", name, dag_id, error)
    return text


def _reason(account: accounts.AccountStatus) -> str:
    next_try = f", next try {account.next_try:%Y-%m-%d %H:%M} UTC" if account.next_try else ""
    name = account.name or account.native_id
    return (
        f"{account.platform} {name} (workspace {account.workspace_id}) is {account.status}{next_try}: "
        f"{account.error_message}"
    )

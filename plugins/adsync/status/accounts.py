"""The sync status of accounts, those that require action first. A table on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg
from psycopg.rows import class_row
from rich.console import Console
from rich.table import Table

from adsync.warehouse.connection import connect_now

ACCOUNTS = """
with worst as (
    select distinct on (platform, account_id) platform, account_id, status, error_class, error_message
    from adsync.sync_state
    order by
        platform, account_id,
        array_position(array['reauth_required', 'failed', 'retrying', 'paused', 'ok'], status), last_attempt_at desc
),

reached as (
    select
        platform, account_id, min(last_success_at) as last_success_at, max(covered_through) as covered_through,
        max(retry_at) as next_try
    from adsync.sync_state
    group by platform, account_id
)

select
    account.workspace_id, account.platform, account.native_id, account.name, account.conn_id,
    coalesce(worst.status, 'new') as status, worst.error_class, worst.error_message, reached.last_success_at,
    reached.covered_through, reached.next_try
from adsync.accounts as account
left join worst on account.platform = worst.platform and account.native_id = worst.account_id
left join reached on account.platform = reached.platform and account.native_id = reached.account_id
where account.is_active
order by account.workspace_id, account.platform, account.native_id
"""
# The lag of an account without a successful sync counts from its first attempt.
LAG = """
with reached as (
    select account.platform, account.native_id, min(state.last_success_at) as last_success_at
    from adsync.sync_state as state
    inner join adsync.accounts as account on state.platform = account.platform and state.account_id = account.native_id
    where state.platform = %s and account.is_active and state.status <> 'paused'
    group by account.platform, account.native_id
)

select extract(epoch from now() - min(coalesce(reached.last_success_at, first.started_at)))::float
from reached
left join lateral (
    select min(run.started_at) as started_at
    from adsync.sync_runs as run
    where
        reached.last_success_at is null
        and run.platform = reached.platform
        and run.account_id = reached.native_id
) as first on true
"""
NEEDS_ACTION = {"reauth_required", "failed"}
COLORS = {"ok": "green", "reauth_required": "red", "failed": "red", "retrying": "yellow"}
# Labels of the states; `never_synced` is the name of `new` in marts.sync_health.
STATES = {
    "ok": "Up to date",
    "retrying": "Retrying",
    "failed": "Failed",
    "reauth_required": "Reauthorization required",
    "paused": "Paused",
    "new": "Not synced yet",
    "never_synced": "Not synced yet",
}
HEADINGS = ("workspace", "platform", "account", "status", "last success", "covered through", "next try", "error")
# Messages of these error classes name the required action.
SELF_EXPLANATORY = {"ReauthRequired", "ConfigError"}


@dataclass(frozen=True)
class AccountStatus:
    """The sync status of one account; `new` without any attempt."""

    workspace_id: str
    platform: str
    native_id: str
    name: str | None
    conn_id: str
    status: str
    error_class: str | None
    error_message: str | None
    last_success_at: datetime | None
    covered_through: date | None
    next_try: datetime | None

    @property
    def cells(self) -> tuple[str, ...]:
        title = f"{self.name} ({self.native_id})" if self.name else self.native_id
        times = (_instant(self.last_success_at), str(self.covered_through or "-"), _instant(self.next_try))
        return (self.workspace_id, self.platform, title, STATES[self.status], *times, self.error_message or "")

    @property
    def required_action(self) -> str:
        """What an admin has to do, naming account and connection."""
        account = (
            f"{self.platform} account {self.name or self.native_id} "
            f"(workspace {self.workspace_id}, connection {self.conn_id})"
        )
        if self.error_class in SELF_EXPLANATORY:
            return f"{account}: {self.error_message}"
        if self.error_class == "ContractError":
            return f"{account}: unexpected API response: update adsync, or report this error: {self.error_message}"
        return f"{account}: all attempts failed: find the cause (the next hourly run retries): {self.error_message}"


def list_accounts(url: str) -> list[AccountStatus]:
    with connect_now(url) as connection:
        return read(connection)


def read(connection: psycopg.Connection) -> list[AccountStatus]:
    with connection.cursor(row_factory=class_row(AccountStatus)) as cursor:
        return cursor.execute(ACCOUNTS).fetchall()


def lag(url: str, source: str) -> float | None:
    """Returns the seconds since the oldest last success, or first attempt, of the source's active accounts."""
    with connect_now(url) as connection:
        return connection.execute(LAG, (source,)).fetchone()[0]


def show(accounts: Sequence[AccountStatus], console: Console) -> None:
    """Prints the accounts that require action, then all accounts."""
    urgent = [each for each in accounts if each.status in NEEDS_ACTION]
    if urgent:
        console.print(f"Action required for {len(urgent)} of {len(accounts)} accounts:", markup=False)
        for each in urgent:
            console.print(f"- {each.required_action}", markup=False)
    else:
        console.print(f"No action required for {len(accounts)} accounts", markup=False)
    if console.is_terminal:
        console.print(_table(accounts))
        return
    for each in accounts:
        console.print(_line(each), markup=False)


def _line(account: AccountStatus) -> str:
    *key, status, success, covered, next_try, error = account.cells
    line = f"{' '.join(key)}: {status}, last success {success}, covered through {covered}, next try {next_try}"
    return f"{line}: {error}" if error else line


def _table(accounts: Sequence[AccountStatus]) -> Table:
    table = Table(*HEADINGS)
    for each in accounts:
        # Texts from platforms must not be read as markup.
        cells = [cell.replace("[", r"\[") for cell in each.cells]
        table.add_row(*cells, style=COLORS.get(each.status))
    return table


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "-"

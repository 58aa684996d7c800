"""How every account is: who needs a person first, then one line each. A table on a terminal, plain lines elsewhere."""

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
# An account that never succeeded has been waiting since its first attempt.
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
COLOURS = {"ok": "green", "reauth_required": "red", "failed": "red", "retrying": "yellow"}
HEADINGS = ("workspace", "platform", "account", "status", "last success", "covered through", "next try", "error")
# Messages of these classes say themselves what to do.
SELF_EXPLANATORY = {"ReauthRequired", "ConfigError"}


@dataclass(frozen=True)
class AccountStatus:
    """One account, as `adsync status` shows it."""

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
        return (self.workspace_id, self.platform, title, self.status, *times, self.error_message or "")

    @property
    def plea(self) -> str:
        """What a person must do."""
        place = f"{self.platform} {self.name or self.native_id} of {self.workspace_id}, connection {self.conn_id}"
        if self.error_class in SELF_EXPLANATORY:
            return f"{place}: {self.error_message}"
        if self.error_class == "ContractError":
            return f"{place}: the platform answers in a new way; update adsync, or report this: {self.error_message}"
        return f"{place}: every try failed; find out why, the next hourly run tries again: {self.error_message}"


def list_accounts(url: str) -> list[AccountStatus]:
    with connect_now(url) as connection:
        return read(connection)


def read(connection: psycopg.Connection) -> list[AccountStatus]:
    with connection.cursor(row_factory=class_row(AccountStatus)) as cursor:
        return cursor.execute(ACCOUNTS).fetchall()


def lag(url: str, source: str) -> float | None:
    """Seconds since the oldest last success (or first attempt) among the source's active accounts; None before any."""
    with connect_now(url) as connection:
        return connection.execute(LAG, (source,)).fetchone()[0]


def show(accounts: Sequence[AccountStatus], console: Console) -> None:
    """Print who needs a person, then everybody."""
    needy = [each for each in accounts if each.status in NEEDS_ACTION]
    if needy:
        console.print(f"{len(needy)} of {len(accounts)} accounts need a person:", markup=False)
        for each in needy:
            console.print(f"- {each.plea}", markup=False)
    else:
        console.print(f"none of {len(accounts)} accounts needs a person", markup=False)
    if console.is_terminal:
        console.print(_table(accounts))
        return
    for each in accounts:
        console.print(_line(each), markup=False)


def _line(standing: AccountStatus) -> str:
    *place, status, success, covered, again, error = standing.cells
    said = f"{' '.join(place)}: {status}, last success {success}, covered through {covered}, next try {again}"
    return f"{said}: {error}" if error else said


def _table(accounts: Sequence[AccountStatus]) -> Table:
    table = Table(*HEADINGS)
    for each in accounts:
        # Texts come from platforms: nothing in them is markup.
        cells = [cell.replace("[", r"\[") for cell in each.cells]
        table.add_row(*cells, style=COLOURS.get(each.status))
    return table


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "-"

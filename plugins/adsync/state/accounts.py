"""Workspaces and accounts: written from workspaces.yaml to the warehouse, and read from there."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from adsync import registry, settings
from adsync.auth import encryption
from adsync.config import loader
from adsync.config.workspaces import AccountLink, Configuration, Workspace
from adsync.errors import ConfigError
from adsync.models import Account
from adsync.warehouse import migrations
from adsync.warehouse.connection import connect_now

LOG = logging.getLogger(__name__)

UPSERT_WORKSPACE = """
insert into adsync.workspaces as known
    (workspace_id, name, currency, timezone, attribution, alerts, fx_rates, history_days, recent_days, customer_key)
values (%(id)s, %(name)s, %(currency)s, %(timezone)s, %(attribution)s, %(alerts)s, %(fx_rates)s,
        %(history_days)s, %(recent_days)s, %(customer_key)s)
on conflict (workspace_id) do update set
    name = excluded.name, currency = excluded.currency, timezone = excluded.timezone,
    attribution = excluded.attribution, alerts = excluded.alerts, fx_rates = excluded.fx_rates,
    history_days = excluded.history_days, recent_days = excluded.recent_days,
    customer_key = coalesce(known.customer_key, excluded.customer_key), updated_at = now()
where known.customer_key is null or (known.name, known.currency, known.timezone, known.attribution, known.alerts,
       known.fx_rates, known.history_days, known.recent_days)
    is distinct from (excluded.name, excluded.currency, excluded.timezone, excluded.attribution, excluded.alerts,
                      excluded.fx_rates, excluded.history_days, excluded.recent_days)
"""
UPSERT_ACCOUNT = """
insert into adsync.accounts as known (platform, native_id, workspace_id, kind, conn_id, options, file)
values (%(platform)s, %(native_id)s, %(workspace_id)s, %(kind)s, %(conn_id)s, %(options)s, %(file)s)
on conflict (platform, native_id) do update set
    conn_id = excluded.conn_id, options = excluded.options, file = excluded.file, is_active = true, updated_at = now()
where (known.conn_id, known.options, known.file, known.is_active)
    is distinct from (excluded.conn_id, excluded.options, excluded.file, true)
"""
DEACTIVATE = """
update adsync.accounts set is_active = false, updated_at = now()
where file = %(file)s and is_active and platform || ':' || native_id <> all(%(linked)s)
returning platform, native_id, workspace_id
"""
SELECT_ACCOUNTS = """
select account.workspace_id, account.platform, account.native_id as account_id, account.conn_id,
       coalesce(account.timezone, workspace.timezone) as timezone, account.options, workspace.customer_key
from adsync.accounts as account
inner join adsync.workspaces as workspace using (workspace_id)
where account.platform = %(platform)s and account.is_active
    and (%(ids)s::text[] is null or account.native_id = any(%(ids)s))
order by account.native_id
"""


def prepare(url: str) -> None:
    """Migrates the warehouse and stores workspaces.yaml; the first step of every command and DAG run."""
    migrations.migrate(url, registry.streams())
    file = settings.workspaces_file()
    with connect_now(url) as connection:
        if not file.exists() and not settings.has_config_file() and _any_account(connection):
            return
        store(connection, read(file), file)


def read(file: Path) -> Configuration:
    """Reads the file and validates it against the registered sources."""
    return loader.read_workspaces(file, {name: registry.load(name) for name in registry.names()})


def import_file(url: str, file: Path) -> Configuration:
    """Stores one file; if it is invalid, ConfigError is raised and nothing is written."""
    configuration = read(file)
    migrations.migrate(url, registry.streams())
    with connect_now(url) as connection:
        store(connection, configuration, file)
    return configuration


def store(connection: psycopg.Connection, configuration: Configuration, file: Path) -> None:
    """Upserts workspaces and accounts in one transaction; accounts that the file no longer lists are deactivated.

    Accounts that an application wrote to the table are left alone.
    """
    path = str(file.resolve())
    with connection.transaction():
        links = _as_stored(connection, configuration.links)
        _reject_accounts_of_other_workspaces(connection, links, file)
        for workspace in configuration.workspaces:
            connection.execute(UPSERT_WORKSPACE, _workspace_row(workspace))
        for link in links:
            row = {**msgspec.structs.asdict(link), "options": Jsonb(link.options), "file": path}
            connection.execute(UPSERT_ACCOUNT, row)
        linked = [f"{link.platform}:{link.native_id}" for link in links]
        deactivated = connection.execute(DEACTIVATE, {"file": path, "linked": linked}).fetchall()
    for platform, native_id, workspace_id in deactivated:
        LOG.warning("deactivated %s %s (workspace %s): no longer listed in %s", platform, native_id, workspace_id, file)


def _as_stored(connection: psycopg.Connection, links: Sequence[AccountLink]) -> list[AccountLink]:
    """Returns the links in the spelling that their accounts are stored under; another would be a second account."""
    spellings: dict[tuple[str, str], str] = {}
    stored = connection.execute("select platform, native_id from adsync.accounts order by is_active")
    for platform, native_id in stored:
        spellings[platform, _normal_id(platform, native_id)] = native_id
    return [
        msgspec.structs.replace(link, native_id=spellings.get((link.platform, link.native_id), link.native_id))
        for link in links
    ]


def _normal_id(platform: str, native_id: str) -> str:
    """Returns the id as it is if its platform is not registered or its shape invalid: an application wrote it."""
    if platform not in registry.names():
        return native_id
    try:
        return registry.load(platform).normalize_id(native_id)
    except ValueError:
        return native_id


def load(url: str, platform: str, ids: Collection[str] | None = None) -> list[Account]:
    """Returns the active accounts of a platform: all of them, or those with the given native ids."""
    values = {"platform": platform, "ids": None if ids is None else list(ids)}
    with connect_now(url) as connection, connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(SELECT_ACCOUNTS, values).fetchall()
    encrypted = {row["workspace_id"]: row["customer_key"] for row in rows}
    keys = {workspace: encryption.decrypt(key) if key else b"" for workspace, key in encrypted.items()}
    return [Account(**{**row, "customer_key": keys[row["workspace_id"]]}) for row in rows]


def _workspace_row(workspace: Workspace) -> dict[str, object]:
    return {
        **{name: getattr(workspace, name) for name in ("id", "name", "currency", "timezone")},
        **{name: getattr(workspace, name) for name in ("history_days", "recent_days")},
        "attribution": Jsonb(msgspec.to_builtins(workspace.attribution)),
        "alerts": Jsonb(msgspec.to_builtins(workspace.alerts)),
        "fx_rates": Jsonb(msgspec.to_builtins(workspace.fx_rates)),
        "customer_key": encryption.encrypt(secrets.token_bytes(32)),
    }


def _reject_accounts_of_other_workspaces(
    connection: psycopg.Connection, links: Sequence[AccountLink], file: Path
) -> None:
    owners = {
        (platform, native_id): owner
        for platform, native_id, owner in connection.execute(
            "select platform, native_id, workspace_id from adsync.accounts"
        )
    }
    for link in links:
        owner = owners.get((link.platform, link.native_id), link.workspace_id)
        if owner != link.workspace_id:
            raise ConfigError(
                f"{file}: {link.platform} account {link.native_id} of workspace {link.workspace_id!r} already belongs "
                f"to workspace {owner!r} in the warehouse: remove one link"
            )


def _any_account(connection: psycopg.Connection) -> bool:
    return connection.execute("select exists (select from adsync.accounts)").fetchone() == (True,)

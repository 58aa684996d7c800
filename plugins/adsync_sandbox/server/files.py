"""The files that a sandbox writes: configuration, connections, and the answer key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from adsync_sandbox.expected.key import answer_key
from adsync_sandbox.generator.accounts import Workspace
from adsync_sandbox.generator.world import World
from adsync_sandbox.server.connections import Connection, connections


def write_files(world: World, base_url: str, state: Path) -> None:
    """Writes workspaces.yaml, connections.json and answer_key.json into `state`, and creates it if missing."""
    state.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(workspaces(world), allow_unicode=True, sort_keys=False)
    (state / "workspaces.yaml").write_text(text, encoding="utf-8")
    _write_json(state / "connections.json", _importable(connections(world, base_url)))
    _write_json(state / "answer_key.json", answer_key(world))


def _importable(found: Mapping[str, Connection]) -> dict[str, Connection]:
    """Returns them for `airflow connections import`, which expects `extra` as JSON text."""
    return {name: {**fields, "extra": json.dumps(fields["extra"])} for name, fields in found.items()}


def workspaces(world: World) -> dict[str, object]:
    """Returns the content of workspaces.yaml for this world."""
    return {"workspaces": [_workspace(world, one) for one in world.workspaces]}


def _workspace(world: World, workspace: Workspace) -> dict[str, object]:
    accounts = [one for one in world.ad_accounts if one.workspace_id == workspace.id]
    stores = [one for one in world.stores if one.workspace_id == workspace.id]
    return {
        "id": workspace.id,
        "name": workspace.name,
        "currency": workspace.currency,
        "timezone": workspace.timezone,
        "history_days": world.days,
        "attribution": {"window_days": 7, "model": "last_click"},
        "ad_accounts": [
            {"platform": one.platform, "account_id": one.id, "conn_id": one.conn_id, **one.options} for one in accounts
        ],
        "stores": [{"platform": one.platform, "store_id": one.id, "conn_id": one.conn_id} for one in stores],
    }


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")

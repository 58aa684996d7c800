"""`config check`: validates workspaces.yaml and the connections it names."""

from __future__ import annotations

import sys

from adsync import settings
from adsync.config import connections
from adsync.state import accounts


def check() -> None:
    """Validates workspaces.yaml and the connections it names."""
    file = settings.workspaces_file()
    setup = accounts.read(file)
    for link in setup.links:
        connections.credentials(link.conn_id)
    sys.stdout.write(f"{file}: {len(setup.workspaces)} workspaces, {len(setup.links)} accounts, all connections set\n")

"""Where a demo happens: a checkout, a state folder, and the environment it was called in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoPaths:
    """Every path the demo uses hangs off these two folders."""

    root: Path
    state: Path
    inherited: Mapping[str, str]

    @property
    def sandbox(self) -> Path:
        return self.state / "sandbox"

    @property
    def airflow(self) -> Path:
        return self.state / "airflow"

    @property
    def python(self) -> str:
        """The interpreter of this environment, by the path that leads into it."""
        return sys.executable

    @property
    def programs(self) -> Path:
        """Where airflow, dbt and redis-cli are."""
        return Path(self.python).parent

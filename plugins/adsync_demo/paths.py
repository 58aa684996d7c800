"""The folders of a demo, and the environment it was called in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoPaths:
    """A checkout, a state folder, and the caller's environment; every path is below one of the two folders."""

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
        """The interpreter of this virtual environment, by its path in there."""
        return sys.executable

    @property
    def programs(self) -> Path:
        """The folder of airflow, dbt and redis-cli."""
        return Path(self.python).parent

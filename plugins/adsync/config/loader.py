"""The only reader of workspaces.yaml and of the environment.

A mistake is one sentence: which file or variable, which key, what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from adsync.config import workspaces
from adsync.errors import ConfigError
from adsync.sources.base import Source


def read_workspaces(file: Path, sources: Mapping[str, Source]) -> workspaces.Setup:
    """Read and check the file against the registered sources; ConfigError says what to correct."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{file} does not exist: copy config/workspaces.example.yaml there, or set ADSYNC_CONFIG to your own file"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file} is no valid YAML: {' '.join(str(error).split())}") from error
    return workspaces.checked(document, str(file), sources)

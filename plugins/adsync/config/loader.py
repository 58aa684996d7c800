"""Reads workspaces.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from adsync.config.workspaces import Configuration, validated
from adsync.errors import ConfigError
from adsync.sources.base import Source


def read_workspaces(file: Path, sources: Mapping[str, Source]) -> Configuration:
    """Reads the file and checks it against the registered sources; ConfigError says what to correct."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{file} does not exist: copy config/workspaces.example.yaml there, or set ADSYNC_CONFIG to another file"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {file}: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}: invalid YAML: {' '.join(str(error).split())}") from error
    return validated(document, str(file), sources)

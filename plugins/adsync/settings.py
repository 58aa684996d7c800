"""Environment variables of the core.

A missing or invalid value raises ConfigError naming the variable and what is accepted.
"""

from __future__ import annotations

import os
from pathlib import Path

from adsync.errors import ConfigError

DEFAULT_CONFIG = "config/workspaces.yaml"
DEFAULT_STATE = ".adsync"
DEFAULT_RETRIES = 5
DEFAULT_NOTIFY = "log"
RETENTION_NAMES = ("runs", "observations", "raw")
MIN_KEEP_DAYS = 60


def workspaces_file() -> Path:
    return Path(os.environ.get("ADSYNC_CONFIG", DEFAULT_CONFIG))


def has_config_file() -> bool:
    """Whether a file is configured; without one, an application may write the tables itself."""
    return "ADSYNC_CONFIG" in os.environ


def warehouse_url() -> str:
    """The warehouse outside Airflow; inside, the connection `adsync_warehouse` is used."""
    return _required("ADSYNC_WAREHOUSE_URL", "a libpq URL such as postgresql://user:password@host:5432/adsync")


def optional_warehouse_url() -> str | None:
    """The same; None if it is not set."""
    return os.environ.get("ADSYNC_WAREHOUSE_URL") or None


def has_token_keys() -> bool:
    return bool(os.environ.get("ADSYNC_TOKEN_KEY"))


def redis_url() -> str | None:
    """Redis outside Airflow, if any; inside, the connection `adsync_redis` is used."""
    return os.environ.get("ADSYNC_REDIS_URL") or None


def token_keys() -> list[str]:
    """Fernet keys, the newest first: it encrypts, all decrypt."""
    listed = _required("ADSYNC_TOKEN_KEY", "one or more Fernet keys separated by commas, the newest first")
    return [key.strip() for key in listed.split(",") if key.strip()]


def notify_channels() -> tuple[str, ...]:
    """Channels that notify an admin; names as in `channels` of workspaces.yaml."""
    listed = os.environ.get("ADSYNC_NOTIFY", DEFAULT_NOTIFY)
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def state_folder() -> Path:
    return Path(os.environ.get("ADSYNC_STATE", DEFAULT_STATE))


def max_retry_attempts() -> int:
    text = os.environ.get("MAX_RETRY_ATTEMPTS", str(DEFAULT_RETRIES))
    if not text.isdecimal():
        raise ConfigError(f"invalid MAX_RETRY_ATTEMPTS: {text!r} (expected a whole number such as {DEFAULT_RETRIES})")
    return int(text)


def keep_days() -> dict[str, int | None]:
    """Days that runs, observations and raw rows are kept; None, the default: forever."""
    return {what: _days(f"ADSYNC_KEEP_{what.upper()}") for what in RETENTION_NAMES}


def _days(name: str) -> int | None:
    text = os.environ.get(name, "keep")
    if text == "keep":
        return None
    if not text.isdecimal() or int(text) < MIN_KEEP_DAYS:
        raise ConfigError(f"invalid {name}: {text!r} (expected `keep`, or at least {MIN_KEEP_DAYS} days)")
    return int(text)


def _required(name: str, meaning: str) -> str:
    if value := os.environ.get(name):
        return value
    raise ConfigError(f"missing environment variable {name}: set it to {meaning}")

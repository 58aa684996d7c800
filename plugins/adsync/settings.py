"""Environment variables: the only module that reads them.

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


def names_config_file() -> bool:
    """Whether somebody said which file to read; otherwise an application may own the tables itself."""
    return "ADSYNC_CONFIG" in os.environ


def warehouse_url() -> str:
    """The warehouse outside Airflow; inside it is the connection `adsync_warehouse`."""
    return _required("ADSYNC_WAREHOUSE_URL", "a libpq URL such as postgresql://user:password@host:5432/adsync")


def redis_url() -> str | None:
    """Redis outside Airflow, if there is one; inside it is the connection `adsync_redis`."""
    return os.environ.get("ADSYNC_REDIS_URL") or None


def token_keys() -> list[str]:
    """Fernet keys, newest first: the first encrypts, all decrypt."""
    listed = _required("ADSYNC_TOKEN_KEY", "one or more Fernet keys, separated by commas, the newest first")
    return [key.strip() for key in listed.split(",") if key.strip()]


def notify_channels() -> tuple[str, ...]:
    """Where notices go that ask for a person: names as in workspaces.yaml's `channels`."""
    listed = os.environ.get("ADSYNC_NOTIFY", DEFAULT_NOTIFY)
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def state_folder() -> Path:
    return Path(os.environ.get("ADSYNC_STATE", DEFAULT_STATE))


def max_retry_attempts() -> int:
    text = os.environ.get("MAX_RETRY_ATTEMPTS", str(DEFAULT_RETRIES))
    if not text.isdecimal():
        raise ConfigError(f"MAX_RETRY_ATTEMPTS is {text!r}: set a whole number such as {DEFAULT_RETRIES}")
    return int(text)


def keep_days() -> dict[str, int | None]:
    """For how many days runs, observations and raw rows are kept; None: for ever, which is the default."""
    return {what: _days(f"ADSYNC_KEEP_{what.upper()}") for what in RETENTION_NAMES}


def _days(name: str) -> int | None:
    text = os.environ.get(name, "keep")
    if text == "keep":
        return None
    if not text.isdecimal() or int(text) < MIN_KEEP_DAYS:
        raise ConfigError(f"{name} is {text!r}: set keep, or a whole number of days from {MIN_KEEP_DAYS} up")
    return int(text)


def _required(name: str, meaning: str) -> str:
    if value := os.environ.get(name):
        return value
    raise ConfigError(f"{name} is not set: set it to {meaning}")

"""The secrets of a demo, generated once and stored in the state folder, readable by its owner only."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from adsync_demo.services.files import write_private


@dataclass(frozen=True)
class Keys:
    """The keys that Airflow's processes share, the key of stored tokens, and the page's password."""

    fernet: str
    jwt: str
    api: str
    tokens: str
    password: str


def keys(state: Path) -> Keys:
    """Returns the keys of this state folder, generated if missing: a new key could not decrypt stored secrets."""
    file = state / "keys.json"
    if not file.exists():
        write_private(file, json.dumps(asdict(generate())))
    return Keys(**json.loads(file.read_text()))


def generate() -> Keys:
    return Keys(
        fernet=Fernet.generate_key().decode(),
        jwt=secrets.token_hex(32),
        api=secrets.token_hex(32),
        tokens=Fernet.generate_key().decode(),
        password=secrets.token_urlsafe(9),
    )


def secret_variables() -> dict[str, str]:
    """Returns new values for every variable that docker-compose.yaml requires."""
    fresh = asdict(generate())
    names = {"fernet": "AIRFLOW_FERNET_KEY", "jwt": "AIRFLOW_JWT_SECRET", "api": "AIRFLOW_SECRET_KEY"}
    names |= {"tokens": "ADSYNC_TOKEN_KEY", "password": "ADSYNC_ADMIN_PASSWORD"}
    return {names[name]: value for name, value in fresh.items()} | {"POSTGRES_PASSWORD": secrets.token_urlsafe(24)}

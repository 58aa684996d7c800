from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import HTTPException, Request
from starlette.testclient import TestClient

from adsync.dashboard.page.answers import Stores
from adsync.dashboard.page.app import create_app

HOME = {"Origin": "http://page.test", "Host": "page.test"}


def enter(request: Request) -> None:
    """A login of two words: whoever says a name is let in."""
    name = request.headers.get("x-user")
    if name is None:
        raise HTTPException(401, "who are you?")
    request.state.user_name = name

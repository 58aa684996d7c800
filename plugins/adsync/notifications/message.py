"""The message that a channel sends: subject, text, and facts for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """`facts` are plain JSON values."""

    subject: str
    text: str
    facts: Mapping[str, object] = field(default_factory=dict)


Channel = Callable[[Message], None]

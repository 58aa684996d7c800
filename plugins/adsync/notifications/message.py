"""What a channel carries: a line to see first, the whole sentence, and the facts for programs."""

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

"""The demo's progress: a spinner on a terminal, one plain line per step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

Detail = Callable[[str], None]
# Wide enough for the tables without a terminal; rich would assume 80 and cut.
PLAIN_WIDTH = 180
QUIET = 15.0


def console() -> Console:
    """Returns standard output, as a terminal if it is one."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PLAIN_WIDTH, no_color=True)


@dataclass
class _Once:
    """Prints a message if it is new, at most once every QUIET seconds: it is polled, and a log is not a screen."""

    say: Detail
    said: str = ""
    spoke: float = field(default_factory=time.monotonic)

    def __call__(self, news: str) -> None:
        if news != self.said and time.monotonic() - self.spoke > QUIET:
            self.said, self.spoke = news, time.monotonic()
            self.say(f"waiting for: {news}")


@dataclass
class Progress:
    """Steps in order, each with its duration in seconds in `times`."""

    console: Console
    times: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Detail]:
        """Shows the step while it runs; yields a function that takes details of its progress."""
        began = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(escape(name)) as status:
                yield lambda news: status.update(escape(f"{name}: {news}"))
        else:
            yield _Once(lambda news: self.say(f"  {news}"))
        self.times[name] = time.monotonic() - began
        self.console.print(f"[green]✓[/green] {escape(name)} [dim]{self.times[name]:.1f} s[/dim]")

    def say(self, line: str) -> None:
        # Not wrapped at the terminal's width: commands and paths are copied.
        self.console.print(escape(line), soft_wrap=True)

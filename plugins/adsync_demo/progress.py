"""What the demo says while it works: a spinner on a terminal, one plain line a step elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

Detail = Callable[[str], None]
# Wide enough for the tables where there is no terminal to ask; rich would assume 80 and cut.
PLAIN_WIDTH = 180
QUIET = 15.0


def console() -> Console:
    """Standard output, as a terminal where it is one."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PLAIN_WIDTH, no_color=True)


@dataclass
class _Once:
    """Says a thing when it is new, at most once every QUIET seconds: news are polled, and a log is not a screen."""

    say: Detail
    said: str = ""
    spoke: float = field(default_factory=time.monotonic)

    def __call__(self, news: str) -> None:
        if news != self.said and time.monotonic() - self.spoke > QUIET:
            self.said, self.spoke = news, time.monotonic()
            self.say(f"waiting for: {news}")


@dataclass
class Progress:
    """Steps in order, each with the time it took; `times` is what the summary shows."""

    console: Console
    times: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Detail]:
        """Show the step while it runs; what it is given is called with news of where it stands."""
        began = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(escape(name)) as status:
                yield lambda news: status.update(escape(f"{name}: {news}"))
        else:
            yield _Once(lambda news: self.say(f"  {news}"))
        self.times[name] = time.monotonic() - began
        self.console.print(f"[green]✓[/green] {escape(name)} [dim]{self.times[name]:.1f} s[/dim]")

    def say(self, line: str) -> None:
        # Not broken at the terminal's width: people copy commands and paths.
        self.console.print(escape(line), soft_wrap=True)
